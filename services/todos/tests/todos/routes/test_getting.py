import httpx
import pytest
from services.todos.tests.support import NOTHING, Todo, slug


class TestGetTodo:
    async def test_answers_with_304_as_long_as_the_version_is_the_same(
        self, client: httpx.AsyncClient, todo: Todo
    ) -> None:
        address = f"/todos/{todo['id']}"

        unchanged = await client.get(address, headers={"If-None-Match": 'W/"v1"'})
        await client.patch(f"{address}/toggle")
        changed = await client.get(address, headers={"If-None-Match": '"v1"'})

        assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", '"v1"')
        assert (changed.status_code, changed.headers["etag"]) == (200, '"v2"')

    async def test_knows_no_deleted_todo(self, client: httpx.AsyncClient, todo: Todo) -> None:
        await client.request("DELETE", f"/todos/{todo['id']}", json={"version": 1})

        response = await client.get(f"/todos/{todo['id']}")

        assert slug(response) == "todo-not-found"

    @pytest.mark.parametrize("todo_id", ["7", "null", "%00", NOTHING + "0"])
    async def test_refuses_what_is_not_an_id(self, client: httpx.AsyncClient, todo_id: str) -> None:
        response = await client.get(f"/todos/{todo_id}")

        assert response.status_code == 422
