import asyncio

import httpx
from services.todos.tests.support import AddTodo, Todo, all_at_once, patiently, slug, titles


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
