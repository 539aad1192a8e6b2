import time
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast
from uuid import UUID, uuid4

import httpx
import pytest
from services.todos.tests.support import AddTodo, SignIn, Todo, execute, rows, slug
from sqlalchemy import text

from chassis import metrics
from chassis.database import Database
from todos_service.housekeeping import repository, service
from todos_service.housekeeping.service import Round, Step, Tally

BATCH = 2


class Tombstone(NamedTuple):
    id: UUID
    seq: int


async def all_of(step: Step, database: Database) -> int:
    """How many there were, batch by batch."""
    total = 0
    async for some in step(database, Round(batch=BATCH)):
        assert some <= BATCH
        total += some
    return total


async def delete(client: httpx.AsyncClient, *todos: Todo) -> None:
    for todo in todos:
        await client.request("DELETE", f"/todos/{todo['id']}", json={"version": todo["version"]})


async def age(database: Database, owner_id: UUID, **days: int) -> None:
    """Make the rows of an owner so many days older."""
    columns = {"todos": "deleted_at", "operations": "at"}
    for table, count in days.items():
        await execute(
            database,
            f"UPDATE {table} SET {columns[table]} = {columns[table]} - make_interval(days => {count}) "  # noqa: S608
            "WHERE owner_id = :owner",
            owner=owner_id,
        )


async def of_owner(database: Database, table: str, owner_id: UUID) -> list[dict[str, Any]]:
    found = await rows(database, f"SELECT * FROM {table} WHERE owner_id = :owner", owner=owner_id)  # noqa: S608
    return [dict(row) for row in found]


class TestPurgeTrash:
    async def test_removes_every_text_of_what_was_deleted_30_days_ago(
        self, client: httpx.AsyncClient, add_todo: AddTodo, database: Database, user_id: UUID
    ) -> None:
        todos = [await add_todo(str(number)) for number in range(5)]
        changed = await client.put(f"/todos/{todos[0]['id']}", json={"title": "Feed the cat", "version": 1})
        await delete(client, changed.json(), *todos[1:])
        await age(database, user_id, todos=30)

        assert await all_of(service.purge_trash, database) >= 5

        history = await of_owner(database, "history", user_id)
        assert len(history) == 5
        assert {(row["kind"], bytes(row["sealed"])) for row in history} == {("delete", b"")}
        tombstones = await of_owner(database, "todos", user_id)
        assert all(row["purged_at"] and row["deleted_at"] and row["sealed"] is None for row in tombstones)
        assert {row["seq"] for row in tombstones} == {row["seq"] for row in history}
        for path in ("restore", "undo"):
            body = {"seq": history[0]["seq"], "version": 1} if path == "undo" else {}
            response = await client.post(f"/todos/{history[0]['todo_id']}/{path}", json=body)
            assert slug(response) in {"todo-not-found", "change-not-found"}
        assert slug(await client.get(f"/todos/{todos[0]['id']}/history")) == "todo-not-found"

    async def test_leaves_what_can_still_be_brought_back(
        self, client: httpx.AsyncClient, add_todo: AddTodo, database: Database, user_id: UUID
    ) -> None:
        kept, deleted = await add_todo("kept"), await add_todo("deleted")
        await delete(client, deleted)
        await age(database, user_id, todos=29)

        await all_of(service.purge_trash, database)

        assert (await client.post(f"/todos/{deleted['id']}/restore")).status_code == 200
        assert (await client.get(f"/todos/{kept['id']}/history")).status_code == 200

    async def test_purges_a_todo_again_that_was_brought_back_and_deleted_again(
        self, client: httpx.AsyncClient, todo: Todo, database: Database, user_id: UUID
    ) -> None:
        await delete(client, todo)
        restored = (await client.post(f"/todos/{todo['id']}/restore")).json()
        await delete(client, restored)
        await age(database, user_id, todos=31)

        assert await all_of(service.purge_trash, database) >= 1

        assert [bytes(row["sealed"]) for row in await of_owner(database, "history", user_id)] == [b""]

    async def test_removes_a_long_past_a_little_at_a_time(
        self,
        client: httpx.AsyncClient,
        add_todo: AddTodo,
        database: Database,
        user_id: UUID,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(service, "_PAST", 2)
        todo, kept = await add_todo("deleted"), await add_todo("kept")
        for version in range(1, 8):
            await client.put(f"/todos/{todo['id']}", json={"title": str(version), "version": version})
        await delete(client, {**todo, "version": 8})
        await age(database, user_id, todos=31)

        assert await all_of(service.purge_trash, database) >= 1

        left = [(row["kind"], bytes(row["sealed"])) for row in await of_owner(database, "history", user_id)]
        assert len(left) == 2
        assert ("delete", b"") in left
        assert (await client.get(f"/todos/{kept['id']}/history")).status_code == 200

    async def test_brings_nothing_back_of_which_a_part_is_removed(
        self, client: httpx.AsyncClient, todo: Todo, database: Database, user_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As a restore finds it between two transactions of a purge, or after one that was stopped."""
        monkeypatch.setattr(service, "_PAST", 1)
        changed = (await client.put(f"/todos/{todo['id']}", json={"title": "Feed the cat", "version": 1})).json()
        await delete(client, changed)
        await age(database, user_id, todos=31)
        (row,) = await of_owner(database, "todos", user_id)
        async with database.transaction() as tx:
            await repository.empty_deletes(tx, owner_id=user_id, todos=[Tombstone(row["id"], row["seq"])])

        assert slug(await client.post(f"/todos/{todo['id']}/restore")) == "todo-not-found"
        assert (await client.get("/todos/export")).json()["todos"] == []
        await all_of(service.purge_trash, database)
        assert [bytes(row["sealed"]) for row in await of_owner(database, "history", user_id)] == [b""]

    async def test_of_one_owner_that_fails_keeps_nobody_else_waiting(
        self, sign_in: SignIn, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        unlucky, lucky = uuid4(), uuid4()
        # The oldest first.
        for owner_id, days in ((unlucky, 40), (lucky, 35)):
            theirs = sign_in(owner_id)
            await delete(theirs, (await theirs.post("/todos", json={"title": "x"})).json())
            await age(database, owner_id, todos=days)
        remove = repository.remove_past

        async def fail(tx: Any, *, owner_id: UUID, **said: Any) -> int:
            if owner_id == unlucky:
                await tx.execute(text("SELECT 1 / 0"))
            return await remove(tx, owner_id=owner_id, **said)

        monkeypatch.setattr(repository, "remove_past", fail)
        tally = Tally()
        assert not await service.clean_up(database, tally)

        assert tally.report()["failed"] == 1
        assert (await of_owner(database, "todos", lucky))[0]["purged_at"] is not None
        assert (await of_owner(database, "todos", unlucky))[0]["purged_at"] is None
        assert tally.report()["finished_at"] is not None

        monkeypatch.undo()
        assert await service.clean_up(database, tally)
        assert (await of_owner(database, "todos", unlucky))[0]["purged_at"] is not None


class TestRemoveTombstones:
    async def test_removes_what_was_deleted_90_days_ago_and_raises_the_floor(
        self, client: httpx.AsyncClient, add_todo: AddTodo, database: Database, user_id: UUID
    ) -> None:
        todos = [await add_todo(str(number)) for number in range(4)]
        await delete(client, *todos[:3])
        await age(database, user_id, todos=90)
        (before,) = await of_owner(database, "streams", user_id)
        await all_of(service.purge_trash, database)

        assert await all_of(service.remove_tombstones, database) >= 3

        (stream,) = await of_owner(database, "streams", user_id)
        assert [str(row["id"]) for row in await of_owner(database, "todos", user_id)] == [todos[3]["id"]]
        assert {str(row["todo_id"]) for row in await of_owner(database, "history", user_id)} == {todos[3]["id"]}
        assert (before["floor"], stream["floor"]) == (0, 7)
        assert stream["epoch"] == before["epoch"]

    async def test_leaves_younger_ones(
        self, client: httpx.AsyncClient, todo: Todo, database: Database, user_id: UUID
    ) -> None:
        await delete(client, todo)
        await age(database, user_id, todos=89)
        await all_of(service.purge_trash, database)

        await all_of(service.remove_tombstones, database)

        (stream,) = await of_owner(database, "streams", user_id)
        assert len(await of_owner(database, "todos", user_id)) == 1
        assert stream["floor"] == 0

    async def test_never_removes_a_todo_that_was_not_deleted(
        self, client: httpx.AsyncClient, todo: Todo, database: Database, user_id: UUID
    ) -> None:
        await all_of(service.purge_trash, database)
        await all_of(service.remove_tombstones, database)

        assert len(await of_owner(database, "todos", user_id)) == 1
        assert (await client.get(f"/todos/{todo['id']}")).status_code == 200


class TestRemoveOperations:
    @pytest.mark.parametrize("days, left", [(29, 3), (31, 0)])
    async def test_forgets_results_after_30_days(
        self, client: httpx.AsyncClient, database: Database, user_id: UUID, days: int, left: int
    ) -> None:
        for number in range(3):
            await client.post("/todos", json={"title": "x"}, headers={"Idempotency-Key": str(number)})
        await age(database, user_id, operations=days)

        await all_of(service.remove_operations, database)

        assert len(await of_owner(database, "operations", user_id)) == left
        assert len(await of_owner(database, "todos", user_id)) == 3


class TestRemoveHandledEvents:
    async def test_forgets_events_after_30_days(self, database: Database) -> None:
        events = {uuid4(): timedelta(days=days) for days in (29, 31, 31, 31)}
        for event_id, old in events.items():
            await execute(
                database,
                "INSERT INTO inbox (event_id, handled_at) VALUES (:id, :at)",
                id=event_id,
                at=datetime.now(UTC) - old,
            )

        await all_of(service.remove_handled_events, database)

        left = {row["event_id"] for row in await rows(database, "SELECT event_id FROM inbox")}
        assert left & set(events) == {next(iter(events))}


class TestCleanUp:
    async def test_counts_what_it_removes(
        self, client: httpx.AsyncClient, todo: Todo, database: Database, user_id: UUID
    ) -> None:
        await delete(client, todo)
        await age(database, user_id, todos=91)
        tally = Tally()

        await service.clean_up(database, tally)

        report = tally.report()
        assert report["finished_at"] is not None
        assert report["removed"]["trash"] >= 1
        assert report["removed"]["tombstones"] >= 1
        assert report["removed"].keys() == service.STEPS.keys()

    async def test_can_be_watched(self, database: Database) -> None:
        tally, registry = Tally(), metrics.registry()
        tally.be_watched(registry)
        assert registry.get_sample_value("housekeeping_finished_seconds") == 0
        tally.removed["trash"] += 3

        await service.clean_up(database, tally)

        removed = registry.get_sample_value("housekeeping_removed_total", {"what": "trash"})
        assert removed == tally.removed["trash"] >= 3
        assert registry.get_sample_value("housekeeping_failed") == 0
        assert time.time() - cast("float", registry.get_sample_value("housekeeping_finished_seconds")) < 60

    async def test_goes_on_with_the_next_step_when_one_fails(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fail(*_: Any, **__: Any) -> int:
            raise ConnectionResetError

        event_id = uuid4()
        await execute(
            database,
            "INSERT INTO inbox (event_id, handled_at) VALUES (:id, :at)",
            id=event_id,
            at=datetime.now(UTC) - timedelta(days=31),
        )
        monkeypatch.setattr(repository, "find_owner_of_trash", fail)
        tally = Tally()

        assert not await service.clean_up(database, tally)

        assert tally.report()["failed"] == 1
        assert not await rows(database, "SELECT 1 FROM inbox WHERE event_id = :id", id=event_id)
