from typing import Any
from urllib.parse import quote

import httpx
import pytest
from services.todos.tests.support import AddTodo, SignIn, Todo, titles

from todos_service.todos.schemas import TodoPage


async def pages(client: httpx.AsyncClient, **query: Any) -> list[list[Todo]]:
    """Every page, by its link to the next one."""
    visited, address = [], f"/todos?{httpx.QueryParams(query)}"
    while address:
        response = await client.get(address)
        visited.append(response.json()["items"])
        address = response.links.get("next", {}).get("url", "")
    return visited


class TestListTodos:
    async def test_of_somebody_new_is_empty(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/todos")

        assert response.status_code == 200
        assert response.json() == {"items": [], "next_cursor": None}
        assert "link" not in response.headers

    async def test_follows_the_positions_byte_by_byte(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        for position in ("b1", "a1", "Zz", "aB", "a1V", "ab"):
            await add_todo(position, position=position)

        assert await titles(client) == ["Zz", "a1", "a1V", "aB", "ab", "b1"]

    async def test_shows_what_get_shows(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        todo = await add_todo(due={"date": "2026-11-22"}, tags=["home"], priority="low")

        page = (await client.get("/todos")).json()

        assert page["items"] == [todo]
        assert [str(item.id) for item in TodoPage.model_validate(page).items] == [todo["id"]]

    async def test_filters_by_status(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        await add_todo("done", completed=True)
        await add_todo("active")

        assert await titles(client, status="active") == ["active"]
        assert await titles(client, status="done") == ["done"]
        assert await titles(client, status="all") == ["active", "done"]

    @pytest.mark.parametrize("limit, sizes", [(1, [1] * 6), (2, [2, 2, 2]), (4, [4, 2]), (6, [6]), (200, [6])])
    async def test_visits_each_todo_once_page_by_page(
        self, client: httpx.AsyncClient, add_todo: AddTodo, limit: int, sizes: list[int]
    ) -> None:
        # Positions may be equal: two devices can choose the same one.
        expected = [await add_todo(str(number), position=f"a{number // 2}") for number in range(6)]

        visited = await pages(client, limit=limit)

        assert [len(page) for page in visited] == sizes
        assert sorted(todo["id"] for page in visited for todo in page) == sorted(todo["id"] for todo in expected)

    async def test_visits_each_todo_once_while_others_are_added_and_deleted(
        self, client: httpx.AsyncClient, add_todo: AddTodo
    ) -> None:
        before = [await add_todo(str(number), position=f"b{number}") for number in range(9)]
        visited: list[str] = []
        address = "/todos?limit=2"
        while address:
            response = await client.get(address)
            visited += [todo["id"] for todo in response.json()["items"]]
            address = response.links.get("next", {}).get("url", "")
            for position in ("a0", "b4V", "c0"):
                await add_todo("meanwhile", position=position)
            if len(visited) == 2:
                await client.request("DELETE", f"/todos/{before[0]['id']}", json={"version": 1})

        assert len(visited) == len(set(visited))
        assert {todo["id"] for todo in before} <= set(visited)

    async def test_carries_the_filter_into_the_next_page(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        for number in range(4):
            await add_todo(str(number), completed=number % 2 == 0)

        visited = await pages(client, limit=1, status="done")

        assert [[todo["title"] for todo in page] for page in visited] == [["2"], ["0"]]

    async def test_answers_an_unchanged_list_with_304(self, client: httpx.AsyncClient, todo: Todo) -> None:
        etag = (await client.get("/todos")).headers["etag"]

        unchanged = await client.get("/todos", headers={"If-None-Match": etag})
        await client.patch(f"/todos/{todo['id']}/toggle")
        changed = await client.get("/todos", headers={"If-None-Match": etag})

        assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", etag)
        assert unchanged.headers["cache-control"] == "private, no-cache"
        assert changed.status_code == 200
        assert changed.headers["etag"] != etag

    async def test_never_takes_another_persons_list_for_the_same(self, sign_in: SignIn, todo: Todo) -> None:
        """Two people who have each written once, on one browser with one cache."""
        other = sign_in()
        await other.post("/todos", json={"title": "Not yours"})
        etag = (await other.get("/todos")).headers["etag"]

        response = await sign_in().get("/todos", headers={"If-None-Match": etag})

        assert response.status_code == 200
        assert todo["title"] != "Not yours"

    @pytest.mark.parametrize(
        "query, pointer",
        [
            ("limit=0", "?limit"),
            ("limit=201", "?limit"),
            ("limit=x", "?limit"),
            ("status=late", "?status"),
            ("page=2", "?page"),
            ("cursor=nonsense", "?cursor"),
            (f"cursor={quote('é')}", "?cursor"),
            (f"cursor={'a' * 401}", "?cursor"),
        ],
    )
    async def test_refuses_a_query_it_does_not_understand(
        self, client: httpx.AsyncClient, query: str, pointer: str
    ) -> None:
        response = await client.get(f"/todos?{query}")

        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == pointer
