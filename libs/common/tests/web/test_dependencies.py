from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from tests.support.faults import FaultProxy
from tests.support.tokens import SignToken

from chassis.database import Database, as_problem
from chassis.tokens import TokenVerifier
from chassis.web.app import create_app
from chassis.web.dependencies import CurrentUser, Transaction


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

    @pytest.mark.parametrize("moment, status", [("before the commit", 503), ("at the commit", 504)])
    async def test_that_got_no_answer_is_told_by_what_may_have_happened(
        self, beyond: Database, road: FaultProxy, moment: str, status: int
    ) -> None:
        """A 503 is sent again, by gateways too. It has to be true that nothing was done."""
        app = create_app(title="Things", lifespan=lifespan, translate=as_problem)
        app.state.database = beyond

        @app.post("/things", status_code=201)
        async def create_thing(tx: Transaction) -> str:
            await tx.execute(text("select 1"))
            road.silence()
            if moment == "before the commit":
                await tx.execute(text("select 2"))
            return "created"

        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            response = await client.post("/things")

        assert response.status_code == status
        assert ("retry-after" in response.headers) == (status == 503)


class TestCurrentUser:
    @pytest.fixture
    async def client(self, token_verifier: TokenVerifier) -> AsyncIterator[httpx.AsyncClient]:
        app = create_app(title="Things", lifespan=lifespan)
        app.state.tokens = token_verifier

        @app.get("/me")
        async def who(user: CurrentUser) -> UUID:
            return user.id

        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            yield client

    @pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "Bearer   "])
    async def test_is_whose_token_is_shown(self, client: httpx.AsyncClient, sign_token: SignToken, scheme: str) -> None:
        user_id = uuid4()

        response = await client.get("/me", headers={"Authorization": f"{scheme}{sign_token(user_id)}"})

        assert (response.status_code, response.json()) == (200, str(user_id))

    async def test_is_nobody_without_exactly_one(self, client: httpx.AsyncClient, sign_token: SignToken) -> None:
        good = ("Authorization", f"Bearer {sign_token(uuid4())}")

        for headers in ([], [good, good], [("Authorization", "Bearer")], [("Authorization", "Basic YTpi")]):
            response = await client.get("/me", headers=headers)
            assert response.status_code == 401
            assert response.headers["www-authenticate"] == "Bearer"

    async def test_is_documented(self, client: httpx.AsyncClient) -> None:
        document = (await client.get("/openapi.json")).json()

        assert document["paths"]["/me"]["get"]["security"] == [{"HTTPBearer": []}]
