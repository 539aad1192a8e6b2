"""Which todos of a file are taken over, and what is said of the others."""

from uuid import uuid4

import httpx
import orjson
import pytest
from services.todos.tests.support import AddTodo, SignIn, Start, Todo, slug
from services.todos.tests.transfer.routes.files import counts, export, history, import_


class TestImportTodos:
    async def test_takes_over_what_is_right_and_names_what_is_not(
        self, client: httpx.AsyncClient, sign_in: SignIn, todo: Todo
    ) -> None:
        content = orjson.loads(await export(client))
        (whole,) = content["todos"]
        step = {"title": {"from": "x", "to": 7}}
        content["todos"] += [
            {**whole, "id": str(uuid4()), "title": ""},
            {**whole, "id": "nobody"},
            {**whole, "id": str(uuid4()), "surprise": 1},
            {**whole, "id": str(uuid4()), "version": 9},
            {**whole, "id": str(uuid4()), "history": [{**whole["history"][0], "changes": step}]},
            {**whole, "id": str(uuid4()), "created_at": "9999-12-31T23:59:59Z"},
            whole,
            7,
        ]

        report = await import_(sign_in(), orjson.dumps(content))

        assert counts(report) == (1, 0, 0, 8)
        reasons = [note["reason"].partition(":")[0] for note in report["skipped"]]
        assert reasons[:3] == ["it has no title", "id", "surprise"]
        assert all("the file has another" not in note["reason"] for note in report["skipped"][:6])
        assert todo

    async def test_takes_no_version_that_could_not_be_followed_by_another(
        self, client: httpx.AsyncClient, sign_in: SignIn, todo: Todo
    ) -> None:
        content = orjson.loads(await export(client))
        (whole,) = content["todos"]
        content["todos"] = [
            {**whole, "id": str(uuid4()), "version": version, "history": [{**whole["history"][0], "version": version}]}
            for version in (10**9, 10**9 + 1, 2**31 - 1)
        ]
        other = sign_in()

        report = await import_(other, orjson.dumps(content))

        assert counts(report) == (1, 0, 0, 2)
        (taken,) = (await other.get("/todos")).json()["items"]
        body = {"title": "Feed the cat", "version": 10**9}
        assert (await other.put(f"/todos/{taken['id']}", json=body)).json()["version"] == 10**9 + 1
        assert todo

    async def test_takes_what_is_due_in_the_last_hours_of_the_last_year(
        self, client: httpx.AsyncClient, sign_in: SignIn, add_todo: AddTodo
    ) -> None:
        """Or refuses it at once: what was taken can be exported and brought in again."""
        edge = {"at": "2999-12-31T23:59:59-12:00", "zone": "Etc/GMT+12"}
        refused = await client.post("/todos", json={"title": "x", "due": edge})
        await add_todo(due={"at": "2999-12-31T23:59:59Z", "zone": "Etc/GMT+12"})

        assert slug(refused) == "invalid-request"
        assert counts(await import_(sign_in(), await export(client))) == (1, 0, 0, 0)

    @pytest.mark.parametrize(
        "source, content",
        [
            ("daybook", b'{"format":"daybook.todos","version":1,"todos":[{"id":' + b"[" * 2000 + b"]" * 2000 + b"}]}"),
            ("daybook", b'{"format":"daybook.todos","version":1,"todos":[' + b"[" * 2000 + b"]" * 2000 + b"]}"),
            ("daybook", b'{"format":"daybook.todos","version":1,"todos":[{"' + b"x" * 10_000 + b'":1}]}'),
            ("vikunja", b'[{"title":"x","tasks":[{"id":1,"title":"x","due_date":"9999-12-31T23:59:59-12:00"}]}]'),
            ("vikunja", b'[{"title":"x","tasks":[{"id":1,"title":' + b"[" * 900 + b"]" * 900 + b"}]}]"),
            ("vikunja", b'[{"title":"x","tasks":[{"id":1,"title":"x","due_date":"' + b"9" * 10_000 + b'"}]}]'),
        ],
    )
    async def test_tells_in_a_few_words_what_is_wrong_with_a_strange_one(
        self, client: httpx.AsyncClient, source: str, content: bytes
    ) -> None:
        report = await import_(client, content, source)

        assert counts(report) == (0, 0, 0, 1)
        assert len(report["skipped"][0]["reason"]) <= 300

    async def test_names_a_thousand_and_counts_the_rest(self, client: httpx.AsyncClient) -> None:
        content = b'{"format":"daybook.todos","version":1,"todos":[' + b",".join([b"7"] * 1500) + b"]}"

        report = await import_(client, content)

        assert (len(report["skipped"]), report["more_skipped"], report["more_notes"]) == (1000, 500, 0)

    async def test_keeps_the_end_of_a_history_that_is_too_long(
        self, client: httpx.AsyncClient, sign_in: SignIn, todo: Todo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for version in range(1, 5):
            await client.put(f"/todos/{todo['id']}", json={"title": str(version), "version": version})
        content = await export(client)
        monkeypatch.setattr("todos_service.transfer.daybook._LONGEST_HISTORY", 3)
        other = sign_in()

        report = await import_(other, content)

        assert [note["reason"] for note in report["notes"]] == ["the beginning of a history of 5 changes"]
        assert [change["version"] for change in await history(other, todo["id"])] == [5, 4, 3]

    async def test_stops_at_the_limit_and_says_so(
        self, client: httpx.AsyncClient, add_todo: AddTodo, start: Start, sign_in: SignIn
    ) -> None:
        for number in range(3):
            await add_todo(str(number))
        content = await export(client)
        async with start(todos_per_owner=2) as app:
            report = await import_(sign_in(to=app), content)

        assert counts(report) == (2, 0, 0, 1)
        assert report["skipped"][0]["reason"] == "an account may have 2 todos"

    async def test_never_stores_half_a_character(self, client: httpx.AsyncClient, sign_in: SignIn, todo: Todo) -> None:
        """JSON can write one. It is not text: what reads the file puts a question mark in its place."""
        content = (await export(client)).replace(todo["title"].encode(), b"\\ud800")
        other = sign_in()

        assert counts(await import_(other, content)) == (1, 0, 0, 0)
        assert [each["title"] for each in orjson.loads(await export(other))["todos"]] == ["?"]
