import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from services.todos.tests.support import AddTodo, SignIn, Todo, slug, titles

from todos_service.todos import positions


async def bulk(client: httpx.AsyncClient, action: str, **body: Any) -> dict[str, Any]:
    response = await client.post("/todos/bulk", json={"action": action, **body})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def current(client: httpx.AsyncClient, todo: Todo) -> Todo:
    found: Todo = (await client.get(f"/todos/{todo['id']}")).json()
    return found


def outcomes(answer: dict[str, Any]) -> list[str]:
    return [result["outcome"] for result in answer["results"]]


@pytest.fixture
async def three(add_todo: AddTodo) -> list[Todo]:
    return [await add_todo(f"{number}", position=f"a{number}") for number in range(3)]


def ids(todos: list[Todo]) -> list[str]:
    return [todo["id"] for todo in todos]


def seen(todos: list[Todo]) -> list[dict[str, Any]]:
    return [{"id": todo["id"], "version": todo["version"]} for todo in todos]


class TestChangeTodos:
    async def test_completes_and_reopens(self, client: httpx.AsyncClient, three: list[Todo]) -> None:
        done = await bulk(client, "complete", ids=ids(three[:2]))

        assert outcomes(done) == ["applied", "applied"]
        assert [result["todo"]["completed"] for result in done["results"]] == [True, True]
        assert await titles(client, status="active") == ["2"]

        reopened = await bulk(client, "reopen", ids=ids(three))
        assert [result["todo"]["version"] for result in reopened["results"]] == [3, 3, 1]
        assert len(reopened["undo"]) == 2

    async def test_deletes(self, client: httpx.AsyncClient, three: list[Todo]) -> None:
        answer = await bulk(client, "delete", todos=seen(three[1:]))

        assert [result["todo"] for result in answer["results"]] == [None, None]
        assert await titles(client) == ["0"]
        assert len((await client.get("/todos/trash")).json()["items"]) == 2

    async def test_tags_and_untags(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        one, other = await add_todo(tags=["home"]), await add_todo(tags=["garden"])

        tagged = await bulk(client, "tag", ids=ids([one, other]), tags=["garden", "soon"])
        assert [result["todo"]["tags"] for result in tagged["results"]] == [
            ["home", "garden", "soon"],
            ["garden", "soon"],
        ]
        untagged = await bulk(client, "untag", ids=ids([one, other]), tags=["garden"])
        assert [result["todo"]["tags"] for result in untagged["results"]] == [["home", "soon"], ["soon"]]

    async def test_answers_each_for_itself(
        self, client: httpx.AsyncClient, sign_in: SignIn, three: list[Todo], add_todo: AddTodo
    ) -> None:
        theirs = (await sign_in().post("/todos", json={"title": "Not yours"})).json()
        deleted = await add_todo("gone")
        await client.request("DELETE", f"/todos/{deleted['id']}", json={"version": 1})
        stale = {"id": three[1]["id"], "version": 7}

        answer = await bulk(
            client,
            "complete",
            todos=[{"id": theirs["id"]}, {"id": deleted["id"]}, {"id": str(uuid4())}, stale, {"id": three[2]["id"]}],
        )

        assert outcomes(answer) == ["rejected", "rejected", "rejected", "conflict", "applied"]
        assert [result["id"] for result in answer["results"]][3:] == ids(three[1:])
        assert {result["problem"]["type"] for result in answer["results"][:3]} == {"urn:problem:todo-not-found"}
        assert answer["results"][3]["todo"] == three[1]
        assert answer["results"][3]["clashes"]["completed"] == {"base": None, "yours": True, "stored": False}
        assert [each["todo_id"] for each in answer["undo"]] == [three[2]["id"]]

    async def test_deletes_nothing_that_nobody_says_they_saw(
        self, client: httpx.AsyncClient, three: list[Todo]
    ) -> None:
        changed = (await client.put(f"/todos/{three[1]['id']}", json={"title": "Feed the cat", "version": 1})).json()

        without = await bulk(client, "delete", ids=ids(three))
        with_one = await bulk(client, "delete", todos=seen(three))

        assert {result["problem"]["type"] for result in without["results"]} == {"urn:problem:precondition-required"}
        assert outcomes(with_one) == ["applied", "conflict", "applied"]
        assert with_one["results"][1]["clashes"] == {"deleted_at": {"base": None, "yours": "deleted", "stored": None}}
        assert with_one["results"][1]["todo"] == changed
        assert await titles(client) == ["Feed the cat"]

    @pytest.mark.parametrize(
        "action, fields",
        [
            ("complete", {}),
            ("reopen", {}),
            ("delete", {}),
            ("tag", {"tags": ["mine"]}),
            ("untag", {"tags": ["home"]}),
            ("move", {}),
        ],
    )
    async def test_leaves_what_is_somebody_elses(
        self, client: httpx.AsyncClient, sign_in: SignIn, add_todo: AddTodo, action: str, fields: dict[str, Any]
    ) -> None:
        stranger, todo = sign_in(), await add_todo(tags=["home"], completed=action == "reopen")
        await stranger.post("/todos", json={"title": "My own"})

        theirs = await bulk(stranger, action, todos=seen([todo]), **fields)
        nobodys = await bulk(stranger, action, todos=[{"id": str(uuid4()), "version": 1}], **fields)

        assert outcomes(theirs) == ["rejected"]
        assert [theirs["results"][0] | {"id": None}, theirs["undo"]] == [nobodys["results"][0] | {"id": None}, []]
        assert await current(client, todo) == todo

    async def test_cannot_be_put_behind_what_is_somebody_elses(
        self, client: httpx.AsyncClient, sign_in: SignIn, three: list[Todo]
    ) -> None:
        stranger = sign_in()
        mine = (await stranger.post("/todos", json={"title": "My own"})).json()
        body = {"action": "move", "ids": [mine["id"]], "after": three[0]["id"]}

        assert slug(await stranger.post("/todos/bulk", json=body)) == "invalid-request"
        assert await titles(client) == ["0", "1", "2"]

    async def test_of_somebody_who_never_wrote_finds_nothing(self, client: httpx.AsyncClient) -> None:
        assert outcomes(await bulk(client, "reopen", ids=[str(uuid4())])) == ["rejected"]

    async def test_needs_a_version_to_complete_an_occurrence(
        self, client: httpx.AsyncClient, add_todo: AddTodo
    ) -> None:
        todo = await add_todo(due={"date": "2999-01-07"}, recurrence={"rule": "FREQ=WEEKLY"})

        without = await bulk(client, "complete", ids=[todo["id"]])
        with_one = await bulk(client, "complete", todos=[{"id": todo["id"], "version": 1}])

        assert without["results"][0]["problem"]["type"] == "urn:problem:precondition-required"
        assert with_one["results"][0]["todo"]["due"] == {"date": "2999-01-14"}
        assert with_one["undo"][0]["changes"]["due"] == {
            "from": {"date": "2999-01-14"},
            "to": {"date": "2999-01-07"},
        }

    async def test_refuses_more_tags_than_a_todo_may_have(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        full, empty = await add_todo(tags=[str(number) for number in range(20)]), await add_todo()

        answer = await bulk(client, "tag", ids=ids([full, empty]), tags=["one more"])

        assert outcomes(answer) == ["rejected", "applied"]
        assert answer["results"][0]["problem"]["status"] == 422

    @pytest.mark.parametrize(
        "action, fields",
        [("complete", {}), ("delete", {}), ("tag", {"tags": ["new"]}), ("untag", {"tags": ["home"]}), ("move", {})],
    )
    async def test_says_what_takes_it_back(
        self, client: httpx.AsyncClient, add_todo: AddTodo, action: str, fields: dict[str, Any]
    ) -> None:
        todos = [await add_todo(f"{number}", tags=["home"], position=f"a{number}") for number in range(3)]
        answer = await bulk(client, action, todos=seen(todos[1:]), **fields)

        response = await client.post("/sync/operations", json={"operations": answer["undo"]})

        assert response.status_code == 200, response.text
        assert {result["outcome"] for result in response.json()["results"]} == {"applied"}
        for todo in todos:
            now = await current(client, todo)
            assert now == todo | {"version": now["version"], "updated_at": now["updated_at"]}

    @pytest.mark.parametrize(
        "body",
        [
            {"action": "complete"},
            {"action": "complete", "ids": []},
            {"action": "complete", "ids": [str(uuid4())], "todos": [{"id": str(uuid4())}]},
            {"action": "complete", "ids": [str(uuid4())] * 2},
            {"action": "complete", "ids": [str(uuid4()) for _ in range(101)]},
            {"action": "complete", "ids": [str(uuid4())], "tags": ["x"]},
            {"action": "tag", "ids": [str(uuid4())]},
            {"action": "tag", "ids": [str(uuid4())], "tags": ["\ud800"]},
            {"action": "delete", "ids": [str(uuid4())], "after": str(uuid4())},
            {"action": "rename", "ids": [str(uuid4())]},
        ],
    )
    async def test_refuses_what_it_does_not_understand(self, client: httpx.AsyncClient, body: dict[str, Any]) -> None:
        # Half a character has a form in JSON, although it has none in UTF-8.
        content, headers = json.dumps(body), {"Content-Type": "application/json"}
        assert slug(await client.post("/todos/bulk", content=content, headers=headers)) == "invalid-request"


class TestMoveTodos:
    async def test_puts_them_behind_another_in_this_order(self, client: httpx.AsyncClient, add_todo: AddTodo) -> None:
        todos = [await add_todo(str(number), position=f"a{number}") for number in range(6)]

        await bulk(client, "move", ids=[todos[5]["id"], todos[0]["id"]], after=todos[2]["id"])

        assert await titles(client) == ["1", "2", "5", "0", "3", "4"]

    async def test_puts_them_at_the_beginning(self, client: httpx.AsyncClient, three: list[Todo]) -> None:
        await bulk(client, "move", ids=[three[2]["id"], three[1]["id"]])

        assert await titles(client) == ["2", "1", "0"]

    async def test_makes_room_between_two_of_the_same_position(
        self, client: httpx.AsyncClient, add_todo: AddTodo
    ) -> None:
        same = [await add_todo(str(number), position="a5") for number in range(4)]
        last = await add_todo("last", position="a9")
        order = await titles(client)
        anchor = next(todo for todo in same if todo["title"] == order[1])

        answer = await bulk(client, "move", ids=[last["id"]], after=anchor["id"])

        assert await titles(client) == [order[0], order[1], "last", order[2], order[3]]
        assert outcomes(answer) == ["applied"]
        assert answer["results"][0]["todo"] == await current(client, last)

    async def test_makes_room_among_those_it_moves_without_taking_that_for_somebody_elses_change(
        self, client: httpx.AsyncClient, add_todo: AddTodo
    ) -> None:
        """Their neighbours get new keys, and so new versions: those that are moved are among them."""
        same = [await add_todo(str(number), position="a5") for number in range(4)]
        order = await titles(client)
        chosen = [next(todo for todo in same if todo["title"] == title) for title in (order[3], order[2])]
        anchor = next(todo for todo in same if todo["title"] == order[0])

        answer = await bulk(client, "move", todos=seen(chosen), after=anchor["id"])

        assert outcomes(answer) == ["applied", "applied"]
        assert await titles(client) == [order[0], order[3], order[2], order[1]]

    @pytest.mark.parametrize("after", [str(uuid4()), None])
    async def test_refuses_to_put_them_behind_what_is_not_there(
        self, client: httpx.AsyncClient, three: list[Todo], after: str | None
    ) -> None:
        body = {"action": "move", "ids": ids(three), "after": after or three[0]["id"]}

        response = await client.post("/todos/bulk", json=body)

        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == "#/after"


class TestKeysThatBecameLong:
    async def test_are_made_short_by_the_server_as_ordinary_changes(
        self, client: httpx.AsyncClient, add_todo: AddTodo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A client that always puts a todo between the same two halves the room each time."""
        monkeypatch.setattr(positions, "LONG", 14)
        first, *others = [await add_todo(str(number), position=f"a{number}") for number in range(4)]
        rebalanced = 0
        for number in range(100):
            page = (await client.get("/todos?limit=4")).json()["items"]
            moved = page[-1]
            position = positions.between(page[0]["position"], page[1]["position"])
            body = {"position": position, "version": moved["version"]}
            response = await client.put(f"/todos/{moved['id']}", json=body)

            assert response.status_code == 200, response.text
            answer = response.json()
            assert len(answer["position"]) <= positions.LONG
            rebalanced += answer["position"] != position
            if number % 20 == 0:
                assert answer == await current(client, moved)

        assert rebalanced >= 1
        assert len(others) == 3
        kinds: set[str] = set()
        for todo in (first, *others):
            history = (await client.get(f"/todos/{todo['id']}/history?limit=200")).json()["items"]
            kinds |= {change["kind"] for change in history}
            assert (await current(client, todo))["version"] == len(history)
        assert kinds == {"create", "update", "rebalance"}
