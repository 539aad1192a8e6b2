import httpx
import pytest
from services.todos.tests.support import OF_ONE_TODO, AddTodo, Endpoint, Todo, rows, slug, titles

from chassis.database import Database


class TestDeleteTodo:
    async def test_leaves_a_tombstone_without_what_was_in_the_todo(
        self, client: httpx.AsyncClient, add_todo: AddTodo, database: Database
    ) -> None:
        todo = await add_todo(due={"date": "2026-11-22"}, priority="high", completed=True, position="a0")

        response = await client.request("DELETE", f"/todos/{todo['id']}", headers={"If-Match": '"v1"'})

        assert response.status_code == 204
        assert response.content == b""
        (tombstone,) = await rows(database, "SELECT * FROM todos WHERE id = :id", id=todo["id"])
        assert tombstone["deleted_at"] is not None
        assert (tombstone["seq"], tombstone["version"]) == (2, 2)
        for name in ("sealed", "completed", "completed_at", "priority", "due_date", "due_at", "due_zone", "position"):
            assert not tombstone[name]

    async def test_takes_the_todo_out_of_the_list(self, client: httpx.AsyncClient, todo: Todo) -> None:
        await client.request("DELETE", f"/todos/{todo['id']}", json={"version": 1})

        assert await titles(client) == []

    @pytest.mark.parametrize("endpoint", OF_ONE_TODO, ids=str)
    async def test_cannot_be_undone_by_a_late_request(
        self, client: httpx.AsyncClient, todo: Todo, endpoint: Endpoint
    ) -> None:
        await client.request("DELETE", f"/todos/{todo['id']}", json={"version": 1})

        response = await endpoint.call(client, todo["id"])

        assert slug(response) == "todo-not-found"
        assert await titles(client) == []
