from uuid import UUID

import httpx
from services.todos.tests.support import AddTodo, rows

from chassis.database import Database
from todos_service.todos import positions


class TestMakeRoom:
    async def test_numbers_what_it_moves_like_any_other_change(
        self, client: httpx.AsyncClient, add_todo: AddTodo, database: Database, user_id: UUID
    ) -> None:
        todos = [await add_todo(str(number), position=f"a{number}") for number in range(5)]
        too_long = "a2" + "0" * positions.LONG + "1"

        answer = (await client.put(f"/todos/{todos[4]['id']}", json={"position": too_long, "version": 1})).json()

        stored = await rows(database, "SELECT * FROM todos WHERE owner_id = :owner ORDER BY position", owner=user_id)
        history = await rows(database, "SELECT * FROM history WHERE owner_id = :owner ORDER BY seq", owner=user_id)
        (stream,) = await rows(database, "SELECT head FROM streams WHERE owner_id = :owner", owner=user_id)
        assert [str(row["id"]) for row in stored] == [todos[number]["id"] for number in (0, 1, 2, 4, 3)]
        assert [row["seq"] for row in history] == list(range(1, stream["head"] + 1))
        last_of = {row["todo_id"]: row["seq"] for row in history}
        assert {row["id"]: row["seq"] for row in stored} == last_of
        assert {row["kind"] for row in history[6:]} == {"rebalance"}
        assert all(len(row["position"]) <= 4 for row in stored)
        assert answer["version"] == 3
        # It is its owner's doing when a todo was updated, not its neighbours'.
        assert {row["id"] for row in stored if row["updated_at"] > row["created_at"]} == {UUID(answer["id"])}

    async def test_leaves_other_owners_alone(self, add_todo: AddTodo, database: Database, user_id: UUID) -> None:
        before = await rows(database, "SELECT owner_id, seq FROM history WHERE kind = 'rebalance'")
        await add_todo(position="a2" + "0" * positions.LONG + "1")

        after = await rows(database, "SELECT owner_id, seq FROM history WHERE kind = 'rebalance'")

        new = [row["owner_id"] for row in after if row not in before]
        assert new == [user_id]
