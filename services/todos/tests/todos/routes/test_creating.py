"""What is made of a request for a todo, also of one that comes again."""

from uuid import uuid4

import httpx
from fastapi import FastAPI
from services.todos.tests.support import AddTodo, AtResponse, SignIn, Start, Todo, all_at_once, rows, slug, titles

from chassis.database import Database
from todos_service.todos.schemas import TodoOut


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
