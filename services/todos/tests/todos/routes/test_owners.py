from uuid import uuid4

import httpx
import pytest
from services.todos.tests.support import (
    EVERY_DOOR,
    EVERY_ENDPOINT,
    NOTHING,
    OF_ITS_PAST,
    OF_ONE_TODO,
    UNDO,
    AddTodo,
    Endpoint,
    SignIn,
    Todo,
    slug,
    titles,
)
from tests.support.tokens import SignToken


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
