"""P14: Redis dying opens no door and closes no shop."""

import statistics
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from tests.support.faults import FaultProxy, faults_before
from tests.support.gateways import Gateway, gateway_before
from tests.support.promises import Measured, size
from tests.support.recorder import recording
from tests.support.servers import until
from tests.support.tokens import Issuer

pytestmark = pytest.mark.promise("P14")

QUOTA, GUESSES = 100, 10
# As good as for ever: nothing is given back while a test runs.
_LONG = 900_000
# When a gateway counts alone; how many times slower than the slowest of a hundred just now one request may be; and how
# much slower the median. A machine that has other things to do halts a process for longer than all of that.
_GIVEN_UP_SECONDS, _SLACK, _FELT_SECONDS = 0.05, size(quick=20, full=5), size(quick=0.025, full=0.005)


@dataclass(frozen=True)
class Shop:
    """A gateway whose Redis can be taken away, before a service that says yes."""

    gateway: Gateway
    redis: FaultProxy
    client: httpx.AsyncClient

    async def allowed(self, times: int, path: str, where: dict[str, str]) -> int:
        statuses = [(await self.client.get(path, headers=where)).status_code for _ in range(times)]
        assert set(statuses) <= {200, 429}, statuses
        return statuses.count(200)

    async def times_lost(self) -> int:
        """How often Redis has been lost so far, which on a busy machine happens by itself; now it is there."""
        said = self.gateway.said
        await until(lambda: said("limits.shared") > said("limits.local"), within=60)
        return said("limits.local")


@pytest.fixture
async def shop(redis_url: str, token_issuer: Issuer, tmp_path: Path) -> AsyncIterator[Shop]:
    parts = urlsplit(redis_url)
    login = f":{parts.password}@" if parts.password else ""
    async with (
        recording() as service,
        faults_before(parts.hostname or "127.0.0.1", parts.port or 6379) as redis,
        gateway_before(
            service.url,
            redis_url=f"redis://{login}127.0.0.1:{redis.port}{parts.path}",
            issuer=token_issuer,
            folder=tmp_path,
            GATEWAY_TRUSTED_HOPS="1",
            GATEWAY_LIMITS__ADDRESS=f"{QUOTA}/{_LONG}",
            GATEWAY_LIMITS__SIGN_IN=f"{GUESSES}/{_LONG}",
        ) as gateway,
        httpx.AsyncClient(base_url=gateway.url, timeout=60) as client,
    ):
        yield Shop(gateway, redis, client)


def somebody() -> dict[str, str]:
    raw = uuid4().hex
    return {"X-Forwarded-For": f"2001:db8:{raw[0:4]}:{raw[4:8]}::1"}


class TestRedisDying:
    async def test_opens_no_door_and_closes_no_shop(self, shop: Shop, measured: Measured) -> None:
        where, other, guesser = somebody(), somebody(), somebody()
        before = await shop.allowed(QUOTA // 2, "/calendar/x.ics", where)
        guessed = await shop.allowed(GUESSES // 2, "/auth/login", guesser)

        lost = await shop.times_lost()
        await shop.redis.refuse()
        alone = await shop.allowed(2 * QUOTA, "/calendar/x.ics", where)
        fresh = await shop.allowed(2 * QUOTA, "/calendar/x.ics", other)
        guessed += await shop.allowed(3 * GUESSES, "/auth/login", guesser)
        measured |= {"quota": QUOTA, "allowed": before + alone, "allowed_to_somebody_new": fresh}
        measured |= {"guess_quota": GUESSES, "guesses_allowed": guessed}
        assert 0.8 * QUOTA <= before + alone <= 1.2 * QUOTA
        assert 0.8 * QUOTA <= fresh <= 1.2 * QUOTA
        assert guessed <= 2 * GUESSES
        # Said once, however many met it.
        assert shop.gateway.said("limits.local") == lost + 1

        await shop.redis.start()
        await shop.times_lost()
        # What was counted meanwhile is not forgotten.
        assert await shop.allowed(5, "/calendar/x.ics", where) == 0
        assert guessed + await shop.allowed(3 * GUESSES, "/auth/login", guesser) <= 2 * GUESSES

    async def test_is_hardly_felt(self, shop: Shop, measured: Measured) -> None:
        async def takes() -> float:
            started = time.perf_counter()
            assert (await shop.client.get("/calendar/x.ics", headers=somebody())).status_code == 200
            return time.perf_counter() - started

        usual = [await takes() for _ in range(100)]
        with_redis = statistics.median(usual)
        lost = await shop.times_lost()
        shop.redis.silence()  # the worst way to go: nobody says that it is away
        took_over = await takes()
        without = statistics.median([await takes() for _ in range(100)])
        shop.redis.speak()
        measured |= {"with_redis_seconds": with_redis, "without_seconds": without, "took_over_seconds": took_over}
        medians = f"{with_redis * 1000:.1f} ms with Redis, {without * 1000:.1f} ms without"
        print(f"\n{medians}, {took_over:.3f} s once")  # noqa: T201 (what the promise is made of)
        assert without - with_redis < _FELT_SECONDS
        assert took_over < _GIVEN_UP_SECONDS + _SLACK * max(usual)
        assert shop.gateway.said("limits.local") == lost + 1
