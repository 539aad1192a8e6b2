import base64
from typing import Any
from uuid import uuid4

import httpx
import pytest
from services.todos.tests.support import AddTodo, SignIn, Start, Todo, execute, slug

from chassis.database import Database

FULL = {
    "title": "Water the plants",
    "description": "All of them",
    "completed": True,
    "priority": "high",
    "due": {"at": "2026-11-22T17:30:00Z", "zone": "Europe/Berlin"},
    "tags": ["home"],
    "position": "a0",
    "recurrence": {"rule": "FREQ=WEEKLY;BYDAY=MO", "anchor": "due"},
}


async def delete(client: httpx.AsyncClient, todo: Todo) -> None:
    response = await client.request("DELETE", f"/todos/{todo['id']}", json={"version": todo["version"]})
    assert response.status_code == 204


async def trash(client: httpx.AsyncClient, **query: Any) -> list[Todo]:
    response = await client.get("/todos/trash", params=query)
    assert response.status_code == 200, response.text
    items: list[Todo] = response.json()["items"]
    return items


class TestListTrash:
    async def test_shows_a_todo_as_it_was_deleted(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        todo = await add_todo(**FULL)
        await delete(client, todo)

        (deleted,) = await trash(client)

        changed = {name: deleted[name] for name in ("version", "updated_at", "deleted_at")}
        assert deleted == todo | changed
        assert deleted["deleted_at"] == deleted["updated_at"]
        assert deleted["version"] == 2

    async def test_of_somebody_new_is_empty(self, client: httpx.AsyncClient) -> None:
        assert await trash(client) == []

    async def test_begins_with_what_was_deleted_last(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        todos = [await add_todo(str(number)) for number in range(5)]
        for todo in (todos[3], todos[0], todos[4], todos[1]):
            await delete(client, todo)

        found, address = [], "/todos/trash?limit=1"
        while address:
            response = await client.get(address)
            found += [todo["title"] for todo in response.json()["items"]]
            address = response.links.get("next", {}).get("url", "")

        assert found == ["1", "4", "0", "3"]

    async def test_ends_after_30_days(self, client: httpx.AsyncClient, todo: Todo, database: Database) -> None:
        await delete(client, todo)
        await execute(
            database,
            "UPDATE todos SET deleted_at = deleted_at - interval '30 days' WHERE id = :id",
            id=todo["id"],
        )

        assert await trash(client) == []

    async def test_is_nobody_elses(self, client: httpx.AsyncClient, sign_in: SignIn, todo: Todo) -> None:
        await delete(client, todo)

        assert await trash(sign_in()) == []

    @pytest.mark.parametrize("query", ["limit=0", "limit=201", "cursor=nonsense", "cursor=WyJhMCJd", "page=1"])
    async def test_refuses_a_query_it_does_not_understand(self, client: httpx.AsyncClient, query: str) -> None:
        response = await client.get(f"/todos/trash?{query}")

        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == f"?{query.partition('=')[0]}"


class TestRestoreTodo:
    async def test_brings_everything_back(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        todo = await add_todo(**FULL)
        await delete(client, todo)

        response = await client.post(f"/todos/{todo['id']}/restore")

        restored = response.json()
        assert response.status_code == 200
        assert response.headers["etag"] == '"v3"'
        assert restored == todo | {"version": 3, "updated_at": restored["updated_at"]}
        assert (await client.get(f"/todos/{todo['id']}")).json() == restored
        assert await trash(client) == []

    async def test_can_be_repeated(self, client: httpx.AsyncClient, todo: Todo) -> None:
        await delete(client, todo)

        answers = [await client.post(f"/todos/{todo['id']}/restore") for _ in range(2)]

        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].json() == answers[1].json()

    async def test_checks_a_version_that_was_sent(self, client: httpx.AsyncClient, todo: Todo) -> None:
        await delete(client, todo)

        stale = await client.post(f"/todos/{todo['id']}/restore", json={"version": 1})
        stale_tag = await client.post(f"/todos/{todo['id']}/restore", headers={"If-Match": '"v1"'})
        fresh = await client.post(f"/todos/{todo['id']}/restore", json={"version": 2})

        assert (slug(stale), slug(stale_tag)) == ("version-conflict", "precondition-failed")
        assert stale.json()["current"]["title"] == stale_tag.json()["current"]["title"] == todo["title"]
        assert fresh.status_code == 200

    async def test_counts_towards_the_limit(self, start: Start, sign_in: SignIn) -> None:
        async with start(todos_per_owner=1) as app:
            client = sign_in(to=app)
            todo = (await client.post("/todos", json={"title": "one"})).json()
            await delete(client, todo)
            await client.post("/todos", json={"title": "two"})

            response = await client.post(f"/todos/{todo['id']}/restore")

        assert slug(response) == "too-many-todos"

    async def test_is_impossible_once_the_text_is_gone(
        self, client: httpx.AsyncClient, todo: Todo, database: Database
    ) -> None:
        await delete(client, todo)
        await execute(database, "UPDATE history SET sealed = '' WHERE todo_id = :id", id=todo["id"])

        response = await client.post(f"/todos/{todo['id']}/restore")

        assert slug(response) == "todo-not-found"


class TestCursor:
    @pytest.mark.parametrize(
        "content",
        [
            b'["9999-12-31T23:59:59-12:00", "%s"]',
            b'["0001-01-01T00:00:00+14:00", "%s"]',
            b'["2026-11-22T17:30:00", "%s"]',
            b'[7, "%s"]',
            b"{}",
        ],
    )
    async def test_of_ones_own_making_is_refused(self, client: httpx.AsyncClient, content: bytes) -> None:
        cursor = base64.urlsafe_b64encode(content.replace(b"%s", str(uuid4()).encode())).decode()

        assert slug(await client.get("/todos/trash", params={"cursor": cursor})) == "invalid-request"
