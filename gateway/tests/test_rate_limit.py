"""Counting in Redis: the same sums as in this process, and what happens when it is away."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from redis.asyncio import Redis
from tests.support.faults import FaultProxy
from tests.support.servers import until

from chassis.settings import RedisSettings
from gateway import rate_limit
from gateway.gcra import Charge, LocalCounts, remaining
from gateway.policies import Policy
from gateway.rate_limit import RateLimiter

# As good as for ever: nothing is paid off while a test runs.
_SLOW = Policy("slow", 10, 900_000, "user")
_WIDE = Policy("wide", 1000, 900_000, "address")


def charge(policy: Policy = _SLOW) -> Charge:
    """Of a caller nobody has seen before."""
    return Charge(policy, f"test:{uuid4()}")


@asynccontextmanager
async def limiter_on(url: str) -> AsyncIterator[RateLimiter]:
    async with rate_limit.connect(RedisSettings(url=SecretStr(url))) as limiter:
        # It looks again by itself: a busy machine may be too slow for the first time.
        async with asyncio.timeout(20):
            while not limiter.shared:  # noqa: ASYNC110 (it tells nobody)
                await asyncio.sleep(0.01)
        yield limiter


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is slow, not away."""
    monkeypatch.setattr(rate_limit, "_PATIENCE_SECONDS", 20.0)


@pytest.fixture
async def limiter(redis_url: str) -> AsyncIterator[RateLimiter]:
    async with limiter_on(redis_url) as limiter:
        yield limiter


async def allowed(limiter: RateLimiter, charges: list[Charge], times: int) -> int:
    return sum([(await limiter.charge(charges)).allowed for _ in range(times)])


class TestRateLimiter:
    async def test_allows_the_quota_exactly(self, limiter: RateLimiter) -> None:
        assert await allowed(limiter, [charge()], 25) == 10

    async def test_allows_it_exactly_under_races(self, redis_url: str) -> None:
        charges = [charge()]
        async with limiter_on(redis_url) as one, limiter_on(redis_url) as two:
            verdicts = await asyncio.gather(*(limiter.charge(charges) for limiter in (one, two) for _ in range(200)))
        assert sum(verdict.allowed for verdict in verdicts) == 10

    async def test_one_refusal_uses_up_nothing_of_the_others(self, limiter: RateLimiter) -> None:
        narrow, wide = charge(), charge(_WIDE)
        await allowed(limiter, [narrow, wide], 50)
        verdict = await limiter.charge([wide])
        assert remaining(_WIDE, verdict.debts[0]) == 1000 - 11

    async def test_callers_do_not_share(self, limiter: RateLimiter) -> None:
        assert await allowed(limiter, [charge()], 11) == 10
        assert await allowed(limiter, [charge()], 11) == 10

    async def test_gives_back_what_time_has_paid(self, limiter: RateLimiter) -> None:
        charges = [charge(Policy("quick", 50, 1, "user"))]
        assert await allowed(limiter, charges, 60) >= 50
        verdict = await limiter.charge(charges)
        while verdict.allowed:
            verdict = await limiter.charge(charges)
        await asyncio.sleep(0.05)  # what this measures is time
        assert (await limiter.charge(charges)).allowed

    async def test_a_clock_that_was_set_back_shuts_nobody_out(self, limiter: RateLimiter, redis_url: str) -> None:
        charges = [charge(Policy("quick", 100, 1, "user"))]
        tomorrow = int((time.time() + 86_400) * 1_000_000)
        async with Redis.from_url(redis_url) as redis:
            await redis.set(charges[0].key, tomorrow)
        assert (await limiter.charge(charges)).debts == [1_000_000]
        await asyncio.sleep(0.05)  # what this measures is time
        assert (await limiter.charge(charges)).allowed

    async def test_keys_go_when_nothing_is_owed(self, limiter: RateLimiter, redis_url: str) -> None:
        charges = [charge(Policy("steady", 10, 100, "user"))]
        await limiter.charge(charges)
        async with Redis.from_url(redis_url) as redis:
            assert 0 < await redis.pttl(charges[0].key) <= 10_000

    @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        requests=st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True), min_size=1, max_size=40),
        quotas=st.lists(st.integers(1, 12), min_size=4, max_size=4),
    )
    def test_redis_does_the_same_sums(self, redis_url: str, requests: list[list[int]], quotas: list[int]) -> None:
        run = uuid4()
        policies = [Policy(f"p{number}", quota, 900_000, "user") for number, quota in enumerate(quotas)]
        plans = [[Charge(policies[number], f"test:{run}:{number}") for number in request] for request in requests]
        local = LocalCounts(lambda: 0)
        expected = [local.charge(plan).allowed for plan in plans]

        async def ask() -> list[bool]:
            async with limiter_on(redis_url) as limiter:
                # All at once: they share a call, and are still decided one after another.
                return [verdict.allowed for verdict in await asyncio.gather(*map(limiter.charge, plans))]

        assert asyncio.run(ask()) == expected

    async def test_requests_of_one_turn_share_a_call(self, limiter: RateLimiter, redis_url: str) -> None:
        async with Redis.from_url(redis_url) as redis:
            before = (await redis.info("commandstats")).get("cmdstat_evalsha", {"calls": 0})["calls"]
            await asyncio.gather(*(limiter.charge([charge()]) for _ in range(100)))
            after = (await redis.info("commandstats"))["cmdstat_evalsha"]["calls"]
        assert after - before == 1


class TestRedisAway:
    @pytest.fixture
    async def limiter(self, redis_behind: str) -> AsyncIterator[RateLimiter]:
        async with limiter_on(redis_behind) as limiter:
            yield limiter

    @pytest.mark.parametrize("fault", ["refused", "silent"])
    async def test_goes_on_counting_where_it_was_and_comes_back(
        self, limiter: RateLimiter, redis_faults: FaultProxy, fault: str
    ) -> None:
        charges = [charge()]
        with structlog.testing.capture_logs() as logs:
            assert await allowed(limiter, charges, 4) == 4
            await redis_faults.refuse() if fault == "refused" else redis_faults.silence()
            assert await allowed(limiter, charges, 20) == 6
            assert not limiter.shared

            await redis_faults.start() if fault == "refused" else redis_faults.speak()
            await until(lambda: limiter.shared)
            # What was counted meanwhile is told to Redis with the next request.
            assert await allowed(limiter, charges, 5) == 0
        told = [line["event"] for line in logs if line["event"].startswith("limits.")]
        assert told == ["limits.local", "limits.shared"]

    async def test_is_not_lost_and_found_all_the_time(
        self, limiter: RateLimiter, redis_faults: FaultProxy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As one that is found and then turns out to be too slow, again and again."""
        monkeypatch.undo()
        with structlog.testing.capture_logs() as logs:
            for _ in range(3):
                redis_faults.silence()
                await limiter.charge([charge()])
                assert not limiter.shared
                lost_at = time.perf_counter()
                redis_faults.speak()
                await until(lambda: limiter.shared, within=30)
                found_after = time.perf_counter() - lost_at
        assert found_after >= 8 * rate_limit._RETRY_SECONDS
        assert len([line for line in logs if line["event"] == "limits.local"]) == 3

    async def test_takes_over_within_a_moment(
        self, limiter: RateLimiter, redis_faults: FaultProxy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.undo()
        redis_faults.silence()
        started = time.perf_counter()
        verdicts = await asyncio.gather(*(limiter.charge([charge()]) for _ in range(50)))
        assert all(verdict.allowed for verdict in verdicts)
        assert 0.04 < time.perf_counter() - started < 5  # 50 ms, and a busy machine
        assert not limiter.shared  # nobody waits again

    async def test_a_redis_that_forgot_everything_is_reminded(self, limiter: RateLimiter, redis_url: str) -> None:
        charges = [charge()]
        await allowed(limiter, charges, 8)
        async with Redis.from_url(redis_url) as redis:
            await redis.delete(charges[0].key)
            await redis.script_flush()
        assert await allowed(limiter, charges, 5) == 2

    async def test_starts_without_it(self, redis_faults: FaultProxy, redis_behind: str) -> None:
        await redis_faults.refuse()
        with structlog.testing.capture_logs() as logs:
            async with rate_limit.connect(RedisSettings(url=SecretStr(redis_behind))) as limiter:
                assert not limiter.shared
                assert (await limiter.charge([charge()])).allowed
                await redis_faults.start()
                await until(lambda: limiter.shared)
        told = [line["event"] for line in logs if line["event"].startswith("limits.")]
        assert told == ["limits.local", "limits.shared"]
