"""Counts requests in Redis, for all gateways together; in this process alone while Redis is away."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from chassis import background
from chassis.settings import RedisSettings
from gateway.gcra import Charge, LocalCounts, Verdict

log = structlog.get_logger()

# A request waits no longer than this for Redis before this process decides alone.
_PATIENCE_SECONDS = 0.05
_CONNECT_SECONDS = 0.5
_RETRY_SECONDS = 0.25
# One that is lost again soon after it was found is looked for less and less often: else counting would change hands,
# and the log say so, several times a second.
_SOON_SECONDS, _LONGEST_RETRY_SECONDS = 10.0, 8.0
# One script call holds Redis up for everybody: about 2 ms with this many requests.
_LARGEST_BATCH = 500
_SCRIPT = files("gateway").joinpath("rate_limit.lua").read_text()


class StoreAway(Exception):
    """Redis does not answer, or not in time."""


class RateLimiter:
    """Says whether a request is allowed, always, whatever becomes of Redis."""

    def __init__(self, store: "RedisCounts") -> None:
        self._store = store
        self._local = LocalCounts(_microseconds)

    @property
    def shared(self) -> bool:
        """Whether the counts are those of all gateways together."""
        return self._store.there

    async def charge(self, charges: Sequence[Charge]) -> Verdict:
        if not self._store.there:
            return self._local.charge(charges)
        # Of the moment before asking: what is remembered is then never more than what is owed.
        asked_at = _microseconds()
        try:
            verdict = await self._store.charge(charges, self._local.debts(charges))
        except StoreAway:
            return self._local.charge(charges)
        self._local.remember(charges, verdict.debts, asked_at)
        return verdict


def _microseconds() -> int:
    return time.monotonic_ns() // 1000


_Waiting = tuple[Sequence[Charge], Sequence[int], "asyncio.Future[Verdict]"]


class RedisCounts:
    """The counts in Redis. Requests of one turn of the event loop share a round trip."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._sha = ""
        self._waiting: list[_Waiting] = []
        self._sending: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()
        self._there: bool | None = None  # not looked yet
        self.looked = asyncio.Event()

    @property
    def there(self) -> bool:
        return self._there is True

    async def charge(self, charges: Sequence[Charge], known: Sequence[int]) -> Verdict:
        """`known` are the debts the caller knows of. Raises StoreAway, at the latest after 50 ms."""
        verdict: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._waiting.append((charges, known, verdict))
        if self._sending is None:
            self._sending = asyncio.create_task(self._send_all())
        return await verdict

    async def _send_all(self) -> None:
        """While one round trip is under way, the requests that come wait for the next: load makes batches larger."""
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_LARGEST_BATCH], self._waiting[_LARGEST_BATCH:]
                try:
                    async with asyncio.timeout(_PATIENCE_SECONDS):
                        reply = await self._call(batch)
                except Exception as error:  # noqa: BLE001 (whatever it is: nobody may wait for ever)
                    self._lose(batch, error)
                else:
                    _hand_out(batch, reply)
        finally:
            self._sending = None

    async def _call(self, batch: Sequence[_Waiting]) -> list[int]:
        keys: list[str] = []
        numbers: list[str] = []
        for charges, known, _ in batch:
            numbers.append(str(len(charges)))
            for (policy, key), debt in zip(charges, known, strict=True):
                keys.append(key)
                numbers.append(f"{policy.interval} {policy.capacity} {debt}")
        asked = " ".join(numbers)
        try:
            reply: list[int] = await self._client.evalsha(self._sha, len(keys), *keys, asked)
        except NoScriptError:  # Redis was restarted
            reply = await self._client.eval(_SCRIPT, len(keys), *keys, asked)
        return reply

    def _lose(self, batch: Sequence[_Waiting], error: Exception) -> None:
        self._turn(there=False, error=error)
        self._lost.set()
        for *_, verdict in (*batch, *self._waiting):
            if not verdict.done():
                verdict.set_exception(StoreAway())
        self._waiting = []

    async def keep_there(self) -> None:
        """Look for Redis whenever it is away."""
        pause, loop = _RETRY_SECONDS, asyncio.get_running_loop()
        while True:
            self._lost.clear()
            try:
                await self._find()
            except (RedisError, OSError) as error:
                self._turn(there=False, error=error)
            else:
                self._turn(there=True)
                found_at = loop.time()
                await self._lost.wait()
                was_calm = loop.time() - found_at > _SOON_SECONDS
                pause = _RETRY_SECONDS if was_calm else min(2 * pause, _LONGEST_RETRY_SECONDS)
            await asyncio.sleep(pause)

    async def _find(self) -> None:
        async with asyncio.timeout(_CONNECT_SECONDS):
            self._sha = await self._client.script_load(_SCRIPT)
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await self._client.ping()

    def _turn(self, *, there: bool, error: Exception | None = None) -> None:
        """Said once each time it changes, however many requests notice."""
        if there is self._there:
            return
        self._there = there
        self.looked.set()
        if there:
            log.info("limits.shared")
        else:
            log.warning("limits.local", error=f"{type(error).__name__}: {error}")


def _hand_out(batch: Sequence[_Waiting], reply: Sequence[int]) -> None:
    at = 0
    for charges, _, verdict in batch:
        end = at + 1 + len(charges)
        if not verdict.done():
            verdict.set_result(Verdict(allowed=bool(reply[at]), debts=list(reply[at + 1 : end])))
        at = end


@asynccontextmanager
async def connect(settings: RedisSettings) -> AsyncIterator[RateLimiter]:
    """A limiter that works whether or not Redis is there, and uses it from the moment it is."""
    client = Redis.from_url(
        settings.url.get_secret_value(),
        socket_connect_timeout=_CONNECT_SECONDS,
        socket_timeout=_CONNECT_SECONDS,
        # Trying again is `keep_there`'s business: a request has no time for it.
        retry=Retry(NoBackoff(), 0),
    )
    store = RedisCounts(client)
    try:
        async with background.running(limits=store.keep_there):
            await store.looked.wait()  # half a second at most
            yield RateLimiter(store)
    finally:
        await client.aclose()
