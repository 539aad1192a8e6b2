import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, ConfigDict
from starlette.responses import StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.testing import capture_logs
from tests.support.servers import serving

from chassis.database import Database
from chassis.problems import Problem
from chassis.settings import MetricsSettings
from chassis.web.app import create_app, watch_connections
from chassis.web.problems import responses


class BellBroken(Problem):
    status, slug, title = 409, "bell-broken", "The bell is broken"


class Bell(BaseModel):
    model_config = ConfigDict(extra="forbid")

    loudness: int
    tags: list[int] = []


router = APIRouter()


@router.post("/bells/{bell_id}", responses=responses(BellBroken))
async def ring(bell_id: int, bell: Bell, limit: int = 1) -> Bell:
    if bell_id == 13:
        raise BellBroken("It fell", floor=limit)
    if bell_id == 99:
        raise RuntimeError("secret inside")
    return bell


@router.delete("/bells/{bell_id}")
async def melt(bell_id: int) -> int:
    return bell_id


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
def app() -> FastAPI:
    return create_app(title="Bells", lifespan=lifespan, routers=[router])


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


def assert_problem(response: httpx.Response, status: int, slug: str) -> dict[str, object]:
    document: dict[str, object] = response.json()
    assert (response.status_code, document["status"]) == (status, status)
    assert response.headers["content-type"] == "application/problem+json"
    assert document["type"] == f"urn:problem:{slug}"
    assert response.headers["x-request-id"]
    return document


class TestProblems:
    async def test_a_raised_problem_is_the_answer(self, client: httpx.AsyncClient) -> None:
        document = assert_problem(await client.post("/bells/13", json={"loudness": 1}), 409, "bell-broken")

        assert document["detail"] == "It fell"
        assert document["instance"] == "/bells/13"
        assert document["floor"] == 1

    async def test_points_at_every_fault(self, client: httpx.AsyncClient) -> None:
        response = await client.post("/bells/1?limit=x", json={"loudness": "loud", "tags": [1, "b"], "colour": "red"})

        document = assert_problem(response, 422, "invalid-request")
        faults = document["errors"]
        assert isinstance(faults, list)
        assert {fault["pointer"] for fault in faults} == {"?limit", "#/loudness", "#/tags/1", "#/colour"}
        assert b"loud" not in response.content.replace(b"loudness", b"")

    async def test_a_body_that_is_not_json(self, client: httpx.AsyncClient) -> None:
        headers = {"content-type": "application/json"}

        assert_problem(await client.post("/bells/1", content=b"{", headers=headers), 400, "bad-request")

    async def test_an_address_nobody_answers(self, client: httpx.AsyncClient) -> None:
        assert_problem(await client.get("/whistles"), 404, "not-found")
        assert_problem(await client.post("/bells/1/", json={}), 404, "not-found")

    async def test_a_wrong_method_is_told_all_right_ones(self, client: httpx.AsyncClient) -> None:
        response = await client.put("/bells/1", json={})

        assert_problem(response, 405, "method-not-allowed")
        assert response.headers["allow"] == "DELETE, POST"

    async def test_a_crash_says_nothing_about_its_inside(self, client: httpx.AsyncClient) -> None:
        response = await client.post("/bells/99", json={"loudness": 1})

        assert_problem(response, 500, "internal-error")
        assert "secret" not in response.text

    async def test_are_documented(self, client: httpx.AsyncClient) -> None:
        documented = (await client.get("/openapi.json")).json()["paths"]["/bells/{bell_id}"]["post"]["responses"]

        assert documented.keys() == {"200", "400", "409", "413", "415", "422", "503", "504"}
        assert "bell-broken" in documented["409"]["content"]["application/problem+json"]["examples"]


class TestRequestId:
    async def test_keeps_a_plausible_one(self, client: httpx.AsyncClient) -> None:
        response = await client.delete("/bells/1", headers={"x-request-id": "from-the-gateway"})

        assert response.headers.get_list("x-request-id") == ["from-the-gateway"]

    @pytest.mark.parametrize("given", ["short", "x" * 129, "with space inside", "new\tline-inside"])
    async def test_replaces_any_other(self, client: httpx.AsyncClient, given: str) -> None:
        response = await client.delete("/bells/1", headers={"x-request-id": given})

        assert response.headers["x-request-id"] != given


class TestLog:
    @pytest.mark.parametrize(
        "path, lines", [("/bells/1", 1), ("/internal/bells", 0), ("/internal/nothing", 1), ("/livez", 0)]
    )
    async def test_has_no_line_for_what_machines_ask_over_and_over(
        self, app: FastAPI, client: httpx.AsyncClient, path: str, lines: int
    ) -> None:
        @app.get("/internal/bells")
        async def bells() -> list[int]:
            return []

        with capture_logs() as logs:
            await client.request("DELETE" if path.startswith("/bells") else "GET", path)

        assert len([line for line in logs if line["event"] == "request"]) == lines


class TestHealth:
    async def test_is_live_and_ready_without_checks(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/livez")).status_code == 200
        assert (await client.get("/readyz")).status_code == 200

    async def test_names_what_is_missing_and_stays_live(self, app: FastAPI, client: httpx.AsyncClient) -> None:
        async def clapper() -> None:
            raise ConnectionError

        app.state.health.add("clapper", clapper)

        document = assert_problem(await client.get("/readyz"), 503, "service-unavailable")
        assert document["missing"] == {"clapper": "ConnectionError"}
        assert (await client.get("/livez")).status_code == 200

    async def test_tells_what_makes_it_no_less_ready(self, app: FastAPI, client: httpx.AsyncClient) -> None:
        app.state.health.tell("clapper", lambda: {"swings": 3})

        assert (await client.get("/readyz")).json() == {"status": "ready", "clapper": {"swings": 3}}

    async def test_is_not_ready_while_it_drains(self, app: FastAPI, client: httpx.AsyncClient) -> None:
        app.state.health.draining = True

        assert_problem(await client.get("/readyz"), 503, "service-unavailable")


class TestHead:
    @pytest.mark.parametrize(
        "path, status", [("/chimes", 200), ("/readyz", 200), ("/chimes/13", 409), ("/nothing", 404)]
    )
    async def test_is_what_get_would_be_told_without_its_body(self, app: FastAPI, path: str, status: int) -> None:
        @app.get("/chimes")
        async def chimes() -> list[int]:
            return [1, 2, 3]

        @app.get("/chimes/{chime_id}")
        async def chime(chime_id: int) -> int:
            raise BellBroken(f"{chime_id} fell")

        async with serving(app) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            ids = {"x-request-id": "the-same-one"}
            got, head = await client.get(path, headers=ids), await client.head(path, headers=ids)

        assert (got.status_code, head.status_code) == (status, status)
        assert head.content == b""
        assert int(head.headers["content-length"]) == len(got.content) > 0
        assert {**head.headers, "date": ""} == {**got.headers, "date": ""}

    async def test_is_not_answered_where_get_is_not(self, client: httpx.AsyncClient) -> None:
        response = await client.head("/bells/1")

        assert (response.status_code, response.headers["allow"]) == (405, "DELETE, POST")

    async def test_is_named_where_get_is(self, app: FastAPI, client: httpx.AsyncClient) -> None:
        @app.get("/chimes")
        async def chimes() -> list[int]:
            return []

        assert (await client.put("/chimes")).headers["allow"] == "GET, HEAD"

    async def test_is_head_in_the_log_and_in_the_figures(self, app: FastAPI, client: httpx.AsyncClient) -> None:
        @app.get("/chimes/{chime_id}")
        async def chime(chime_id: int) -> int:
            return chime_id

        with capture_logs() as logs:
            await client.head("/chimes/1")

        [line] = [line for line in logs if line["event"] == "request"]
        assert (line["method"], line["route"], line["status"]) == ("HEAD", "/chimes/{chime_id}", 200)

    @pytest.mark.parametrize("endless", [True, False])
    async def test_of_a_stream_is_over_at_once(self, app: FastAPI, endless: bool) -> None:
        ended = asyncio.Event()

        async def pieces() -> AsyncIterator[bytes]:
            try:
                yield b"ding"
                while endless:
                    await asyncio.sleep(0.001)
                    yield b"dong"
            finally:
                ended.set()

        @app.get("/chimes")
        async def chimes() -> StreamingResponse:
            return StreamingResponse(pieces(), media_type="text/event-stream")

        async with serving(app) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            head = await client.head("/chimes")
            async with asyncio.timeout(60):
                await ended.wait()
            # The connection is in order: what comes next on it is the next answer.
            assert (await client.get("/livez")).json() == {"status": "live"}

        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"].startswith("text/event-stream")


class TestBeforeRouting:
    async def test_sees_each_request_first_and_hands_on_what_is_not_for_it(self) -> None:
        class Whistle:
            def __init__(self, app: ASGIApp) -> None:
                self._app = app

            async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
                if scope["type"] == "http" and scope["path"] == "/whistles":
                    await send({"type": "http.response.start", "status": 204, "headers": []})
                    await send({"type": "http.response.body"})
                else:
                    await self._app(scope, receive, send)

        app = create_app(title="Bells", lifespan=lifespan, routers=[router], before_routing=[Whistle])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            whistled = await client.get("/whistles")
            rung = await client.post("/bells/1", json={"loudness": 1})

        assert (whistled.status_code, rung.status_code) == (204, 200)
        assert whistled.headers["x-request-id"]


class TestMetrics:
    async def test_are_on_a_port_of_their_own_while_it_runs(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        app = create_app(title="Bells", lifespan=lifespan, routers=[router], exposing=MetricsSettings(port=port))
        async with serving(app) as served, httpx.AsyncClient() as client:
            for bell in (1, 2):
                await client.delete(f"http://127.0.0.1:{served}/bells/{bell}")
            told = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
            here = await client.get(f"http://127.0.0.1:{served}/metrics")

        # By the template of the path: ids belong to people.
        labels = 'method="DELETE",route="/bells/{bell_id}",status="200"'
        assert f"http_request_duration_seconds_count{{{labels}}} 2.0" in told
        assert here.status_code == 404
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)

    async def test_tell_how_many_connections_are_lent(self, tables: Database) -> None:
        app = create_app(title="Bells", lifespan=lifespan)
        watch_connections(app, tables)
        look = app.state.registry.get_sample_value
        assert look("database_connections_in_use") == 0
        async with tables.reads():
            assert look("database_connections_in_use") == 1
