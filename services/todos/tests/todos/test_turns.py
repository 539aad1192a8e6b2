import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.encryption import KeyRing
from todos_service.owners import service as owners
from todos_service.todos import turns


async def make_owner(database: Database, ring: KeyRing, owner_id: UUID) -> None:
    async with database.transaction() as tx:
        await owners.add(tx, ring, owner_id=owner_id)


@pytest.fixture
async def owner_id(database: Database, ring: KeyRing) -> UUID:
    owner_id = uuid4()
    await make_owner(database, ring, owner_id)
    return owner_id


async def store(tx: Any, owner_id: UUID, todo_id: UUID, *, seq: int, version: int) -> None:
    now = datetime.now(UTC)
    columns = dict.fromkeys(("completed_at", "due_date", "due_at", "due_zone", "deleted_at"))
    await turns.store(
        tx,
        owner_id=owner_id,
        todo_id=todo_id,
        seq=seq,
        columns=columns
        | {"sealed": b"", "key_version": 1, "version": version, "completed": False, "priority": 0, "position": "a0"}
        | {"created_at": now, "updated_at": now},
        gained=1 if version == 1 else 0,
        telling=turns.Telling("update", None, owner_id, b""),
    )


class TestTakeTurn:
    @pytest.fixture
    async def waiting(self, database: Database, owner_id: UUID) -> tuple[UUID, "asyncio.Task[Any]"]:
        """Somebody who began to wait for a turn while another write was under way, which is committed by now."""
        todo_id = uuid4()

        async def wait() -> Any:
            async with database.transaction() as tx:
                return await turns.take_turn(tx, owner_id=owner_id, todo_id=todo_id, op_id=None)

        async with database.transaction() as tx:
            turn = await turns.take_turn(tx, owner_id=owner_id, todo_id=todo_id, op_id=None)
            assert turn is not None
            waiting = asyncio.create_task(wait())
            await self.until_it_waits(database, waiting)
            await store(tx, owner_id, todo_id, seq=turn.seq, version=1)
        return todo_id, waiting

    @staticmethod
    async def until_it_waits(database: Database, waiting: "asyncio.Task[Any]") -> None:
        query = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')")
        async with database.reads() as reads:
            while not await reads.scalar(query):
                assert not waiting.done()
                await asyncio.sleep(0.01)

    async def test_shows_what_was_committed_while_waiting(self, waiting: tuple[UUID, "asyncio.Task[Any]"]) -> None:
        todo_id, task = waiting

        turn = await task

        assert (turn.seq, turn.row.id, turn.row.version) == (2, todo_id, 1)

    async def test_belongs_to_nobody_without_a_stream(self, database: Database) -> None:
        async with database.transaction() as tx:
            assert await turns.take_turn(tx, owner_id=uuid4(), todo_id=uuid4(), op_id=None) is None

    async def test_of_one_owner_does_not_keep_another_waiting(
        self, database: Database, ring: KeyRing, owner_id: UUID
    ) -> None:
        other = uuid4()
        await make_owner(database, ring, other)
        async with database.transaction() as one, database.transaction() as two:
            await turns.take_turn(one, owner_id=owner_id, todo_id=uuid4(), op_id=None)

            turn = await turns.take_turn(two, owner_id=other, todo_id=uuid4(), op_id=None)

        assert turn is not None
