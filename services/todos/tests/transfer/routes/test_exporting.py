from typing import Any

import httpx
import orjson
import pytest
from services.todos.tests.support import AddTodo, SignIn, Todo
from services.todos.tests.transfer.routes.files import counts, export, history, import_

from todos_service.transfer import repository


class TestExportTodos:
    async def test_of_somebody_new_is_empty_and_can_be_imported(self, client: httpx.AsyncClient) -> None:
        content = await export(client)

        assert orjson.loads(content)["todos"] == []
        assert counts(await import_(client, content)) == (0, 0, 0, 0)

    async def test_is_a_file_to_keep(self, client: httpx.AsyncClient, todo: Todo) -> None:
        response = await client.get("/todos/export")

        assert response.headers["content-type"] == "application/json"
        assert response.headers["content-disposition"].startswith('attachment; filename="daybook-todos-2')
        assert response.headers["cache-control"] == "private, no-cache"
        assert response.json()["todos"][0]["title"] == todo["title"]

    async def test_holds_nothing_of_others(self, client: httpx.AsyncClient, sign_in: SignIn, todo: Todo) -> None:
        assert todo["id"].encode() in await export(client)
        assert todo["id"].encode() not in await export(sign_in())

    async def test_needs_several_pages_and_keeps_each_todo_once(
        self, client: httpx.AsyncClient, add_todo: AddTodo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("todos_service.transfer.exporting._PAGE", 2)
        ids = {(await add_todo(str(number)))["id"] for number in range(5)}

        exported = [todo["id"] for todo in orjson.loads(await export(client))["todos"]]

        assert len(exported) == 5
        assert set(exported) == ids

    @pytest.mark.parametrize("size", [1, 2, 3])
    async def test_reads_a_long_history_in_pages(
        self, client: httpx.AsyncClient, life: dict[str, Todo], monkeypatch: pytest.MonkeyPatch, size: int
    ) -> None:
        changed = life["changed"]
        for version in range(2, 6):
            await client.put(f"/todos/{changed['id']}", json={"title": f"{version}", "version": version})
        whole = orjson.loads(await export(client))["todos"]
        monkeypatch.setattr("todos_service.transfer.exporting._PAGE_OF_CHANGES", size)
        monkeypatch.setattr("todos_service.transfer.exporting._PIECE", 1)

        assert orjson.loads(await export(client))["todos"] == whole
        assert sorted(len(todo["history"]) for todo in whole) == [2, 2, 3, 6]

    async def test_taken_while_others_write_can_be_imported(
        self, client: httpx.AsyncClient, add_todo: AddTodo, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Between the read of a todo and that of its history somebody changes the one and deletes the other."""
        changed, deleted = await add_todo("changed"), await add_todo("deleted")
        list_history = repository.list_history

        async def write_first(reads: Any, **said: Any) -> Any:
            monkeypatch.undo()
            await client.put(f"/todos/{changed['id']}", json={"title": "since", "version": 1})
            await client.request("DELETE", f"/todos/{deleted['id']}", json={"version": 1})
            return await list_history(reads, **said)

        monkeypatch.setattr(repository, "list_history", write_first)
        content = await export(client)
        other = sign_in()

        assert counts(await import_(other, content)) == (2, 0, 0, 0)
        assert {todo["title"] for todo in (await other.get("/todos")).json()["items"]} == {"changed", "deleted"}
        assert [change["version"] for change in await history(other, changed["id"])] == [1]
