"""Quotas as a caller sees them."""

import asyncio
import re
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from redis.asyncio import Redis
from tests.support.faults import FaultProxy
from tests.support.promises import Measured, size
from tests.support.servers import Run, Running, Service, until
from tests.support.tokens import Issuer, SignToken, signed_by_another_key

from chassis.settings import RedisSettings
from gateway import rate_limit
from gateway.callers import Caller
from gateway.errors import QuotaExceeded
from gateway.gcra import Charge, LocalCounts
from gateway.hygiene import Inbound
from gateway.limits import Limits
from gateway.policies import Policy
from gateway.rate_limit import RateLimiter, RedisCounts
from gateway.routes import Route
from gateway.settings import CookieSettings

_SCHEDULES = size(quick=1_000, full=10_000)
_LOGIN_ONLY = """
policies = [{name = "sign-in", quota = 30, seconds = 60, counted = "address"}]
routes = [
    {path = "/todos", upstream = "todos"},
    {path = "/auth/login", upstream = "auth", limits = ["sign-in"]},
]
"""
_FIELD = re.compile(r'"([a-z-]+)";r=(\d+);t=(\d+)')


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is slow, not away."""
    monkeypatch.setattr(rate_limit, "_PATIENCE_SECONDS", 20.0)


def address() -> dict[str, str]:
    """Somebody nobody has seen before."""
    raw = uuid4().hex
    return {"X-Forwarded-For": f"2001:db8:{raw[0:4]}:{raw[4:8]}::1"}


def quotas(response: httpx.Response) -> dict[str, tuple[int, int]]:
    """Requests left and seconds until all are there, by policy."""
    return {name: (int(left), int(seconds)) for name, left, seconds in _FIELD.findall(response.headers["ratelimit"])}


async def statuses(gateway: Running, times: int, path: str = "/todos", **headers: str) -> list[int]:
    return [(await gateway.client.get(path, headers=headers)).status_code for _ in range(times)]


class TestLimits:
    async def test_an_address_has_its_quota_and_no_more(self, run_gateway: Run) -> None:
        async with run_gateway(limits={"address": "5/900000"}) as gateway:
            assert await statuses(gateway, 7, **address()) == [200] * 5 + [429] * 2
            assert await statuses(gateway, 1, **address()) == [200]

    async def test_one_ipv6_network_is_one_address(self, run_gateway: Run) -> None:
        raw = uuid4().hex
        async with run_gateway(limits={"address": "5/900000"}) as gateway:
            answers = [
                (await gateway.client.get("/todos", headers={"X-Forwarded-For": f"2001:db8:{raw[:4]}:1::{host}"}))
                for host in range(1, 7)
            ]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]

    async def test_a_person_has_the_same_quota_from_everywhere(self, run_gateway: Run, sign_token: SignToken) -> None:
        user_id = uuid4()
        async with run_gateway(limits={"user": "5/900000"}) as gateway:
            await knows_keys(gateway, sign_token)
            answers = [
                await gateway.client.get(
                    "/todos", headers=address() | {"Authorization": f"Bearer {sign_token(user_id, jti=str(uuid4()))}"}
                )
                for _ in range(7)
            ]
            assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
            assert answers[-1].json()["violated-policies"] == ["user"]
            other = await gateway.client.get("/todos", headers={"Authorization": f"Bearer {sign_token(uuid4())}"})
            assert other.status_code == 200

    async def test_who_shows_a_bad_token_is_counted_by_address_and_passed_on(
        self, run_gateway: Run, token_issuer: Issuer, todos: Service
    ) -> None:
        where = address()
        async with run_gateway(limits={"address": "2/900000"}) as gateway:
            answers = [
                await gateway.client.get(
                    "/todos",
                    headers=where | {"Authorization": f"Bearer {signed_by_another_key(token_issuer, uuid4())}"},
                )
                for _ in range(3)
            ]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert len(todos.asked) == 2

    async def test_sign_in_has_a_quota_of_its_own(self, run_gateway: Run) -> None:
        where = address()
        async with run_gateway(limits={"sign_in": "2/900000"}) as gateway:
            assert await statuses(gateway, 3, "/auth/login", **where) == [200, 200, 429]
            assert await statuses(gateway, 1, "/auth/me", **where) == [200]

    async def test_a_request_that_no_policy_concerns_is_not_counted(self, run_gateway: Run, tmp_path: Path) -> None:
        file = tmp_path / "table.toml"
        file.write_text(_LOGIN_ONLY)
        async with run_gateway(table=file, limits={}) as gateway:
            with structlog.testing.capture_logs() as logs:
                answers = [await gateway.client.get(path) for path in ("/todos", "/auth/login", "/todos")]
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert ["ratelimit" in answer.headers for answer in answers] == [False, True, False]
        assert ["ratelimit-policy" in answer.headers for answer in answers] == [False, True, False]
        assert "limits.local" not in [line["event"] for line in logs]

    async def test_refresh_is_counted_by_session(self, run_gateway: Run) -> None:
        # 22 characters are the session's id; what follows is new each time.
        one, two = ((uuid4().hex)[:22] for _ in range(2))
        where = address()
        async with run_gateway(limits={"refresh": "2/900000"}) as gateway:
            for number, (session, status) in enumerate([(one, 200), (one, 200), (one, 429), (two, 200)]):
                cookie = f"a=b; __Host-daybook_refresh={session}{number}"
                [answered] = await statuses(gateway, 1, "/auth/refresh", **where, Cookie=cookie)
                assert answered == status

    async def test_is_counted_by_the_cookies_that_auth_has(self, run_gateway: Run) -> None:
        """Whatever they are called, and no others that are called alike."""
        where, email = address(), f"{uuid4().hex}@a.test"
        cookies = CookieSettings(name="ours_8020", device_name="known_8020")
        async with run_gateway(limits={"refresh": "1/900000", "account": "1/900000"}, cookie=cookies) as gateway:
            for cookie, status in [
                ("daybook_refresh=a; ours_8020=1", 200),
                ("daybook_refresh=b; ours_8020_2=3; ours_8020=1", 429),
                ("daybook_refresh=a; ours_8020=2", 200),
            ]:
                [answered] = await statuses(gateway, 1, "/auth/refresh", **where, Cookie=cookie)
                assert answered == status
            signed_in = [
                await gateway.client.post("/auth/login", json={"email": email}, headers=address() | {"Cookie": cookie})
                for cookie in ("a=b", "daybook_device=1", "known_8020=1")
            ]
        assert [answer.status_code for answer in signed_in] == [200, 429, 200]

    async def test_own_pages_use_up_nothing(self, run_gateway: Run) -> None:
        where = address()
        async with run_gateway(limits={"address": "1/900000"}) as gateway:
            answers = [await gateway.client.get(path, headers=where) for path in ("/livez", "/readyz", "/docs") * 3]
            assert {answer.status_code for answer in answers} == {200}
            assert not [answer for answer in answers if "ratelimit" in answer.headers]
            assert await statuses(gateway, 1, **where) == [200]


class TestFields:
    async def test_count_down_and_name_every_policy(self, run_gateway: Run) -> None:
        where = address()
        async with run_gateway(limits={"address": "5/900000", "sign_in": "3/9000"}) as gateway:
            answers = [await gateway.client.post("/auth/login", headers=where) for _ in range(4)]
        assert [quotas(answer)["sign-in"][0] for answer in answers] == [2, 1, 0, 0]
        assert [quotas(answer)["address"][0] for answer in answers] == [4, 3, 2, 2]
        policy = '"sign-in";q=3;w=9000, "address";q=5;w=900000, "address-total";q=60000;w=60'
        assert {answer.headers["ratelimit-policy"] for answer in answers} == {policy}
        assert [-(-quotas(answer)["sign-in"][1] // 3000) for answer in answers] == [1, 2, 3, 3]

    async def test_a_refusal_says_what_is_used_up_and_how_long_to_wait(self, run_gateway: Run) -> None:
        where = address()
        async with run_gateway(limits={"sign_in": "1/2", "address": "5/900000"}) as gateway:
            await gateway.client.post("/auth/login", headers=where)
            refused = await gateway.client.post("/auth/login", headers=where)
            assert refused.status_code == 429
            problem = refused.json()
            assert problem["type"] == "urn:problem:quota-exceeded"
            assert problem["violated-policies"] == ["sign-in"]
            assert problem["instance"] == "/auth/login"
            assert 1 <= int(refused.headers["retry-after"]) <= 2
            await asyncio.sleep(float(refused.headers["retry-after"]))  # as we were told
            assert (await gateway.client.post("/auth/login", headers=where)).status_code == 200

    async def test_are_true(self, run_gateway: Run) -> None:
        """As many requests as an answer says are left are allowed, to the last one."""
        where = address()
        async with run_gateway(limits={"address": "20/900000"}) as gateway:
            first = await gateway.client.get("/todos", headers=where)
            left, _ = quotas(first)["address"]
            answers = await asyncio.gather(*(gateway.client.get("/todos", headers=where) for _ in range(left + 5)))
        assert sum(answer.status_code == 200 for answer in answers) == left


_SECOND = 1_000_000
_NOBODY = Caller("192.0.2.1", b"http", b"a", None)
_QUOTAS = st.builds(
    Policy,
    name=st.just("p"),
    quota=st.integers(1, 8),
    seconds=st.integers(1, 90),
    counted=st.sampled_from(["guest", "address"]),
)
# What goes on between one request and the next: nothing, a moment, or a while.
_PAUSES = st.lists(
    st.one_of(st.just(0), st.integers(1, _SECOND), st.integers(_SECOND, 60 * _SECOND)), min_size=1, max_size=10
)


# Never asked: it has not been found, so the limits count alone.
_NO_REDIS = RedisCounts(Redis())


@dataclass
class Counting:
    """The limits as they are, alone, under a clock that a test moves."""

    policies: dict[str, Policy]
    now: int = 0
    counts: LocalCounts = field(init=False)
    limits: Limits = field(init=False)
    route: Route = field(init=False)

    def __post_init__(self) -> None:
        limiter = RateLimiter(_NO_REDIS)
        self.counts = limiter._local = LocalCounts(lambda: self.now)
        self.limits = Limits(limiter, self.policies, CookieSettings())
        self.route = Route("/todos", "todos", limits=tuple(self.policies))

    def ask(self) -> tuple[dict[str, tuple[int, int]], QuotaExceeded | None]:
        """What an answer says is left, and the refusal if it is one."""
        inbound = Inbound("GET", b"/todos", b"/todos", b"a", "http", "192.0.2.1")
        try:
            headers, refused = dict(at_once(self.limits.charge(inbound, self.route, _NOBODY))), None
        except QuotaExceeded as problem:
            headers, refused = {b"ratelimit": problem.headers["ratelimit"].encode()}, problem
        found = _FIELD.findall(headers[b"ratelimit"].decode())
        return {name: (int(left), int(seconds)) for name, left, seconds in found}, refused

    def allowed(self, *, later: int = 0, names: frozenset[str] | None = None) -> int:
        """How many requests would be allowed, one after the other, so much later."""
        chosen = [policy for name, policy in self.policies.items() if names is None or name in names]
        counts, now = LocalCounts(lambda: self.now + later), self.now
        counts._due = dict(self.counts._due)
        allowed = 0
        while counts.charge([Charge(each, f"limit:{each.name}:192.0.2.1") for each in chosen]).allowed:
            allowed += 1
        assert self.now == now
        return allowed


def at_once(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that has nothing to wait for."""
    try:
        coroutine.send(None)
    except StopIteration as finished:
        return finished.value
    raise AssertionError("it waits")


@pytest.mark.promise("P31")
class TestFieldsAreTrue:
    """Whatever happens when, the fields say what would be allowed, to within one request and one second."""

    def test_over_thousands_of_schedules(self, measured: Measured) -> None:
        @settings(max_examples=_SCHEDULES)
        @given(st.lists(_QUOTAS, min_size=1, max_size=2), _PAUSES)
        def over_all(policies: list[Policy], pauses: list[int]) -> None:
            self.over_one(policies, pauses)

        over_all()
        measured["schedules"] = _SCHEDULES

    def over_one(self, policies: list[Policy], pauses: list[int]) -> None:
        named = {f"p{'abc'[number]}": policy for number, policy in enumerate(policies)}
        counting = Counting({name: Policy(name, p.quota, p.seconds, p.counted) for name, p in named.items()})
        for pause in pauses:
            counting.now += pause
            could = counting.allowed()
            left, refused = counting.ask()
            assert (refused is None) == (could > 0)
            for name, (requests, seconds) in left.items():
                only = frozenset({name})
                assert abs(requests - counting.allowed(names=only)) <= 1
                quota = counting.policies[name].quota
                assert counting.allowed(names=only, later=seconds * _SECOND) == quota
                # And not a second earlier.
                assert not seconds or counting.allowed(names=only, later=(seconds - 1) * _SECOND - 1) < quota
            if refused is not None:
                self.tells_when_to_come_back(counting, refused)

    @staticmethod
    def tells_when_to_come_back(counting: Counting, refused: QuotaExceeded) -> None:
        wait = int(refused.headers["Retry-After"])
        assert wait >= 1
        assert counting.allowed(later=wait * _SECOND) >= 1
        assert wait == 1 or counting.allowed(later=(wait - 1) * _SECOND - 1) == 0
        violated = set(refused.extensions["violated-policies"])
        assert violated == {name for name in counting.policies if not counting.allowed(names=frozenset({name}))}


async def knows_keys(gateway: Running, sign_token: SignToken) -> None:
    """Wait until the gateway can tell who shows a token."""
    known = False

    async def look() -> None:
        nonlocal known
        headers = {"Authorization": f"Bearer {sign_token(uuid4())}"} | address()
        while not known:
            known = "user" in quotas(await gateway.client.get("/todos", headers=headers))

    looking = asyncio.create_task(look())
    await until(lambda: known)
    await looking


class TestRedisAway:
    async def test_requests_are_served_and_limited_all_the_same(
        self, run_gateway: Run, redis_faults: FaultProxy, redis_behind: str
    ) -> None:
        where = address()
        redis = RedisSettings(url=SecretStr(redis_behind))
        async with run_gateway(redis=redis, limits={"address": "5/900000"}) as gateway:
            assert await statuses(gateway, 2, **where) == [200] * 2
            await redis_faults.refuse()
            assert await statuses(gateway, 4, **where) == [200] * 3 + [429]
            await redis_faults.start()
            assert await statuses(gateway, 1, **where) == [429]
            assert await statuses(gateway, 1, **address()) == [200]

    async def test_guessing_gets_harder_not_easier(
        self, run_gateway: Run, redis_faults: FaultProxy, redis_behind: str
    ) -> None:
        where = address()
        redis = RedisSettings(url=SecretStr(redis_behind))
        async with run_gateway(redis=redis, limits={"sign_in": "10/900000"}) as gateway:
            assert await statuses(gateway, 2, "/auth/login", **where) == [200] * 2
            await redis_faults.refuse()
            answers = [await gateway.client.post("/auth/login", headers=where) for _ in range(6)]
        assert 3 <= [answer.status_code for answer in answers].count(200) <= 5
        assert '"sign-in";q=5;w=900000' in answers[-1].headers["ratelimit-policy"]
