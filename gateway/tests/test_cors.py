import asyncio
import re
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send
from tests.support.servers import Run, Service, respond

from gateway import cors
from gateway.hygiene import METHODS

_ORIGIN = "http://app.test"
_PREFLIGHT = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization,if-match"}


def of_the_app(**headers: str) -> dict[str, str]:
    return {"Origin": _ORIGIN} | headers


def assert_readable(response: httpx.Response) -> None:
    assert response.headers.get_list("access-control-allow-origin") == [_ORIGIN]
    assert response.headers["access-control-allow-credentials"] == "true"
    exposed = set(response.headers["access-control-expose-headers"].split(", "))
    assert exposed >= {"ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "Location", "Link", "X-Request-Id"}
    assert "Origin" in response.headers["vary"]


class TestCors:
    def test_is_documented_as_it_is(self) -> None:
        page = (Path(__file__).parents[2] / "docs" / "gateway.md").read_text()
        rows = dict(re.findall(r"^\| (may [a-z]+) \| ([^|]+) \|$", page, re.MULTILINE))
        assert set(re.findall(r"[A-Z]+", rows["may use"])) == METHODS
        assert re.findall(r"`([^`]+)`", rows["may send"]) == list(cors.ALLOWED_HEADERS)
        assert re.findall(r"`([^`]+)`", rows["may read"]) == list(cors.EXPOSED_HEADERS)

    async def test_the_app_may_read_an_answer(self, client: httpx.AsyncClient) -> None:
        assert_readable(await client.get("/todos", headers=of_the_app()))

    async def test_and_a_refusal(self, client: httpx.AsyncClient) -> None:
        for path, status in (("/nowhere", 404), ("/todos/%2e%2e/x", 400), ("/livez", 200)):
            response = await client.get(path, headers=of_the_app())
            assert response.status_code == status
            assert_readable(response)
        response = await client.post("/todos", content=b"a" * 300_000, headers=of_the_app())
        assert response.status_code == 413
        assert_readable(response)

    async def test_and_that_its_quota_is_used_up(self, run_gateway: Run) -> None:
        address = {"X-Forwarded-For": "2001:db8:c0::1"}
        async with run_gateway(limits={"address": "1/900000"}) as gateway:
            answers = [await gateway.client.get("/todos", headers=of_the_app(**address)) for _ in range(2)]
        assert answers[-1].status_code == 429
        assert_readable(answers[-1])

    async def test_and_that_a_service_is_away(self, run_gateway: Run) -> None:
        async with run_gateway(todos_url="http://127.0.0.1:1") as gateway:
            response = await gateway.client.get("/todos", headers=of_the_app())
        assert response.status_code == 503
        assert_readable(response)

    async def test_and_that_the_gateway_crashed(
        self, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def crash(*_: object) -> None:
            raise RuntimeError

        monkeypatch.setattr("gateway.limits.Limits.charge", crash)
        response = await client.get("/todos", headers=of_the_app())
        assert response.status_code == 500
        assert_readable(response)

    @pytest.mark.parametrize("origin", ["http://app.test.evil.test", "https://app.test", "http://APP.test", "null", ""])
    async def test_nobody_else_may(self, client: httpx.AsyncClient, origin: str) -> None:
        response = await client.get("/todos", headers={"Origin": origin})
        assert response.status_code == 200
        assert not [name for name in response.headers if name.startswith("access-control-")]
        assert "Origin" in response.headers["vary"]

    async def test_two_origins_are_none(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/todos", headers=[("Origin", _ORIGIN), ("Origin", "http://evil.test")])
        assert "access-control-allow-origin" not in response.headers

    async def test_a_service_has_no_say_in_it(self, client: httpx.AsyncClient, todos: Service) -> None:
        async def answer(_: Scope, __: Receive, send: Send) -> None:
            await respond(send, headers=((b"access-control-allow-origin", b"*"), (b"vary", b"Accept")))

        todos.answer = answer
        response = await client.get("/todos", headers={"Origin": "http://evil.test"})
        assert "access-control-allow-origin" not in response.headers
        assert response.headers.get_list("vary", split_commas=True) == ["Accept", "Origin"]


class TestPreflight:
    async def test_is_answered_here(self, client: httpx.AsyncClient, todos: Service) -> None:
        response = await client.options("/todos/1", headers=of_the_app(**_PREFLIGHT))
        assert response.status_code == 204
        assert_readable(response)
        assert "PUT" in response.headers["access-control-allow-methods"]
        assert {"Authorization", "If-Match", "Idempotency-Key", "Content-Type"} <= set(
            response.headers["access-control-allow-headers"].split(", ")
        )
        assert int(response.headers["access-control-max-age"]) > 600
        assert not todos.asked

    async def test_uses_up_no_quota(self, run_gateway: Run) -> None:
        headers = of_the_app(**_PREFLIGHT) | {"X-Forwarded-For": "2001:db8:c1::1"}
        async with run_gateway(limits={"address": "1/900000"}) as gateway:
            answers = await asyncio.gather(*(gateway.client.options("/todos", headers=headers) for _ in range(5)))
        assert {answer.status_code for answer in answers} == {204}

    async def test_tells_another_origin_nothing(self, client: httpx.AsyncClient) -> None:
        response = await client.options("/todos", headers={"Origin": "http://evil.test"} | _PREFLIGHT)
        assert "access-control-allow-origin" not in response.headers

    async def test_plain_options_are_the_services_business(self, client: httpx.AsyncClient, todos: Service) -> None:
        await client.options("/todos")
        assert [asked.method for asked in todos.asked] == ["OPTIONS"]
