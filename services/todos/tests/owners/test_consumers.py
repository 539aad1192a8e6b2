from collections.abc import Sequence
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from services.todos.tests.support import Todo, execute, rows
from sqlalchemy import RowMapping

from chassis.database import Database
from chassis.encryption import KeyRing
from chassis.messaging.events import Envelope
from contracts.users import UserDeleted, UserRegistered
from todos_service.owners.consumers import consumers
from todos_service.owners.ledger import Entry, Ledger


def registered(user_id: UUID) -> Envelope:
    return Envelope.wrap(UserRegistered(user_id=user_id), source="auth")


def deleted(user_id: UUID) -> Envelope:
    return Envelope.wrap(UserDeleted(user_id=user_id), source="auth")


async def stored(database: Database, user_id: UUID) -> tuple[Sequence[RowMapping], Sequence[RowMapping]]:
    return (
        await rows(database, "SELECT * FROM streams WHERE owner_id = :owner", owner=user_id),
        await rows(database, "SELECT * FROM data_keys WHERE owner_id = :owner", owner=user_id),
    )


class TestAddOwner:
    async def test_makes_the_stream_and_the_key(self, database: Database, ring: KeyRing, user_id: UUID) -> None:
        await consumers(ring, None).handle(database, registered(user_id))

        streams, keys = await stored(database, user_id)
        assert streams
        assert keys

    async def test_ignores_a_redelivery(self, database: Database, ring: KeyRing, user_id: UUID) -> None:
        event = registered(user_id)
        await consumers(ring, None).handle(database, event)
        before = await stored(database, user_id)

        await consumers(ring, None).handle(database, event)

        assert await stored(database, user_id) == before
        assert len(await rows(database, "SELECT 1 FROM inbox WHERE event_id = :id", id=event.id)) == 1

    async def test_is_what_the_first_write_finds(
        self, database: Database, ring: KeyRing, client: httpx.AsyncClient, user_id: UUID
    ) -> None:
        await consumers(ring, None).handle(database, registered(user_id))
        _, before = await stored(database, user_id)

        response = await client.post("/todos", json={"title": "Water the plants"})

        assert response.status_code == 201
        assert (await stored(database, user_id))[1] == before

    async def test_changes_nothing_when_the_first_write_was_quicker(
        self, database: Database, ring: KeyRing, client: httpx.AsyncClient, user_id: UUID, todo: Todo
    ) -> None:
        before = await stored(database, user_id)

        await consumers(ring, None).handle(database, registered(user_id))

        assert await stored(database, user_id) == before
        assert (await client.get("/todos")).json()["items"] == [todo]

    async def test_does_not_bring_back_an_erased_owner(self, database: Database, ring: KeyRing) -> None:
        user_id = uuid4()
        await execute(database, "INSERT INTO streams (owner_id, erased_at) VALUES (:owner, now())", owner=user_id)

        await consumers(ring, None).handle(database, registered(user_id))

        (stream,) = await rows(database, "SELECT erased_at FROM streams WHERE owner_id = :owner", owner=user_id)
        assert stream["erased_at"] is not None
        assert not await rows(database, "SELECT 1 FROM data_keys WHERE owner_id = :owner", owner=user_id)


class TestEraseOwner:
    async def test_destroys_the_key_before_anything_else(
        self, database: Database, ring: KeyRing, user_id: UUID, todo: Todo
    ) -> None:
        assert todo["title"]

        await consumers(ring, None).handle(database, deleted(user_id))

        (stream,), keys = await stored(database, user_id)
        assert stream["erased_at"] is not None
        assert not keys

    async def test_leaves_nothing_to_read_and_nothing_to_write_to(
        self, database: Database, ring: KeyRing, client: httpx.AsyncClient, user_id: UUID, todo: Todo
    ) -> None:
        await consumers(ring, None).handle(database, deleted(user_id))

        assert (await client.get("/todos")).json()["items"] == []
        assert (await client.get(f"/todos/{todo['id']}")).status_code == 404
        assert (await client.post("/todos", json={"title": "Too late"})).status_code == 410

    async def test_is_not_undone_by_news_of_the_registration_that_come_late(
        self, database: Database, ring: KeyRing, user_id: UUID
    ) -> None:
        await consumers(ring, None).handle(database, deleted(user_id))
        await consumers(ring, None).handle(database, registered(user_id))

        (stream,), keys = await stored(database, user_id)
        assert stream["erased_at"] is not None
        assert not keys

    async def test_may_be_told_twice(self, database: Database, ring: KeyRing, user_id: UUID, todo: Todo) -> None:
        assert todo
        for _ in range(2):
            await consumers(ring, None).handle(database, deleted(user_id))

        assert not (await stored(database, user_id))[1]

    async def test_writes_into_the_ledger_who_was_erased(
        self, database: Database, ring: KeyRing, user_id: UUID, tmp_path: Path
    ) -> None:
        ledger = Ledger(tmp_path / "ledger")

        await consumers(ring, ledger).handle(database, deleted(user_id))

        assert [entry.owner_id for entry in ledger.entries() if isinstance(entry, Entry)] == [user_id]

    async def test_erases_nobody_whom_the_ledger_cannot_take(
        self, database: Database, ring: KeyRing, user_id: UUID, todo: Todo, tmp_path: Path
    ) -> None:
        with pytest.raises(OSError, match="nowhere"):
            await consumers(ring, Ledger(tmp_path / "nowhere" / "ledger")).handle(database, deleted(user_id))

        assert await rows(database, "SELECT 1 FROM data_keys WHERE owner_id = :owner", owner=user_id)
        assert todo
