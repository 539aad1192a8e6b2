"""Whoever waits for changes is told of those that happened, and of no others."""

from uuid import UUID, uuid4

import pytest
from services.todos.tests.support import execute
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chassis.database import Database
from todos_service.owners import heads
from todos_service.owners.heads import AnnouncingDatabase, Head

Told = list[tuple[UUID, Head]]


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def announcing(database: Database, told: Told) -> AnnouncingDatabase:
    return AnnouncingDatabase(database, lambda owner_id, head: told.append((owner_id, head)))


class TestAnnouncingDatabase:
    async def test_tells_the_last_head_of_each_owner_after_the_commit(
        self, announcing: AnnouncingDatabase, told: Told
    ) -> None:
        owner_id, other, epoch = uuid4(), uuid4(), uuid4()

        async with announcing.transaction() as tx:
            heads.moved(tx, owner_id, Head(epoch, 1))
            heads.moved(tx, owner_id, Head(epoch, 2))
            heads.moved(tx, other, Head(epoch, 7))
            assert told == []

        assert told == [(owner_id, Head(epoch, 2)), (other, Head(epoch, 7))]

    async def test_says_nothing_of_what_failed(self, announcing: AnnouncingDatabase, told: Told) -> None:
        with pytest.raises(RuntimeError):
            async with announcing.transaction() as tx:
                heads.moved(tx, uuid4(), Head(uuid4(), 1))
                raise RuntimeError
        async with announcing.transaction() as tx:
            await tx.execute(text("SELECT 1"))

        assert told == []

    async def test_says_nothing_of_what_postgres_refuses_at_the_end(
        self, announcing: AnnouncingDatabase, told: Told
    ) -> None:
        await execute(announcing, "CREATE TABLE late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        try:
            with pytest.raises(IntegrityError):
                async with announcing.transaction() as tx:
                    await tx.execute(text("INSERT INTO late VALUES (1), (1)"))
                    heads.moved(tx, uuid4(), Head(uuid4(), 1))
        finally:
            await execute(announcing, "DROP TABLE late")

        assert told == []
