from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
from services.todos.tests.support import AddTodo, SignIn
from services.todos.tests.transfer.routes.files import FULL, counts, export, history, import_, reasons


def tasks(*each: dict[str, Any]) -> bytes:
    """A dump of Vikunja."""
    plain = {"id": 1, "title": "Repot", "created": "2026-01-01T00:00:00Z", "updated": "2026-01-01T00:00:00Z"}
    return orjson.dumps([{"id": 1, "title": "", "tasks": [plain | task for task in each]}])


class TestMerging:
    """What is here already and what the file has are brought together field by field."""

    async def test_keeps_what_was_changed_here_and_takes_what_was_changed_there(
        self, client: httpx.AsyncClient, sign_in: SignIn, add_todo: AddTodo
    ) -> None:
        todo, other = await add_todo(**FULL), sign_in()
        path = f"/todos/{todo['id']}"
        await import_(other, await export(client))
        await client.put(path, json={"title": "Changed here", "tags": ["home", "here"], "version": 1})
        await other.put(path, json={"description": "Changed there", "tags": ["home", "there"], "version": 1})

        report = await import_(client, await export(other))

        assert counts(report) == (0, 1, 0, 0)
        assert report["notes"] == []
        now = (await client.get(path)).json()
        assert (now["title"], now["description"], now["tags"]) == (
            "Changed here", "Changed there", ["home", "here", "there"],
        )  # fmt: skip

    async def test_overwrites_nothing_that_both_changed_and_says_so(
        self, client: httpx.AsyncClient, sign_in: SignIn, add_todo: AddTodo
    ) -> None:
        todo, other = await add_todo(**FULL), sign_in()
        path = f"/todos/{todo['id']}"
        await import_(other, await export(client))
        await client.put(path, json={"title": "Changed here", "due": None, "version": 1})
        there = {"title": "Changed there", "due": {"date": "2999-12-24"}, "priority": "low", "version": 1}
        await other.put(path, json=there)
        content = await export(other)

        first, second = await import_(client, content), await import_(client, content)

        assert (counts(first), counts(second)) == ((0, 1, 0, 0), (0, 0, 1, 0))
        assert sorted(reasons(first)) == [
            "due date: changed here and there, and kept as it is here; the file says 2999-12-24",
            "title: changed here and there, and kept as it is here; the file says “Changed there”",
        ]
        now = (await client.get(path)).json()
        assert (now["title"], now["due"], now["priority"]) == ("Changed here", None, "low")

    async def test_starts_from_what_was_imported_last_of_another_program(self, client: httpx.AsyncClient) -> None:
        await import_(client, tasks({"description": "one"}), "vikunja")
        (todo,) = (await client.get("/todos")).json()["items"]
        path = f"/todos/{todo['id']}"
        await client.put(path, json={"title": "Changed here", "version": 1})
        second = tasks({"description": "two", "updated": "2026-01-02T00:00:00Z"})
        third = tasks({"title": "Changed there", "description": "two", "updated": "2026-01-03T00:00:00Z"})

        reports = [await import_(client, content, "vikunja") for content in (second, third, second)]

        assert [counts(report) for report in reports] == [(0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 1, 0)]
        assert [reasons(report) for report in reports] == [
            [],
            ["title: changed here and there, and kept as it is here; the file says “Changed there”"],
            [],
        ]
        now = (await client.get(path)).json()
        assert (now["title"], now["description"], now["version"]) == ("Changed here", "two", 3)

    async def test_takes_nothing_back_that_an_older_file_says(self, client: httpx.AsyncClient) -> None:
        older, newer = tasks({}), tasks({"title": "Repot the basil", "updated": "2026-01-02T00:00:00Z"})
        for content in (older, newer):
            await import_(client, content, "vikunja")

        report = await import_(client, older, "vikunja")

        assert counts(report) == (0, 0, 0, 1)
        assert reasons(report, "skipped") == ["a newer file was imported already"]
        assert reasons(report) == ["title: not taken over; the file says “Repot”"]

    async def test_does_not_take_a_tag_for_removed_that_the_file_never_had(self, client: httpx.AsyncClient) -> None:
        labels = [{"title": "there"}]
        await import_(client, tasks({}), "vikunja")
        (todo,) = (await client.get("/todos")).json()["items"]
        await client.put(f"/todos/{todo['id']}", json={"tags": ["here"], "version": 1})
        await import_(client, tasks({"labels": labels, "updated": "2026-01-02T00:00:00Z"}), "vikunja")

        report = await import_(
            client, tasks({"labels": labels, "priority": 1, "updated": "2026-01-03T00:00:00Z"}), "vikunja"
        )

        assert counts(report) == (0, 1, 0, 0)
        now = (await client.get(f"/todos/{todo['id']}")).json()
        assert (now["tags"], now["priority"]) == (["here", "there"], "low")

    async def test_does_not_undo_what_was_changed_since_the_same_file_came_in(
        self, client: httpx.AsyncClient, sign_in: SignIn, add_todo: AddTodo
    ) -> None:
        todo, other = await add_todo(tags=["both"]), sign_in()
        path = f"/todos/{todo['id']}"
        await import_(other, await export(client))
        await other.put(path, json={"tags": ["both", "there"], "title": "Changed there", "version": 1})
        await client.put(path, json={"tags": ["both", "here"], "version": 1})
        content = await export(other)
        await import_(client, content)
        kept = (await client.put(path, json={"tags": ["here"], "title": "Changed here", "version": 3})).json()

        report = await import_(client, content)

        assert counts(report) == (0, 0, 1, 0)
        assert (await client.get(path)).json() == kept

    async def test_with_no_past_in_common_takes_the_newer_one_and_names_what_it_replaced(
        self, client: httpx.AsyncClient, add_todo: AddTodo
    ) -> None:
        todo = await add_todo("Feed the cat", tags=["home"])
        content = orjson.loads(await export(client))
        content["todos"][0] |= {"title": "Water the ferns", "tags": [], "history": []}
        newer, older = (
            orjson.dumps(content | {"todos": [content["todos"][0] | {"updated_at": moment}]})
            for moment in (datetime.now(UTC), "2026-01-01T00:00:00Z")
        )

        first, second = await import_(client, older), await import_(client, newer)

        assert (counts(first), counts(second)) == ((0, 0, 0, 1), (0, 1, 0, 0))
        assert reasons(first, "skipped") == ["it was changed here since"]
        assert sorted(reasons(first)) == [
            "tags: not taken over; the file says nothing",
            "title: not taken over; the file says “Water the ferns”",
        ]
        assert sorted(reasons(second)) == [
            "tags: replaced; here it was “home”",
            "title: replaced; here it was “Feed the cat”",
        ]
        assert (await client.get(f"/todos/{todo['id']}")).json()["title"] == "Water the ferns"

    async def test_with_no_past_in_common_and_no_time_to_go_by_takes_nothing_over(
        self, client: httpx.AsyncClient, add_todo: AddTodo
    ) -> None:
        todo = await add_todo("Feed the cat")
        content = orjson.loads(await export(client))
        # A clock that is wrong says nothing about what is newer.
        content["todos"][0] |= {"title": "Water the ferns", "history": [], "updated_at": "2999-01-01T00:00:00Z"}

        report = await import_(client, orjson.dumps(content))

        assert counts(report) == (0, 0, 0, 1)
        assert reasons(report, "skipped") == ["it is here already, and the file does not tell which one is newer"]
        assert reasons(report) == ["title: not taken over; the file says “Water the ferns”"]
        assert (await client.get(f"/todos/{todo['id']}")).json() == todo

    async def test_completes_an_occurrence_once(self, client: httpx.AsyncClient) -> None:
        recurring = {"due_date": "2999-11-22T08:00:00Z", "repeat_after": 86_400}
        await import_(client, tasks(recurring), "vikunja")
        content = tasks(recurring | {"done": True, "updated": "2026-01-02T00:00:00Z"})

        first, second = await import_(client, content, "vikunja"), await import_(client, content, "vikunja")

        assert (counts(first), counts(second)) == ((0, 1, 0, 0), (0, 0, 1, 0))
        (todo,) = (await client.get("/todos")).json()["items"]
        assert (todo["completed"], todo["due"]["at"]) == (False, "2999-11-23T08:00:00Z")

    async def test_keeps_when_something_was_done(self, client: httpx.AsyncClient) -> None:
        done = {"done": True, "done_at": "2026-02-03T04:05:06Z", "updated": "2026-02-03T04:05:06Z"}
        await import_(client, tasks({}, {"id": 2} | done), "vikunja")

        report = await import_(client, tasks(done), "vikunja")

        assert counts(report) == (0, 1, 0, 0)
        todos = (await client.get("/todos")).json()["items"]
        assert [datetime.fromisoformat(todo["completed_at"]) for todo in todos] == [
            datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
        ] * 2

    async def test_shows_nothing_in_the_history_that_is_no_field(
        self, client: httpx.AsyncClient, sign_in: SignIn
    ) -> None:
        """What an import notes for the next one goes with the todo all the same."""
        await import_(client, tasks({}), "vikunja")
        await import_(client, tasks({"priority": 1, "updated": "2026-01-02T00:00:00Z"}), "vikunja")
        (todo,) = (await client.get("/todos")).json()["items"]
        content, other = await export(client), sign_in()

        updated, added = await history(client, todo["id"])

        assert list(updated["changes"]) == ["priority"]
        assert "import" not in added["changes"]
        assert counts(await import_(other, content)) == (1, 0, 0, 0)
        assert orjson.loads(await export(other))["todos"] == orjson.loads(content)["todos"]
        undone = await client.post(f"/todos/{todo['id']}/undo", json={"seq": updated["seq"], "version": 2})
        assert undone.json()["priority"] == "none"
