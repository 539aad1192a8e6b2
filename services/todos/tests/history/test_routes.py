from typing import Any

import httpx
import pytest
from services.todos.tests.support import AddTodo, SignIn, Todo, slug


async def history(client: httpx.AsyncClient, todo: Todo, **query: Any) -> list[dict[str, Any]]:
    response = await client.get(f"/todos/{todo['id']}/history", params=query)
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


async def put(client: httpx.AsyncClient, todo: Todo, **fields: Any) -> Todo:
    response = await client.put(f"/todos/{todo['id']}", json={**fields, "version": todo["version"]})
    assert response.status_code == 200, response.text
    changed: Todo = response.json()
    return changed


async def undo(client: httpx.AsyncClient, todo: Todo, *, change: dict[str, Any]) -> httpx.Response:
    body = {"seq": change["seq"], "version": todo["version"]}
    return await client.post(f"/todos/{todo['id']}/undo", json=body)


class TestListHistory:
    async def test_tells_every_change_newest_first(self, client: httpx.AsyncClient, todo: Todo) -> None:
        changed = await put(client, todo, title="Feed the cat", tags=["home"])
        await client.request("DELETE", f"/todos/{todo['id']}", json={"version": 2})
        await client.post(f"/todos/{todo['id']}/restore")

        restored, deleted, updated, created = await history(client, todo)

        assert [each["kind"] for each in (restored, deleted, updated, created)] == [
            "restore",
            "delete",
            "update",
            "create",
        ]
        assert [each["version"] for each in (restored, deleted, updated, created)] == [4, 3, 2, 1]
        assert updated["changes"] == {
            "title": {"from": "Water the plants", "to": "Feed the cat"},
            "tags": {"from": [], "to": ["home"]},
        }
        assert updated["at"] == changed["updated_at"]
        assert created["changes"]["title"] == {"from": None, "to": "Water the plants"}
        assert deleted["changes"]["title"] == {"from": "Feed the cat", "to": None}
        assert len({each["session_id"] for each in (restored, deleted, updated, created)}) == 1

    async def test_comes_in_pages(self, client: httpx.AsyncClient, todo: Todo) -> None:
        for number in range(4):
            todo = await put(client, todo, title=str(number))

        versions, address = [], f"/todos/{todo['id']}/history?limit=2"
        while address:
            response = await client.get(address)
            versions.append([each["version"] for each in response.json()["items"]])
            address = response.links.get("next", {}).get("url", "")

        assert versions == [[5, 4], [3, 2], [1]]

    async def test_is_there_as_long_as_the_todo_is_in_the_trash(self, client: httpx.AsyncClient, todo: Todo) -> None:
        await client.request("DELETE", f"/todos/{todo['id']}", json={"version": 1})

        assert [each["kind"] for each in await history(client, todo)] == ["delete", "create"]

    @pytest.mark.parametrize("query", ["limit=0", "cursor=7", "cursor=v0", "cursor=v99999999999", "page=1"])
    async def test_refuses_a_query_it_does_not_understand(
        self, client: httpx.AsyncClient, todo: Todo, query: str
    ) -> None:
        assert (await client.get(f"/todos/{todo['id']}/history?{query}")).status_code == 422


class TestUndoChange:
    async def test_takes_back_one_change_and_leaves_later_ones(self, client: httpx.AsyncClient, todo: Todo) -> None:
        renamed = await put(client, todo, title="Feed the cat", priority="high")
        tagged = await put(client, renamed, tags=["home"])
        change = (await history(client, todo))[1]

        response = await undo(client, tagged, change=change)

        undone = response.json()
        assert response.status_code == 200
        assert (undone["title"], undone["priority"], undone["tags"]) == (todo["title"], "none", ["home"])
        assert (await history(client, todo))[0]["changes"] == {
            "title": {"from": "Feed the cat", "to": todo["title"]},
            "priority": {"from": "high", "to": "none"},
        }

    async def test_can_itself_be_taken_back(self, client: httpx.AsyncClient, todo: Todo) -> None:
        renamed = await put(client, todo, title="Feed the cat")
        undone = (await undo(client, renamed, change=(await history(client, todo))[0])).json()

        redone = (await undo(client, undone, change=(await history(client, todo))[0])).json()

        assert redone["title"] == "Feed the cat"

    async def test_does_nothing_if_the_field_has_changed_since(self, client: httpx.AsyncClient, todo: Todo) -> None:
        renamed = await put(client, todo, title="Feed the cat", priority="high")
        again = await put(client, renamed, title="Feed the dog")
        change = (await history(client, todo))[1]

        response = await undo(client, again, change=change)

        assert slug(response) == "version-conflict"
        assert response.json()["current"] == again
        assert response.json()["clashes"] == {
            "title": {"base": "Feed the cat", "yours": todo["title"], "stored": "Feed the dog"}
        }
        assert (await client.get(f"/todos/{todo['id']}")).json() == again

    async def test_needs_no_latest_version_where_nothing_clashes(self, client: httpx.AsyncClient, todo: Todo) -> None:
        renamed = await put(client, todo, title="Feed the cat")
        change = (await history(client, todo))[0]
        await put(client, renamed, priority="low")

        response = await undo(client, renamed, change=change)

        assert (response.json()["title"], response.json()["priority"]) == (todo["title"], "low")

    async def test_of_a_delete_brings_the_todo_back(self, client: httpx.AsyncClient, todo: Todo) -> None:
        await client.request("DELETE", f"/todos/{todo['id']}", json={"version": 1})

        response = await undo(client, todo | {"version": 2}, change=(await history(client, todo))[0])

        assert response.status_code == 200
        assert response.json()["title"] == todo["title"]

    async def test_of_the_creation_deletes_what_has_not_changed_since(
        self, client: httpx.AsyncClient, todo: Todo
    ) -> None:
        (created,) = await history(client, todo)
        changed = await put(client, todo, title="Feed the cat")

        stale = await undo(client, todo, change=created)
        fresh = await undo(client, changed, change=created)

        assert slug(stale) == "version-conflict"
        assert fresh.status_code == 204
        assert slug(await client.get(f"/todos/{todo['id']}")) == "todo-not-found"

    async def test_of_an_occurrence_makes_it_due_again(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        todo = await add_todo(due={"date": "2999-01-07"}, recurrence={"rule": "FREQ=WEEKLY"})
        advanced = (await client.patch(f"/todos/{todo['id']}/toggle", json={"version": 1})).json()
        change = (await history(client, todo))[0]

        undone = (await undo(client, advanced, change=change)).json()

        assert (advanced["due"], advanced["completed"]) == ({"date": "2999-01-14"}, False)
        assert change["kind"] == "advance"
        assert undone["due"] == todo["due"]

    async def test_of_opening_it_again_completes_it_and_no_occurrence(
        self, client: httpx.AsyncClient, add_todo: AddTodo
    ) -> None:
        daily = {"rule": "FREQ=DAILY", "anchor": "due"}
        todo = await add_todo(completed=True, due={"date": "2099-11-24"}, recurrence=daily)
        opened = (await client.patch(f"/todos/{todo['id']}/toggle", json={"completed": False, "version": 1})).json()

        undone = (await undo(client, opened, change=(await history(client, todo))[0])).json()

        assert (undone["completed"], undone["due"]) == (True, {"date": "2099-11-24"})

    async def test_knows_the_changes_of_this_todo_only(
        self, client: httpx.AsyncClient, sign_in: SignIn, todo: Todo, add_todo: AddTodo
    ) -> None:
        other = await add_todo("Feed the cat")
        stranger = sign_in()
        theirs = (await stranger.post("/todos", json={"id": todo["id"], "title": "Mine"})).json()
        (created,) = await history(client, todo)
        (of_other,) = await history(client, other)

        assert slug(await undo(client, todo, change=of_other)) == "change-not-found"
        assert slug(await undo(client, todo, change={"seq": 9999})) == "change-not-found"
        assert slug(await undo(stranger, theirs, change=of_other)) == "change-not-found"
        assert (await undo(stranger, theirs, change=created)).status_code == 204
        assert (await client.get(f"/todos/{todo['id']}")).json() == todo

    @pytest.mark.parametrize("body", [{}, {"seq": 1}, {"version": 1}, {"seq": 0, "version": 1}, {"seq": "1"}])
    async def test_refuses_what_names_no_change(
        self, client: httpx.AsyncClient, todo: Todo, body: dict[str, Any]
    ) -> None:
        assert slug(await client.post(f"/todos/{todo['id']}/undo", json=body)) == "invalid-request"


class TestToggleOfATodoThatRecurs:
    async def test_needs_a_version(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        todo = await add_todo(due={"date": "2999-01-07"}, recurrence={"rule": "FREQ=WEEKLY"})

        response = await client.patch(f"/todos/{todo['id']}/toggle", json={"completed": True})

        assert slug(response) == "precondition-required"
        assert (await client.get(f"/todos/{todo['id']}")).json() == todo

    async def test_completes_an_occurrence_once(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        todo = await add_todo(due={"date": "2999-01-07"}, recurrence={"rule": "FREQ=WEEKLY"})
        body = {"completed": True, "version": 1}

        answers = [await client.patch(f"/todos/{todo['id']}/toggle", json=body) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [200, 409]
        assert answers[1].json()["current"] == answers[0].json()
        assert answers[0].json()["due"] == {"date": "2999-01-14"}


class TestCursor:
    @pytest.mark.parametrize("cursor", ["v2147483648", "v9999999999", "v0", "7", "v"])
    async def test_of_a_version_that_no_todo_has_is_refused(
        self, client: httpx.AsyncClient, todo: Todo, cursor: str
    ) -> None:
        refused = await client.get(f"/todos/{todo['id']}/history", params={"cursor": cursor})

        assert slug(refused) == "invalid-request"
        assert refused.json()["errors"][0]["pointer"] == "?cursor"

    async def test_of_the_largest_version_is_none_of_those_there_are(
        self, client: httpx.AsyncClient, todo: Todo
    ) -> None:
        page = await client.get(f"/todos/{todo['id']}/history", params={"cursor": "v2147483647"})

        assert [change["version"] for change in page.json()["items"]] == [1]
