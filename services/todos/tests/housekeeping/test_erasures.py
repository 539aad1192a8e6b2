from uuid import UUID

from services.todos.tests.support import AddTodo, rows

from chassis.database import Database
from todos_service.housekeeping.erasures import purge_some
from todos_service.owners import service as owners

TABLES = ("todos", "history", "operations", "erasures")


async def left(database: Database, user_id: UUID) -> dict[str, int]:
    return {
        table: len(await rows(database, f"SELECT 1 FROM {table} WHERE owner_id = :owner", owner=user_id))  # noqa: S608
        for table in TABLES
    }


class TestPurgeSome:
    async def test_removes_everything_of_an_erased_owner_batch_by_batch(
        self, database: Database, add_todo: AddTodo, user_id: UUID
    ) -> None:
        for number in range(5):
            await add_todo(f"Todo {number}")
        async with database.transaction() as tx:
            await owners.erase(tx, owner_id=user_id)
        assert await left(database, user_id) | {"operations": 0} == {
            "todos": 5,
            "history": 5,
            "operations": 0,
            "erasures": 1,
        }

        while await purge_some(database, batch=2):
            continue

        assert set((await left(database, user_id)).values()) == {0}
        assert await rows(database, "SELECT erased_at FROM streams WHERE owner_id = :owner", owner=user_id)

    async def test_leaves_everybody_else_alone(self, database: Database, add_todo: AddTodo, user_id: UUID) -> None:
        await add_todo()

        assert not await purge_some(database)

        assert (await left(database, user_id))["todos"] == 1
