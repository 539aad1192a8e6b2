"""Somebody's public keys (RFC 7517), fetched and kept, by which what they have signed is verified."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from typing import Any

import httpx
import jwt
import structlog

from chassis.problems import ServiceUnavailable

log = structlog.get_logger()

# Which algorithms a key may be used with at all. A key's own `alg` then decides: a token never does.
ALGORITHMS = frozenset({"RS256", "PS256", "EdDSA"})
# How often a verifier that has no key at all asks again.
_FIRST_FETCH_SECONDS = 0.5
# After a key was revoked: how long its successor may take to be published, and how often it is asked for meanwhile.
_SUCCESSION_SECONDS = 60.0
_SUCCESSOR_RETRY_SECONDS = 0.5

FetchKeys = Callable[[], Awaitable[dict[str, Any]]]


class KeySet:
    """The issuer's public keys by `kid`: fetched when first needed, kept while the issuer is away.

    A `kid` that is not known may be a key that was published a moment ago, so it is worth one fetch; it may also
    be an attacker's invention, so it is worth one only every `retry_seconds`, whoever asks. For a minute after a key
    was revoked it is worth one twice a second: then there are keys that are new, and everybody comes with them.

    Keys that are older than `fresh_seconds` are fetched anew beside what goes on; or before, if whoever asks `waits`.
    """

    def __init__(
        self,
        fetch: FetchKeys,
        *,
        algorithms: Collection[str] = ALGORITHMS,
        fresh_seconds: float = 300,
        retry_seconds: float = 30,
        waits: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch, self._algorithms, self._waits, self._clock = fetch, algorithms, waits, clock
        self._fresh_seconds, self._retry_seconds = fresh_seconds, retry_seconds
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = self._asked_at = float("-inf")
        # Whether the issuer answered when it was asked last: if not, a `kid` that is not known may well be good.
        self.answered = False
        self._flight: asyncio.Task[None] | None = None
        self._succession_ends = float("-inf")
        # Whether a key was revoked since the latest fetch began.
        self._outdated = False
        self._pursuit: asyncio.Task[None] | None = None

    @property
    def loaded(self) -> bool:
        return bool(self._keys)

    @property
    def _in_flight(self) -> bool:
        return self._flight is not None and not self._flight.done()

    async def find(self, kid: str) -> jwt.PyJWK | None:
        """The key, or None. Raises ServiceUnavailable while no key was ever fetched."""
        now = self._clock()
        if kid in self._keys:
            if now - self._fetched_at > self._fresh_seconds and now - self._asked_at > self._retry_seconds:
                await self._renew()
            return self._keys.get(kid)
        if now - self._asked_at > self._patience(now) or self._in_flight:
            await self.refresh()
        if not self._keys:
            raise ServiceUnavailable("The keys that prove tokens have not been fetched yet")
        return self._keys.get(kid)

    def _patience(self, now: float) -> float:
        """Seconds between two fetches for ids that are not known."""
        if not self._keys:
            return _FIRST_FETCH_SECONDS
        return (
            min(self._retry_seconds, _SUCCESSOR_RETRY_SECONDS) if now < self._succession_ends else self._retry_seconds
        )

    def expect_successor(self) -> None:
        """One of the keys was revoked: fetch those that there are now, beside what goes on.

        However many are revoked, that is one fetch at a time, and two a second. The last of them begins after the last
        revocation.
        """
        self._succession_ends = self._clock() + _SUCCESSION_SECONDS
        self._outdated = True
        if self._pursuit is None or self._pursuit.done():
            self._pursuit = asyncio.create_task(self._pursue())

    async def _pursue(self) -> None:
        while self._outdated:
            await asyncio.sleep(max(0.0, self._asked_at + _SUCCESSOR_RETRY_SECONDS - self._clock()))
            # One that is under way may be answered with what was true before: then there is another turn.
            await self.refresh()

    async def _renew(self) -> None:
        if self._waits:
            await self.refresh()
        else:
            _ = self._start_fetch()

    async def refresh(self) -> None:
        """Fetch the keys. Callers that come while a fetch is under way share it; failing leaves what is known."""
        # Shielded: one caller that goes away must not take the fetch from the others.
        await asyncio.shield(self._start_fetch())

    def _start_fetch(self) -> asyncio.Task[None]:
        if self._flight is None or self._flight.done():
            self._flight = asyncio.create_task(self._load())
        return self._flight

    async def _load(self) -> None:
        self._asked_at = self._clock()
        self._outdated = False
        try:
            self._keys = _usable_keys(await self._fetch(), self._algorithms)
            self._fetched_at = self._clock()
            self.answered = True
        except Exception as error:  # noqa: BLE001 (whatever fetching raises, the keys that are known stay)
            self.answered = False
            log.warning("keys.fetch_failed", error=f"{type(error).__name__}: {error}", known=len(self._keys))


def _usable_keys(document: Any, algorithms: Collection[str]) -> dict[str, jwt.PyJWK]:
    keys: dict[str, jwt.PyJWK] = {}
    for jwk in document["keys"] if isinstance(document, dict) and "keys" in document else ():
        # One key of a kind we do not use must not take the others with it.
        if jwk.get("alg") in algorithms and jwk.get("use", "sig") == "sig" and jwk.get("kid"):
            keys[jwk["kid"]] = jwt.PyJWK(jwk)
    if not keys:
        raise ValueError("the document holds no key that may be used")
    return keys


async def fetch(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    """The key set as it is published at an address now, whatever a cache on the way has kept.

    Raises httpx.HTTPError or ValueError.
    """
    response = await client.get(url, headers={"Cache-Control": "no-cache"})
    response.raise_for_status()
    document: dict[str, Any] = response.json()
    return document
