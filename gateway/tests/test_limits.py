"""Quotas as a caller sees them."""

import asyncio
import re
from uuid import uuid4

import httpx
from pydantic import SecretStr
from tests.support.faults import FaultProxy
from tests.support.servers import Run, Running, Service, until
from tests.support.tokens import Issuer, SignToken, signed_by_another_key

from chassis.settings import RedisSettings

_FIELD = re.compile(r'"([a-z-]+)";r=(\d+);t=(\d+)')


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

    async def test_refresh_is_counted_by_session(self, run_gateway: Run) -> None:
        # 22 characters are the session's id; what follows is new each time.
        one, two = ((uuid4().hex)[:22] for _ in range(2))
        where = address()
        async with run_gateway(limits={"refresh": "2/900000"}) as gateway:
            for number, (session, status) in enumerate([(one, 200), (one, 200), (one, 429), (two, 200)]):
                cookie = f"a=b; __Host-daybook_refresh={session}{number}"
                [answered] = await statuses(gateway, 1, "/auth/refresh", **where, Cookie=cookie)
                assert answered == status

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
