from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from services.auth.tests.mailbox import Mailbox
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog import contextvars
from structlog.testing import capture_logs

from auth_service.errands import service
from auth_service.errands.kinds import Errand
from auth_service.errands.models import ErrandRow
from chassis.database import Database


@pytest.fixture
async def quiet(app: FastAPI, database: Database) -> Database:
    """With nothing left by others."""
    await Mailbox(app).of("nobody")
    return database


async def leave(database: Database, name: str) -> None:
    async with database.transaction() as tx:
        await service.leave(tx, Errand.RESET_PASSWORD, email=name)


async def count(database: Database) -> int:
    async with database.reads() as reads:
        return await reads.scalar(select(func.count()).select_from(ErrandRow)) or 0


class TestRunOne:
    async def test_does_each_once_in_order(self, quiet: Database) -> None:
        done: list[str] = []

        async def handle(_: AsyncConnection, said: dict[str, Any]) -> None:
            done.append(said["email"])

        for name in ("first", "second"):
            await leave(quiet, name)
        while await service.run_one(quiet, {Errand.RESET_PASSWORD: handle}):
            continue

        assert done == ["first", "second"]
        assert await count(quiet) == 0

    async def test_undoes_what_failed_and_gives_up_in_the_end(self, quiet: Database) -> None:
        async def fail(tx: AsyncConnection, _: dict[str, Any]) -> None:
            await service.leave(tx, Errand.VERIFY_EMAIL, user_id=str(uuid4()))
            raise ValueError

        await leave(quiet, "nobody")
        with capture_logs() as lines:
            for attempt in range(1, 9):
                assert await service.run_one(quiet, {Errand.RESET_PASSWORD: fail})
                assert await count(quiet) == (1 if attempt < 8 else 0)
                async with quiet.transaction() as tx:
                    await tx.execute(update(ErrandRow).values(due_at=func.now()))

        failures = [line for line in lines if line["event"] == "errand.failed"]
        assert [line["given_up"] for line in failures] == [False] * 7 + [True]

    async def test_is_done_in_the_name_of_the_request_that_left_it(self, quiet: Database) -> None:
        asked_by: list[str | None] = []

        async def handle(_: AsyncConnection, said: dict[str, Any]) -> None:
            asked_by.append(contextvars.get_contextvars().get("request_id"))
            assert said.keys() == {"email"}

        with contextvars.bound_contextvars(request_id="request-of-somebody"):
            await leave(quiet, "first")
        contextvars.clear_contextvars()
        await leave(quiet, "second")
        while await service.run_one(quiet, {Errand.RESET_PASSWORD: handle}):
            continue

        assert asked_by == ["request-of-somebody", None]
        assert "request_id" not in contextvars.get_contextvars()

    async def test_holds_nothing_that_can_be_read(self, quiet: Database) -> None:
        await leave(quiet, "canary@example.com")
        async with quiet.reads() as reads:
            stored = (await reads.execute(select(ErrandRow))).all()

        assert "canary" not in str(stored)
