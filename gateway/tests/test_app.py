"""The whole way of a request: what it is called, what is written about it, and what is not there."""

import asyncio
from uuid import UUID, uuid4

import httpx
import pytest
import structlog
from starlette.types import Message
from tests.support.servers import Run, Service, revocations, revoked_key
from tests.support.tokens import Issuer, SignToken

from chassis.settings import TokenSettings
from gateway import app
from gateway.settings import Settings


class TestRequestId:
    async def test_is_the_clients_if_it_is_a_plausible_one(self, client: httpx.AsyncClient, todos: Service) -> None:
        response = await client.get("/todos", headers={"X-Request-Id": "my.request-1"})
        assert response.headers.get_list("x-request-id") == ["my.request-1"]
        assert todos.asked[0].all("x-request-id") == [b"my.request-1"]

    @pytest.mark.parametrize("said", [None, "short", "with space", "a" * 129, "é" * 10])
    async def test_is_ours_otherwise(self, client: httpx.AsyncClient, todos: Service, said: str | None) -> None:
        headers = {b"X-Request-Id": said.encode()} if said else {}
        response = await client.get("/todos", headers=headers)
        [request_id] = response.headers.get_list("x-request-id")
        assert UUID(request_id).version == 7
        assert todos.asked[0].all("x-request-id") == [request_id.encode()]

    @pytest.mark.parametrize("path", ["/livez", "/nowhere", "/docs", "/todos//1"])
    async def test_is_on_every_answer(self, client: httpx.AsyncClient, path: str) -> None:
        assert (await client.get(path)).headers["x-request-id"]


class TestRouting:
    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/nowhere",
            "/internal/revocations",
            "/metrics",
            "/todosx",
            "/TODOS",
            "/.well-known/openid-configuration",
        ],
    )
    async def test_elsewhere_is_nothing(
        self, client: httpx.AsyncClient, auth: Service, todos: Service, path: str
    ) -> None:
        response = await client.get(path)
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json() == {
            "type": "urn:problem:not-found",
            "title": "There is nothing at this address",
            "status": 404,
            "instance": path,
        }
        assert not auth.asked
        assert not todos.asked

    async def test_a_path_goes_to_its_service_unchanged(
        self, client: httpx.AsyncClient, auth: Service, todos: Service
    ) -> None:
        for path in ("/auth/login", "/.well-known/jwks.json"):
            await client.get(path)
        for path in ("/todos/%C3%A9?q=a%2Fb", "/sync/changes?cursor="):
            await client.get(path)
        assert [asked.target for asked in auth.asked] == [b"/auth/login", b"/.well-known/jwks.json"]
        assert [asked.target for asked in todos.asked] == [b"/todos/%C3%A9?q=a%2Fb", b"/sync/changes?cursor="]


class TestLog:
    async def test_has_a_line_for_each_request_with_its_route_and_not_its_path(self, client: httpx.AsyncClient) -> None:
        with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as logs:
            await client.get("/todos/my-secret-id?q=secret", headers={"X-Request-Id": "request-1"})
            await client.get("/nowhere/secret")
        # Whatever else this process has to say meanwhile.
        requests = [line for line in logs if line["event"] == "request"]
        assert [(line["method"], line["route"], line["status"]) for line in requests] == [
            ("GET", "/todos", 200),
            ("GET", None, 404),
        ]
        assert requests[0]["request_id"] == "request-1"
        assert "secret" not in repr(logs)

    async def test_of_a_failing_service_names_the_request(self, client: httpx.AsyncClient, todos: Service) -> None:
        async def answer(*_: object) -> None:
            await asyncio.sleep(0)
            raise ConnectionError

        todos.answer = answer
        with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as logs:
            response = await client.get("/todos", headers={"X-Request-Id": "request-2"})
        assert response.status_code in {500, 502}  # uvicorn answers for the crashed service
        about = [line["request_id"] for line in logs if "request_id" in line]
        assert set(about) == {"request-2"}


class TestLifespan:
    async def test_starts_while_everything_else_is_away(self, token_settings: TokenSettings) -> None:
        settings = Settings.model_validate(
            {
                "auth_url": "http://127.0.0.1:1",
                "todos_url": "http://127.0.0.1:1",
                "redis": {"url": "redis://127.0.0.1:1"},
                "broker": {"url": "amqp://127.0.0.1:1"},
                "revocations": {"url": "http://127.0.0.1:1"},
                "events": {"keys_url": "http://127.0.0.1:1"},
                "tokens": token_settings.model_copy(update={"jwks_url": "http://127.0.0.1:1"}),
                "frontend_origins": [],
            }
        )
        application, sent = app.build(settings), list[str]()
        stopping = asyncio.Event()
        messages = [{"type": "lifespan.startup"}]

        async def receive() -> Message:
            if messages:
                return messages.pop()
            await stopping.wait()
            return {"type": "lifespan.shutdown"}

        async def send(message: Message) -> None:
            sent.append(message["type"])
            stopping.set()

        await application({"type": "lifespan"}, receive, send)
        assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
        assert await application.state.health.failures() == {"revocations": "ServiceUnavailable"}


class TestRevokedToken:
    async def test_is_refused_everywhere_but_where_one_signs_in_again(
        self, run_gateway: Run, auth: Service, todos: Service, sign_token: SignToken
    ) -> None:
        session_id = uuid4()
        token = {"Authorization": f"Bearer {sign_token(uuid4(), sid=str(session_id))}"}
        async with run_gateway() as running:
            assert not todos.asked
            before = await running.client.get("/todos", headers=token)
            auth.revocations = revocations(session_id)
            async with asyncio.timeout(10):
                while (refused := await running.client.get("/todos", headers=token)).status_code == 200:  # noqa: ASYNC110 (it tells nobody)
                    await asyncio.sleep(0.05)
            signing_in = await running.client.post("/auth/login", headers=token, content="{}")

        assert (before.status_code, signing_in.status_code) == (200, 200)
        assert refused.status_code == 401
        assert refused.json()["type"] == "urn:problem:unauthenticated"
        assert refused.headers["www-authenticate"] == 'Bearer error="invalid_token"'
        # Whoever holds it goes on counting, as anybody at that address.
        assert '"address"' in refused.headers["ratelimit-policy"]


class TestRevokedKey:
    @pytest.mark.usefixtures("todos")
    async def test_opens_nothing_although_it_is_still_published(
        self, run_gateway: Run, auth: Service, token_issuer: Issuer, sign_token: SignToken
    ) -> None:
        token = {"Authorization": f"Bearer {sign_token(uuid4())}"}
        async with run_gateway() as running:
            before = await running.client.get("/todos", headers=token)
            auth.revocations = revoked_key(token_issuer.kid)
            async with asyncio.timeout(10):
                while (refused := await running.client.get("/todos", headers=token)).status_code == 200:  # noqa: ASYNC110 (it tells nobody)
                    await asyncio.sleep(0.05)

        auth.revocations = revocations()

        assert (before.status_code, refused.status_code) == (200, 401)
