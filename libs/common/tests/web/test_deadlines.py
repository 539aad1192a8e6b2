"""On a real socket where it matters how long somebody waited, without one otherwise."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI, Request
from sqlalchemy import text
from starlette.responses import StreamingResponse
from structlog.testing import capture_logs
from tests.support.servers import serving

from chassis import database
from chassis.database import Database
from chassis.web.app import create_app
from chassis.web.dependencies import Transaction

# Long enough for a machine that is busy to answer what is quick.
_SOON = {"X-Request-Timeout-Ms": "600"}


@asynccontextmanager
async def nothing(_: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
def app() -> FastAPI:
    app = create_app(title="Slow", lifespan=nothing, translate=database.as_problem, longer={"/longer": 0.7})
    ended = app.state.ended = asyncio.Event()

    @app.post("/for-ever")
    @app.get("/longer")
    async def for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    @app.post("/stubborn")
    async def stubborn() -> None:
        """As a database that hangs: even giving up takes its time, and then it fails."""
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(1)
            raise ConnectionError("gone") from None
        finally:
            ended.set()

    @app.post("/length")
    async def length(request: Request) -> int:
        return len(await request.body())

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(4):
                yield b"."
                await asyncio.sleep(0.25)

        return StreamingResponse(pieces())

    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(app) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        yield client


def assert_late(answer: httpx.Response, status: int, slug: str) -> None:
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:problem:{slug}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"]


class TestDeadlines:
    async def test_end_what_nobody_waits_for_any_more(self, app: FastAPI, client: httpx.AsyncClient) -> None:
        answer = await client.post("/for-ever", headers=_SOON)

        assert_late(answer, 504, "gateway-timeout")
        async with asyncio.timeout(5):
            await app.state.ended.wait()

    async def test_answer_before_what_was_begun_has_ended(self, app: FastAPI, client: httpx.AsyncClient) -> None:
        with capture_logs() as logs:
            answer = await client.post("/stubborn", headers=_SOON)
            was_running = not app.state.ended.is_set()
            async with asyncio.timeout(5):
                await app.state.ended.wait()
            # The same connection, and the same process, go on.
            following = await client.post("/length", content=b"abc")

        assert_late(answer, 504, "gateway-timeout")
        assert was_running
        assert following.json() == 3
        events = [line["event"] for line in logs]
        assert "request.abandoned" in events
        assert "request.crashed" not in events
        assert [line["status"] for line in logs if line["event"] == "request"] == [504, 200]

    async def test_are_the_services_own_where_the_gateway_gives_more_or_says_nothing(
        self, client: httpx.AsyncClient
    ) -> None:
        for headers in ({}, {"X-Request-Timeout-Ms": "999999"}, {"X-Request-Timeout-Ms": "-1"}):
            started = time.perf_counter()
            answer = await client.get("/longer", headers=headers)

            assert_late(answer, 504, "gateway-timeout")
            assert time.perf_counter() - started >= 0.7

    async def test_leave_alone_what_is_answered_in_time(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/length", content=b"abc", headers={"X-Request-Timeout-Ms": "60000"})

        assert (answer.status_code, answer.json()) == (200, 3)

    async def test_blame_the_client_who_sends_slowly(self, client: httpx.AsyncClient) -> None:
        async def slowly() -> AsyncIterator[bytes]:
            yield b"a"
            await asyncio.sleep(2)
            yield b"b"

        answer = await client.post("/length", content=slowly(), headers=_SOON)

        assert_late(answer, 408, "request-timeout")

    async def test_do_not_cut_off_an_answer_that_has_begun(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/stream", headers=_SOON)

        assert (answer.status_code, answer.content) == (200, b"....")

    async def test_end_with_the_process_that_ends(self, app: FastAPI) -> None:
        """Whoever cancels the request itself is obeyed."""
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            asking = asyncio.create_task(client.post("/for-ever"))
            await asyncio.sleep(0.1)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
        assert app.state.ended.is_set()


class TestInTheDatabase:
    async def test_nothing_is_left_of_it(self, tables: Database, client: httpx.AsyncClient, app: FastAPI) -> None:
        app.state.database = tables
        async with tables.transaction() as tx:
            await tx.execute(text("CREATE TABLE IF NOT EXISTS late (id int)"))

        @app.post("/write")
        async def write(tx: Transaction) -> None:
            await tx.execute(text("INSERT INTO late VALUES (1)"))
            await tx.execute(text("SELECT pg_sleep(30)"))

        answer = await client.post("/write", headers=_SOON)

        assert_late(answer, 504, "gateway-timeout")
        async with tables.reads() as reads:
            assert await reads.scalar(text("SELECT count(*) FROM late")) == 0
            # Nor goes it on there.
            async with asyncio.timeout(5):
                while await reads.scalar(_STILL_SLEEPING):  # noqa: ASYNC110 (the server tells nobody)
                    await asyncio.sleep(0.02)


_STILL_SLEEPING = text("""
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT pg_sleep%'
""")
