import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request
from sqlalchemy import text
from starlette.types import ASGIApp

from chassis import database
from chassis.web.app import create_app
from chassis.web.middleware import BodyLimit, Replay


def client_of(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://here.test", timeout=60
    )


async def in_pieces(content: bytes, size: int = 3) -> AsyncIterator[bytes]:
    for begin in range(0, len(content), size):
        yield content[begin : begin + size]


class TestBodyLimit:
    @pytest.fixture(params=["alone", "with replay"])
    def client(self, request: pytest.FixtureRequest) -> httpx.AsyncClient:
        def limit(app: ASGIApp) -> ASGIApp:
            return BodyLimit(app, most=10, longer={"/long": 20})

        def replay(app: ASGIApp) -> ASGIApp:
            return Replay(app, was_undone=database.was_undone)

        layers = [limit] if request.param == "alone" else [limit, replay]
        app = create_app(title="Limited", lifespan=lambda _: _nothing(), before_routing=layers)

        @app.post("/short")
        @app.post("/long")
        async def length(request: Request) -> int:
            return len(await request.body())

        return client_of(app)

    @pytest.mark.parametrize("path, most", [("/short", 10), ("/long", 20)])
    async def test_takes_as_much_as_its_address_takes(self, client: httpx.AsyncClient, path: str, most: int) -> None:
        for content in (b"x" * most, in_pieces(b"x" * most)):
            response = await client.post(path, content=content)

            assert (response.status_code, response.json()) == (200, most)

    @pytest.mark.parametrize("path, most", [("/short", 10), ("/long", 20)])
    async def test_refuses_more_whether_it_says_so_or_not(
        self, client: httpx.AsyncClient, path: str, most: int
    ) -> None:
        for content in (b"x" * (most + 1), in_pieces(b"x" * (most + 1))):
            response = await client.post(path, content=content)

            assert response.status_code == 413
            assert response.headers["content-type"] == "application/problem+json"
            assert response.json()["type"] == "urn:problem:content-too-large"
            assert response.headers["x-request-id"]


class _nothing:  # noqa: N801 (a context manager that does nothing)
    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_: object) -> None:
        return None


class TestReplay:
    @pytest.fixture
    def app(self, tables: database.Database) -> FastAPI:
        """Two requests that lock the same two things, each beginning with the other one."""
        both_hold_one = asyncio.Barrier(2)
        app = create_app(
            title="Deadlocked",
            lifespan=lambda _: _nothing(),
            translate=database.as_problem,
            before_routing=[
                lambda app: Replay(app, was_undone=database.was_undone, never=frozenset({"/never/1", "/never/2"}))
            ],
        )

        @app.post("/{kind}/{first}")
        async def lock(kind: str, first: int, request: Request) -> dict[str, object]:
            attempts = tries[kind, first] = tries.get((kind, first), 0) + 1
            async with tables.transaction() as tx:
                await tx.execute(text("SET LOCAL lock_timeout = 0"))
                await tx.execute(
                    text("SELECT pg_advisory_xact_lock(hashtext(:kind), :one)"), {"kind": kind, "one": first}
                )
                if attempts == 1:
                    await both_hold_one.wait()
                await tx.execute(
                    text("SELECT pg_advisory_xact_lock(hashtext(:kind), :other)"), {"kind": kind, "other": 3 - first}
                )
            return {"body": (await request.body()).decode(), "attempts": attempts}

        tries: dict[tuple[str, int], int] = {}
        return app

    async def test_lets_both_of_two_through_that_waited_for_each_other(self, app: FastAPI) -> None:
        client = client_of(app)

        one, other = await asyncio.gather(
            client.post("/both/1", content=in_pieces(b"the body of one")), client.post("/both/2", content=b"other")
        )

        assert (one.status_code, other.status_code) == (200, 200)
        assert (one.json()["body"], other.json()["body"]) == ("the body of one", "other")
        assert sorted((one.json()["attempts"], other.json()["attempts"])) == [1, 2]

    async def test_leaves_alone_what_is_more_than_one_transaction(self, app: FastAPI) -> None:
        client = client_of(app)

        answers = await asyncio.gather(client.post("/never/1"), client.post("/never/2"))

        assert sorted(answer.status_code for answer in answers) == [200, 503]

    async def test_gives_up_on_what_is_undone_again_and_again(self) -> None:
        attempts = 0

        async def undone(_scope: object, _receive: object, _send: object) -> None:
            nonlocal attempts
            attempts += 1
            raise ConnectionError

        async def nothing() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        with pytest.raises(ConnectionError):
            await Replay(undone, was_undone=lambda _: True)({"type": "http", "path": "/"}, nothing, nothing)  # type: ignore[arg-type]

        assert attempts == 3
