from functools import partial
from typing import Any

import httpx
import pytest
from services.todos.tests.support import AddTodo, Endpoint, Todo, slug

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
