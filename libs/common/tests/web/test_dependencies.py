from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from chassis.web.app import create_app
from chassis.web.dependencies import Transaction


class DatabaseThatCannotCommit:
    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[object]:
        yield object()
        raise ConnectionError("the database went away")


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield


class TestTransaction:
    async def test_a_failed_commit_is_never_reported_as_success(self) -> None:
        app = create_app(title="Things", lifespan=lifespan)
        app.state.database = DatabaseThatCannotCommit()

        @app.post("/things", status_code=201)
        async def create_thing(_: Transaction) -> str:
            return "created"

        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            response = await client.post("/things")

        assert response.status_code == 500
