"""Verifies access tokens (RFC 9068) with the issuer's public keys, without calling anybody per request."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, NoReturn, Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx
import jwt
import structlog

from chassis.principals import Principal
from chassis.problems import ServiceUnavailable, Unauthenticated
from chassis.settings import TokenSettings, TrustedIssuer

log = structlog.get_logger()

# Which algorithms a key may be used with at all. A key's own `alg` then decides: a token never does.
ALGORITHMS = frozenset({"RS256", "PS256", "EdDSA"})
# Header parameters by which a token would tell us where to find the key that proves it (RFC 8725, 3.10).
_FORBIDDEN_HEADERS = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "zip"})
_TYPES = frozenset({"at+jwt", "application/at+jwt"})
_REQUIRED_CLAIMS = ["iss", "aud", "sub", "sid", "jti", "iat", "exp"]
# What others must say at least.
_REQUIRED_OF_OTHERS = ["iss", "aud", "sub", "iat", "exp"]
# Clocks of our own machines may be this far apart.
_LEEWAY_SECONDS = 30
_LONGEST_TOKEN = 4096
# One answer for every reason: which check failed is nobody's business but the log's.
_REFUSAL = "The access token is expired or not valid here"
# How often a verifier that has no key at all asks again.
_FIRST_FETCH_SECONDS = 0.5


class Refusals(Protocol):
    """Who may not come in any more although the token is good: see `chassis.revocation`."""

    def is_revoked(self, principal: Principal) -> bool:
        """Raises ServiceUnavailable while that is not known."""
        ...


class Revoked(Unauthenticated):
    """The token was good until its session ended. To a client it is a token like any other that is not valid."""


FetchKeys = Callable[[], Awaitable[dict[str, Any]]]


class KeySet:
    """The issuer's public keys by `kid`: fetched when first needed, kept while the issuer is away.

    A `kid` that is not known may be a key that was published a moment ago, so it is worth one fetch; it may also
    be an attacker's invention, so it is worth one only every `retry_seconds`, whoever asks.
    """

    def __init__(
        self,
        fetch: FetchKeys,
        *,
        algorithms: Collection[str] = ALGORITHMS,
        fresh_seconds: float = 300,
        retry_seconds: float = 30,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch, self._algorithms, self._clock = fetch, algorithms, clock
        self._fresh_seconds, self._retry_seconds = fresh_seconds, retry_seconds
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = self._asked_at = float("-inf")
        self._flight: asyncio.Task[None] | None = None

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
                _ = self._start_fetch()  # stale but good: the caller does not wait
            return self._keys[kid]
        if now - self._asked_at > (self._retry_seconds if self._keys else _FIRST_FETCH_SECONDS) or self._in_flight:
            await self.refresh()
        if not self._keys:
            raise ServiceUnavailable("The keys that prove tokens have not been fetched yet")
        return self._keys.get(kid)

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
        try:
            self._keys = _usable_keys(await self._fetch(), self._algorithms)
            self._fetched_at = self._clock()
        except Exception as error:  # noqa: BLE001 (whatever fetching raises, the keys that are known stay)
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


class OwnIssuer:
    """Our auth service: its tokens say everything, in ids of ours."""

    types, required = _TYPES, _REQUIRED_CLAIMS

    def __init__(self, settings: TokenSettings, keys: KeySet) -> None:
        self.name, self.audience, self.keys = settings.issuer, settings.audience, keys

    def principal(self, claims: Mapping[str, Any]) -> Principal:
        return Principal(
            id=UUID(claims["sub"]),
            session_id=UUID(claims["sid"]),
            scopes=frozenset(str(claims.get("scope", "")).split()),
            issued_at=int(claims["iat"]),
            expires_at=int(claims["exp"]),
        )


class ForeignIssuer:
    """Somebody else's: a person is who the issuer says, under an id of ours that nobody else's can be."""

    required = _REQUIRED_OF_OTHERS

    def __init__(self, settings: TrustedIssuer, keys: KeySet) -> None:
        self.name, self.audience, self.keys = settings.issuer, settings.audience, keys
        self.types, self._scopes = settings.types, settings.scopes
        self._namespace = uuid5(NAMESPACE_URL, settings.issuer)

    def principal(self, claims: Mapping[str, Any]) -> Principal:
        owner_id = uuid5(self._namespace, claims["sub"])
        return Principal(
            id=owner_id,
            # Its own sessions where it names them; else all that this person does is one session.
            session_id=uuid5(owner_id, str(claims.get("sid", ""))),
            scopes=self._scopes,
            issued_at=int(claims["iat"]),
            expires_at=int(claims["exp"]),
        )


Issuer = OwnIssuer | ForeignIssuer


class TokenVerifier:
    """Turns a bearer token into a Principal, or raises Unauthenticated. Verified tokens are remembered.

    `refusals` are asked each time, also about a token that is remembered. A service that asks its own table whether
    a session lives needs none. `keys` are those of our own issuer; `foreign` are the others that are trusted.
    """

    def __init__(
        self,
        settings: TokenSettings,
        keys: KeySet,
        refusals: Refusals | None = None,
        *,
        foreign: Iterable[ForeignIssuer] = (),
        remember: int = 20_000,
    ) -> None:
        self.keys, self._refusals = keys, refusals
        self._own: Issuer = OwnIssuer(settings, keys)
        issuers: tuple[Issuer, ...] = (self._own, *foreign)
        self._issuers = {each.name: each for each in issuers}
        self._remember = remember
        self._verified: dict[bytes, Principal] = {}

    async def verify(self, token: str) -> Principal:
        principal = await self._verified_once(token)
        if self._refusals is not None and self._refusals.is_revoked(principal):
            raise Revoked(_REFUSAL, error="invalid_token")
        return principal

    async def _verified_once(self, token: str) -> Principal:
        digest = hashlib.sha256(token.encode()).digest()
        known = self._verified.get(digest)
        if known is not None:
            if known.expires_at + _LEEWAY_SECONDS > time.time():
                return known
            del self._verified[digest]
        principal = await self._verify(token)
        if len(self._verified) >= self._remember:
            # The oldest entry is the one closest to its end.
            del self._verified[next(iter(self._verified))]
        self._verified[digest] = principal
        return principal

    async def _verify(self, token: str) -> Principal:
        if len(token) > _LONGEST_TOKEN:
            _refuse()
        try:
            header = jwt.get_unverified_header(token)
            issuer = self._claimed_issuer(token) if len(self._issuers) > 1 else self._own
        except (jwt.InvalidTokenError, KeyError, TypeError) as error:
            _refuse(error)
        kid = header.get("kid")
        if str(header.get("typ", "")) not in issuer.types or _FORBIDDEN_HEADERS & header.keys():
            _refuse()
        key = await issuer.keys.find(kid) if isinstance(kid, str) else None
        if key is None or header.get("alg") != key.algorithm_name:
            _refuse()
        return _principal(token, key, issuer)

    def _claimed_issuer(self, token: str) -> Issuer:
        """Whom it claims to be from decides whose keys have to prove it: one issuer's never prove another's."""
        return self._issuers[jwt.decode(token, options={"verify_signature": False})["iss"]]


def _principal(token: str, key: jwt.PyJWK, issuer: Issuer) -> Principal:
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            audience=issuer.audience,
            issuer=issuer.name,
            leeway=_LEEWAY_SECONDS,
            options={"require": issuer.required, "strict_aud": False},
        )
        return issuer.principal(claims)
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError) as error:
        _refuse(error)


def _refuse(cause: Exception | None = None) -> NoReturn:
    raise Unauthenticated(_REFUSAL, error="invalid_token") from cause


@asynccontextmanager
async def connect(settings: TokenSettings, refusals: Refusals | None = None) -> AsyncIterator[TokenVerifier]:
    """A verifier that fetches the issuers' keys over HTTP. Starts whether or not they are there."""
    async with httpx.AsyncClient(timeout=httpx.Timeout(2.0)) as client:

        async def fetch(url: str) -> dict[str, Any]:
            response = await client.get(url)
            response.raise_for_status()
            document: dict[str, Any] = response.json()
            return document

        foreign = [
            ForeignIssuer(each, KeySet(partial(fetch, each.jwks_url), algorithms=each.algorithms))
            for each in settings.trusted
        ]
        yield TokenVerifier(settings, KeySet(partial(fetch, settings.jwks_url)), refusals, foreign=foreign)
