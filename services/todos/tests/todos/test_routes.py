import asyncio
from functools import partial
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from services.todos.tests.support import (
    EVERY_DOOR,
    EVERY_ENDPOINT,
    OF_ITS_PAST,
    OF_ONE_TODO,
    UNDO,
    AddTodo,
    AtResponse,
    Endpoint,
    SignIn,
    Start,
    Todo,
    all_at_once,
    patiently,
    rows,
    slug,
)
from tests.support.tokens import SignToken

from chassis.database import Database
from todos_service.todos.schemas import TodoOut, TodoPage

NOTHING = "01939b4c-4a6e-7b3c-9d55-0f6a2b1c3d4e"


async def titles(client: httpx.AsyncClient, **query: Any) -> list[str]:
    response = await client.get("/todos", params=query)
    assert response.status_code == 200, response.text
    return [todo["title"] for todo in response.json()["items"]]


async def pages(client: httpx.AsyncClient, **query: Any) -> list[list[Todo]]:
    """Every page, by its link to the next one."""
    visited, address = [], f"/todos?{httpx.QueryParams(query)}"
    while address:
        response = await client.get(address)
        visited.append(response.json()["items"])
        address = response.links.get("next", {}).get("url", "")
    return visited


class TestCreateTodo:
    async def test_answers_with_the_stored_todo(self, client: httpx.AsyncClient) -> None:
        fields = {
            "title": "Water the plants",
            "description": "All of them\nTwice",
            "completed": True,
            "priority": "high",
            "due": {"at": "2026-11-22T17:30:00Z", "zone": "Europe/Berlin"},
            "tags": ["home", "garden"],
            "position": "a0",
        }

        response = await client.post("/todos", json=fields)

        todo = response.json()
        assert response.status_code == 201
        assert response.headers["location"] == f"/todos/{todo['id']}"
        assert response.headers["etag"] == '"v1"'
        assert {name: todo[name] for name in fields} == fields
        assert (await client.get(response.headers["location"])).content == response.content

    async def test_gives_a_todo_that_is_only_a_title_all_its_fields(self, todo: Todo) -> None:
        assert TodoOut.model_validate(todo).model_dump(
            include={"description", "completed", "priority", "due", "tags"}
        ) == {
            "description": "",
            "completed": False,
            "priority": "none",
            "due": None,
            "tags": [],
        }
        assert todo["completed_at"] is None
        assert todo["created_at"] == todo["updated_at"]

    async def test_is_committed_before_the_answer_begins(
        self, app: FastAPI, sign_in: SignIn, database: Database
    ) -> None:
        stored: list[object] = []
        todo_id = uuid4()

        async def look() -> None:
            stored.extend(await rows(database, "SELECT id FROM todos WHERE id = :id", id=todo_id))

        client = sign_in(to=AtResponse(app, look))
        await client.post("/todos", json={"id": str(todo_id), "title": "Water the plants"})

        assert len(stored) == 1

    async def test_puts_a_new_todo_before_the_others(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        for title in ("first", "second", "third"):
            await add_todo(title)

        assert await titles(client) == ["third", "second", "first"]

    async def test_keeps_the_id_its_client_made(self, add_todo: AddTodo) -> None:
        todo_id = str(uuid4())

        assert (await add_todo(id=todo_id))["id"] == todo_id

    async def test_of_the_same_todo_again_adds_nothing(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        todo = await add_todo(id=str(uuid4()), tags=["home"])

        again = await client.post("/todos", json={"id": todo["id"], "title": todo["title"], "tags": ["home"]})

        assert again.status_code == 200
        assert again.json() == todo
        assert again.headers["location"] == f"/todos/{todo['id']}"
        assert await titles(client) == [todo["title"]]

    async def test_refuses_another_todo_under_the_same_id(self, client: httpx.AsyncClient, todo: Todo) -> None:
        again = await client.post("/todos", json={"id": todo["id"], "title": "Feed the cat"})

        assert again.status_code == 409
        assert slug(again) == "todo-exists"
        assert again.json()["current"] == todo

    async def test_lets_two_people_use_the_same_id(self, sign_in: SignIn, todo: Todo) -> None:
        other = sign_in()

        response = await other.post("/todos", json={"id": todo["id"], "title": "Feed the cat"})

        assert response.status_code == 201
        assert await titles(other) == ["Feed the cat"]

    async def test_does_not_bring_back_a_deleted_todo(self, client: httpx.AsyncClient, todo: Todo) -> None:
        await client.request("DELETE", f"/todos/{todo['id']}", json={"version": 1})

        again = await client.post("/todos", json={"id": todo["id"], "title": todo["title"]})

        assert again.status_code == 409
        assert slug(again) == "todo-deleted"
        assert await titles(client) == []

    async def test_acts_once_on_a_request_that_is_repeated(self, client: httpx.AsyncClient) -> None:
        request = {"json": {"title": "Water the plants"}, "headers": {"Idempotency-Key": "once"}}

        answers = await all_at_once([client.post("/todos", **request) for _ in range(5)])  # type: ignore[arg-type]

        assert [answer.status_code for answer in answers] == [201] * 5
        assert len({answer.content for answer in answers}) == 1
        assert len(await titles(client)) == 1

    async def test_refuses_an_idempotency_key_that_came_with_another_request(self, client: httpx.AsyncClient) -> None:
        await client.post("/todos", json={"title": "Water the plants"}, headers={"Idempotency-Key": "once"})

        other = await client.post("/todos", json={"title": "Feed the cat"}, headers={"Idempotency-Key": "once"})

        assert other.status_code == 422
        assert slug(other) == "idempotency-key-reused"
        assert await titles(client) == ["Water the plants"]

    async def test_lets_two_people_use_the_same_idempotency_key(self, sign_in: SignIn) -> None:
        for client in (sign_in(), sign_in()):
            response = await client.post("/todos", json={"title": "Mine"}, headers={"Idempotency-Key": "1"})

            assert response.status_code == 201

    async def test_does_not_bring_back_what_a_repeated_request_had_made(self, client: httpx.AsyncClient) -> None:
        request = {"json": {"title": "Water the plants"}, "headers": {"Idempotency-Key": "once"}}
        todo = (await client.post("/todos", **request)).json()  # type: ignore[arg-type]
        await client.request("DELETE", f"/todos/{todo['id']}", json={"version": 1})

        again = await client.post("/todos", **request)  # type: ignore[arg-type]

        assert slug(again) == "todo-deleted"

    async def test_stops_at_the_limit_and_counts_only_what_is_not_deleted(self, start: Start, sign_in: SignIn) -> None:
        async with start(todos_per_owner=2) as app:
            client = sign_in(to=app)
            first = (await client.post("/todos", json={"title": "one"})).json()
            await client.post("/todos", json={"title": "two"})

            refused = await client.post("/todos", json={"title": "three"})
            await client.request("DELETE", f"/todos/{first['id']}", json={"version": 1})
            accepted = await client.post("/todos", json={"title": "three"})

        assert refused.status_code == 409
        assert slug(refused) == "too-many-todos"
        assert refused.json()["limit"] == 2
        assert accepted.status_code == 201

    @pytest.mark.parametrize(
        "body, pointers",
        [
            ({"title": "   "}, ["#/title"]),
            ({"title": "a\x00b"}, ["#/title"]),
            ({}, ["#/title"]),
            ({"title": "x", "done": True}, ["#/done"]),
            ({"title": "x", "due": {"date": "2026-02-30"}}, ["#/due/date"]),
            ({"title": "x", "tags": ["ok", ""]}, ["#/tags/1"]),
            ({"title": "", "priority": "urgent"}, ["#/title", "#/priority"]),
        ],
        ids=repr,
    )
    async def test_points_at_each_invalid_field(
        self, client: httpx.AsyncClient, body: dict[str, Any], pointers: list[str]
    ) -> None:
        response = await client.post("/todos", json=body)

        assert response.status_code == 422
        assert slug(response) == "invalid-request"
        assert [error["pointer"] for error in response.json()["errors"]] == pointers

    @pytest.mark.parametrize(
        "body, pointer, said",
        [
            ({"title": "a\nb"}, "#/title", "must not contain line breaks or control characters"),
            ({"title": 5}, "#/title", "must be a text"),
            ({}, "#/title", "is missing"),
            ({"title": "x", "done": True}, "#/done", "is not known here"),
            ([], "#", "must be an object"),
        ],
        ids=repr,
    )
    async def test_says_what_is_wrong_in_words_for_people(
        self, client: httpx.AsyncClient, body: Any, pointer: str, said: str
    ) -> None:
        response = await client.post("/todos", json=body)

        assert response.json()["errors"] == [{"pointer": pointer, "detail": said}]

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
    async def test_asks_for_the_content_type_where_it_is_another_one(
        self, client: httpx.AsyncClient, kind: str
    ) -> None:
        response = await client.post("/todos", content=b'{"title": "x"}', headers={"Content-Type": kind})

        assert (response.status_code, slug(response)) == (415, "json-required")

    @pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, b'{"title": ' + b"9" * 5_000 + b"}"])
    async def test_says_that_a_body_is_no_json(self, client: httpx.AsyncClient, body: bytes) -> None:
        response = await client.post("/todos", content=body, headers={"Content-Type": "application/json"})

        assert (response.status_code, response.json()["detail"]) == (400, "The body is not JSON that can be read")

    @pytest.mark.parametrize(
        "body, status",
        [
            (b'{"title": ', 400),
            (b"\xff\xfe", 400),
            (b'{"title": "\\ud800"}', 422),
            (b'{"title": "x", "\\ud800": 1}', 422),
            (b'{"title": NaN}', 422),
            (b'{"title": "x", "position": "a\\u0000"}', 422),
            (b"[" * 5_000, 400),
            (b"null", 422),
            (b'"x"', 422),
            (b"", 422),
        ],
        ids=lambda value: str(value)[:24],
    )
    async def test_refuses_what_is_not_a_json_object_of_ours(
        self, client: httpx.AsyncClient, body: bytes, status: int
    ) -> None:
        response = await client.post("/todos", content=body, headers={"Content-Type": "application/json"})

        assert response.status_code == status, response.text
        assert slug(response) in {"bad-request", "invalid-request"}


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


class TestUpdateTodo:
    async def test_keeps_the_fields_that_were_left_out(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        todo = await add_todo(tags=["home"], due={"date": "2026-11-22"}, priority="low", description="All of them")

        response = await client.put(f"/todos/{todo['id']}", json={"title": "Feed the cat", "version": 1})

        changed = response.json()
        assert response.status_code == 200
        assert response.headers["etag"] == '"v2"'
        assert changed["updated_at"] > todo["updated_at"]
        assert changed == todo | {"title": "Feed the cat", "version": 2, "updated_at": changed["updated_at"]}

    async def test_clears_a_due_date_with_null(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        todo = await add_todo(due={"date": "2026-11-22"})

        response = await client.put(f"/todos/{todo['id']}", json={"due": None, "version": 1})

        assert response.json()["due"] is None

    async def test_moves_a_todo(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        first, second = await add_todo("first", position="a0"), await add_todo("second", position="a1")

        await client.put(f"/todos/{first['id']}", json={"position": "a2", "version": 1})

        assert await titles(client) == [second["title"], first["title"]]

    async def test_notes_when_a_todo_was_completed(self, client: httpx.AsyncClient, todo: Todo) -> None:
        done = (await client.put(f"/todos/{todo['id']}", json={"completed": True, "version": 1})).json()
        still = (await client.put(f"/todos/{todo['id']}", json={"title": "x", "version": 2})).json()
        undone = (await client.put(f"/todos/{todo['id']}", json={"completed": False, "version": 3})).json()

        assert done["completed_at"] == done["updated_at"] == still["completed_at"]
        assert undone["completed_at"] is None

    async def test_that_changes_nothing_leaves_the_version_alone(self, client: httpx.AsyncClient, todo: Todo) -> None:
        response = await client.put(f"/todos/{todo['id']}", json={"title": todo["title"], "version": 1})

        assert response.json() == todo

    async def test_lets_one_of_200_at_once_through(self, client: httpx.AsyncClient, todo: Todo) -> None:
        # As many at a time as there are connections; more would only wait for one.
        at_once = asyncio.Semaphore(10)

        async def put(number: int) -> httpx.Response:
            async with at_once:
                return await patiently(
                    lambda: client.put(f"/todos/{todo['id']}", json={"title": str(number), "version": 1})
                )

        answers = await all_at_once([put(number) for number in range(200)])

        won = [answer for answer in answers if answer.status_code == 200]
        lost = [answer for answer in answers if answer.status_code == 409]
        assert (len(won), len(lost)) == (1, 199)
        stored = (await client.get(f"/todos/{todo['id']}")).json()
        assert stored == won[0].json()
        assert all(answer.json()["current"] == stored for answer in lost)


class TestPatchTodo:
    async def test_merges_the_patch(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        todo = await add_todo(description="All of them", tags=["home"], priority="high")

        response = await client.patch(
            f"/todos/{todo['id']}",
            content=b'{"description": null, "tags": ["garden"]}',
            headers={"Content-Type": "application/merge-patch+json", "If-Match": '"v1"'},
        )

        changed = response.json()
        assert response.status_code == 200
        assert (changed["description"], changed["tags"], changed["priority"]) == ("", ["garden"], "high")
        assert response.headers["etag"] == '"v2"'


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


class TestToggleTodo:
    async def test_turns_a_todo_into_the_opposite(self, client: httpx.AsyncClient, todo: Todo) -> None:
        answers = [(await client.patch(f"/todos/{todo['id']}/toggle")).json() for _ in range(3)]

        assert [answer["completed"] for answer in answers] == [True, False, True]
        assert [answer["version"] for answer in answers] == [2, 3, 4]

    async def test_that_says_what_it_wants_can_be_repeated(self, client: httpx.AsyncClient, todo: Todo) -> None:
        answers = [await client.patch(f"/todos/{todo['id']}/toggle", json={"completed": True}) for _ in range(2)]

        assert answers[0].json() == answers[1].json()
        assert answers[0].json()["completed"] is True

    async def test_loses_none_of_many_at_once(self, client: httpx.AsyncClient, todo: Todo) -> None:
        answers = await all_at_once([client.patch(f"/todos/{todo['id']}/toggle") for _ in range(9)])

        assert [answer.status_code for answer in answers] == [200] * 9
        assert sorted(answer.json()["version"] for answer in answers) == list(range(2, 11))
        assert (await client.get(f"/todos/{todo['id']}")).json()["completed"] is True

    async def test_checks_a_version_that_was_sent(self, client: httpx.AsyncClient, todo: Todo) -> None:
        response = await client.patch(f"/todos/{todo['id']}/toggle", json={"version": 2})

        assert slug(response) == "version-conflict"


CHANGES = (
    Endpoint("PUT", "/todos/{todo_id}", {"title": "Feed the cat"}),
    Endpoint("PATCH", "/todos/{todo_id}", {"title": "Feed the cat"}),
    Endpoint("DELETE", "/todos/{todo_id}", {}),
)


@pytest.fixture(params=CHANGES, ids=lambda each: each.method)
def change(request: pytest.FixtureRequest) -> Endpoint:
    endpoint: Endpoint = request.param
    return endpoint


class TestPreconditions:
    @staticmethod
    async def send(
        client: httpx.AsyncClient, change: Endpoint, todo: Todo, *, if_match: str | None = None, **body: Any
    ) -> httpx.Response:
        headers = {"If-Match": if_match} if if_match is not None else {}
        path = change.path.replace("{todo_id}", todo["id"])
        return await client.request(change.method, path, json={**(change.body or {}), **body}, headers=headers)

    async def test_are_required(self, client: httpx.AsyncClient, todo: Todo, change: Endpoint) -> None:
        response = await self.send(client, change, todo)

        assert response.status_code == 428
        assert slug(response) == "precondition-required"

    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    async def test_of_any_version_complete_no_occurrence(
        self, client: httpx.AsyncClient, add_todo: AddTodo, method: str
    ) -> None:
        """Sent twice it would complete two."""
        todo = await add_todo(due={"date": "2099-11-24"}, recurrence={"rule": "FREQ=DAILY", "anchor": "due"})
        send = partial(client.request, method, f"/todos/{todo['id']}", json={"completed": True})

        response = await send(headers={"If-Match": "*"})

        assert (response.status_code, slug(response)) == (428, "precondition-required")
        assert (await client.get(f"/todos/{todo['id']}")).json() == todo
        assert (await send(headers={"If-Match": '"v1"'})).json()["due"] == {"date": "2099-11-25"}

    async def test_refuse_a_stale_version_with_the_current_todo(
        self, client: httpx.AsyncClient, todo: Todo, change: Endpoint
    ) -> None:
        current = (await client.patch(f"/todos/{todo['id']}/toggle")).json()

        response = await self.send(client, change, todo, version=1)

        assert response.status_code == 409
        assert slug(response) == "version-conflict"
        assert response.json()["current"] == current
        assert (await client.get(f"/todos/{todo['id']}")).json() == current

    @pytest.mark.parametrize("if_match", ['"v1"', '"v9"', 'W/"v2"', '"v2x"', "v2", ""])
    async def test_refuse_a_tag_that_does_not_match(
        self, client: httpx.AsyncClient, todo: Todo, change: Endpoint, if_match: str
    ) -> None:
        current = (await client.patch(f"/todos/{todo['id']}/toggle")).json()

        response = await self.send(client, change, todo, if_match=if_match)

        assert response.status_code == 412
        assert slug(response) == "precondition-failed"
        assert response.json()["current"] == current

    @pytest.mark.parametrize("if_match", ['"v1"', '"v7", "v1"', "*"])
    async def test_let_a_tag_through_that_matches(
        self, client: httpx.AsyncClient, todo: Todo, change: Endpoint, if_match: str
    ) -> None:
        assert (await self.send(client, change, todo, if_match=if_match)).is_success

    async def test_let_the_current_version_through(
        self, client: httpx.AsyncClient, todo: Todo, change: Endpoint
    ) -> None:
        assert (await self.send(client, change, todo, version=1)).is_success

    async def test_hold_the_tag_for_the_stronger_word(
        self, client: httpx.AsyncClient, todo: Todo, change: Endpoint
    ) -> None:
        response = await self.send(client, change, todo, if_match='"v2"', version=1)

        assert response.status_code == 412


class TestOwners:
    @pytest.mark.parametrize("endpoint", [*OF_ONE_TODO, *OF_ITS_PAST], ids=str)
    async def test_never_reach_each_others_todos(
        self, client: httpx.AsyncClient, sign_in: SignIn, todo: Todo, endpoint: Endpoint
    ) -> None:
        stranger = sign_in()
        await stranger.post("/todos", json={"title": "My own"})

        theirs = await endpoint.call(stranger, todo["id"])
        nobodys = await endpoint.call(stranger, NOTHING)

        assert slug(theirs) == "todo-not-found"
        # Nothing in the answer tells somebody else's from one that does not exist.
        assert theirs.json() | {"instance": None} == nobodys.json() | {"instance": None}
        assert (await client.get(f"/todos/{todo['id']}")).json() == todo

    async def test_never_see_each_others_lists(self, client: httpx.AsyncClient, sign_in: SignIn, todo: Todo) -> None:
        stranger = sign_in()
        await stranger.post("/todos", json={"title": "My own"})

        assert await titles(stranger) == ["My own"]
        assert await titles(client) == [todo["title"]]

    async def test_cannot_page_into_each_others_lists(
        self, sign_in: SignIn, add_todo: AddTodo, client: httpx.AsyncClient
    ) -> None:
        for number in range(3):
            await add_todo(str(number))
        cursor = (await client.get("/todos?limit=1")).json()["next_cursor"]

        assert await titles(sign_in(), cursor=cursor) == []

    @pytest.mark.parametrize("endpoint", EVERY_DOOR, ids=str)
    async def test_must_sign_in(self, client: httpx.AsyncClient, endpoint: Endpoint) -> None:
        del client.headers["Authorization"]

        response = await endpoint.call(client)

        assert response.status_code == 401
        assert slug(response) == "unauthenticated"
        assert response.headers["www-authenticate"] == "Bearer"

    async def test_never_undo_each_others_changes(
        self, client: httpx.AsyncClient, sign_in: SignIn, add_todo: AddTodo
    ) -> None:
        todo = await add_todo("Water the plants")
        todo = (await client.put(f"/todos/{todo['id']}", json={"title": "Feed the cat", "version": 1})).json()
        stranger = sign_in()
        await stranger.post("/todos", json={"title": "My own"})
        await stranger.post("/todos", json={"title": "My other own"})

        for seq in (1, 2):
            body = {"seq": seq, "version": 2}
            theirs = await stranger.post(f"/todos/{todo['id']}/undo", json=body)
            nobodys = await stranger.post(f"/todos/{NOTHING}/undo", json=body)

            assert slug(theirs) == "change-not-found"
            assert theirs.json() | {"instance": None} == nobodys.json() | {"instance": None}
        assert (await client.get(f"/todos/{todo['id']}")).json() == todo

    @pytest.mark.parametrize("endpoint", [*EVERY_ENDPOINT, UNDO], ids=str)
    @pytest.mark.parametrize("scope", ["", "account", "todos:read", "todos:write", "todos:readwrite todos"])
    async def test_needs_a_token_that_allows_it(
        self, client: httpx.AsyncClient, sign_token: SignToken, endpoint: Endpoint, scope: str
    ) -> None:
        needed = "todos:read" if endpoint.method == "GET" else "todos:write"
        client.headers["Authorization"] = f"Bearer {sign_token(uuid4(), scope=scope)}"

        response = await endpoint.call(client)

        assert (response.status_code == 403) == (scope != needed)
        if scope != needed:
            assert slug(response) == "insufficient-scope"
            assert response.headers["www-authenticate"] == f'Bearer error="insufficient_scope", scope="{needed}"'
