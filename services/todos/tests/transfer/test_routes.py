import asyncio
import time
import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from services.todos.tests.support import AddTodo, SignIn, Start, Todo, add_many, slug

from chassis.database import Database
from chassis.encryption import KeyRing
from todos_service.transfer import repository
from todos_service.transfer.uploads import Imports

FULL = {
    "title": "Wäter the plants",
    "description": "All of them\nTwice",
    "priority": "high",
    "due": {"at": "2999-11-22T17:30:00Z", "zone": "Europe/Berlin"},
    "tags": ["home"],
    "position": "a0",
    "recurrence": {"rule": "FREQ=WEEKLY;BYDAY=MO", "anchor": "completion"},
}


async def export(client: httpx.AsyncClient) -> bytes:
    response = await client.get("/todos/export")
    assert response.status_code == 200, response.text
    return response.content


async def import_(client: httpx.AsyncClient, content: bytes, source: str = "daybook") -> dict[str, Any]:
    response = await client.post(f"/todos/import?format={source}", content=content)
    assert response.status_code == 200, response.text
    report: dict[str, Any] = response.json()
    return report


def counts(report: dict[str, Any]) -> tuple[int, int, int, int]:
    return report["imported"], report["updated"], report["unchanged"], len(report["skipped"])


async def history(client: httpx.AsyncClient, todo_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get(f"/todos/{todo_id}/history")).json()["items"]
    return items


def additions_per_second() -> float:
    """What one processor manages at the moment, however many others want it."""
    count, begun, total = 1_000_000, time.process_time(), 0
    for number in range(count):
        total += number
    return count / (time.process_time() - begun)


def without_numbers(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The numbers of a stream are another one's in another account."""
    return [{**change, "seq": None} for change in changes]


@pytest.fixture
async def life(client: httpx.AsyncClient, add_todo: AddTodo) -> dict[str, Todo]:
    """One todo that was changed, one that is done, one in the trash, and one that came back from there."""
    changed = await add_todo(**FULL)
    changed = (await client.put(f"/todos/{changed['id']}", json={"title": "Feed the cat", "version": 1})).json()
    done = await add_todo("done")
    done = (await client.patch(f"/todos/{done['id']}/toggle")).json()
    deleted = await add_todo("deleted", tags=["gone"], completed=True)
    await client.request("DELETE", f"/todos/{deleted['id']}", json={"version": 1})
    restored = await add_todo("restored")
    await client.request("DELETE", f"/todos/{restored['id']}", json={"version": 1})
    restored = (await client.post(f"/todos/{restored['id']}/restore")).json()
    return {"changed": changed, "done": done, "deleted": deleted, "restored": restored}


class TestExportAndImport:
    async def test_lose_nothing_on_the_way_to_another_account(
        self, client: httpx.AsyncClient, sign_in: SignIn, life: dict[str, Todo]
    ) -> None:
        other = sign_in()

        report = await import_(other, await export(client))

        assert counts(report) == (4, 0, 0, 0)
        assert (await other.get("/todos")).json() == (await client.get("/todos")).json()
        assert (await other.get("/todos/trash")).json() == (await client.get("/todos/trash")).json()
        for todo in life.values():
            mine, theirs = await history(client, todo["id"]), await history(other, todo["id"])
            assert without_numbers(mine) == without_numbers(theirs)
        exported, again = orjson.loads(await export(client)), orjson.loads(await export(other))
        assert exported["todos"] == again["todos"]

    async def test_leave_what_was_brought_in_alive(
        self, client: httpx.AsyncClient, sign_in: SignIn, life: dict[str, Todo]
    ) -> None:
        """Restored, undone, changed and synchronised like any other."""
        other = sign_in()
        await import_(other, await export(client))

        restored = await other.post(f"/todos/{life['deleted']['id']}/restore")
        renamed = (await history(other, life["changed"]["id"]))[0]
        undone = await other.post(f"/todos/{life['changed']['id']}/undo", json={"seq": renamed["seq"], "version": 2})
        feed = (await other.get("/sync/changes")).json()

        assert (restored.json()["tags"], restored.json()["completed_at"]) == (
            ["gone"],
            life["deleted"]["completed_at"],
        )
        assert undone.json()["title"] == FULL["title"]
        assert {change["id"] for change in feed["changes"]} == {todo["id"] for todo in life.values()}
        assert feed["cursor"]

    async def test_change_nothing_the_second_time(
        self, client: httpx.AsyncClient, sign_in: SignIn, life: dict[str, Todo]
    ) -> None:
        other, content = sign_in(), await export(client)
        await import_(other, content)
        before = (await other.get("/todos")).headers["etag"]

        assert counts(await import_(other, content)) == (0, 0, 4, 0)
        assert (await other.get("/todos")).headers["etag"] == before
        assert life

    async def test_never_overwrite_what_is_newer_here(self, client: httpx.AsyncClient, life: dict[str, Todo]) -> None:
        content = await export(client)
        changed, done = life["changed"], life["done"]
        await client.put(f"/todos/{changed['id']}", json={"title": "Newer", "version": changed["version"]})
        await client.request("DELETE", f"/todos/{done['id']}", json={"version": done["version"]})

        report = await import_(client, content)

        assert counts(report) == (0, 0, 3, 1)
        assert {note["id"]: note["reason"] for note in report["skipped"]} == {
            done["id"]: "it was deleted here; it can be restored from the trash",
        }
        assert (await client.get(f"/todos/{changed['id']}")).json()["title"] == "Newer"

    async def test_update_what_is_older_here(self, client: httpx.AsyncClient, todo: Todo) -> None:
        content = orjson.loads(await export(client))
        content["todos"][0] |= {"title": "Changed elsewhere", "updated_at": datetime.now(UTC)}

        report = await import_(client, orjson.dumps(content))

        assert counts(report) == (0, 1, 0, 0)
        now = (await client.get(f"/todos/{todo['id']}")).json()
        assert (now["title"], now["version"]) == ("Changed elsewhere", 2)
        assert [change["kind"] for change in await history(client, todo["id"])] == ["update", "create"]

    async def test_believe_no_time_that_is_still_to_come(
        self, client: httpx.AsyncClient, sign_in: SignIn, life: dict[str, Todo]
    ) -> None:
        """Or a file would be newer than every edit, and what is in the trash would stay there."""
        content = orjson.loads(await export(client))
        later = "2999-01-01T00:00:00Z"
        for each in content["todos"]:
            each.update({name: later for name in each if name.endswith("_at") and each[name]})
        other, changed = sign_in(), life["changed"]

        first = await import_(other, orjson.dumps(content))
        body = {"title": "Changed here", "version": changed["version"]}
        edited = (await other.put(f"/todos/{changed['id']}", json=body)).json()
        second = await import_(other, orjson.dumps(content))

        assert (counts(first), counts(second)) == ((4, 0, 0, 0), (0, 0, 4, 0))
        assert (await other.get(f"/todos/{changed['id']}")).json() == edited
        (deleted,) = (await other.get("/todos/trash")).json()["items"]
        assert deleted["deleted_at"] <= datetime.now(UTC).isoformat()
        assert later not in (await other.get("/todos")).text

    async def test_say_that_what_is_done_elsewhere_is_one_occurrence_here(
        self, client: httpx.AsyncClient, add_todo: AddTodo
    ) -> None:
        todo = await add_todo(due={"date": "2999-11-22"}, recurrence={"rule": "FREQ=DAILY"})
        content = orjson.loads(await export(client))
        now = datetime.now(UTC)
        content["todos"][0] |= {"completed": True, "completed_at": now, "updated_at": now}

        first = await import_(client, orjson.dumps(content))
        moved_on = (await client.get(f"/todos/{todo['id']}")).json()
        second = await import_(client, orjson.dumps(content))

        assert (counts(first), counts(second)) == ((0, 1, 0, 0), (0, 0, 1, 0))
        assert [note["reason"] for note in first["notes"]] == ["it recurs: one occurrence was completed"]
        assert (moved_on["completed"], moved_on["due"]) == (False, {"date": "2999-11-23"})
        assert (await client.get(f"/todos/{todo['id']}")).json() == moved_on

    async def test_of_ten_thousand_todos_take_seconds(self, sign_in: SignIn, database: Database, ring: KeyRing) -> None:
        """Five each, on a machine that adds thirty million numbers a second: as much work as it would do in them."""
        owner_id = uuid4()
        await add_many(database, ring, owner_id, 10_000)
        # A machine that others use is not always as quick: what counts is the slowest that it was meanwhile.
        speeds = [additions_per_second()]
        begun = time.process_time()
        content = await export(sign_in(owner_id))
        exported = time.process_time() - begun
        speeds.append(additions_per_second())
        begun = time.process_time()
        report = await import_(sign_in(), content)
        imported = time.process_time() - begun
        speeds.append(additions_per_second())

        assert counts(report) == (10_000, 0, 0, 0)
        assert exported * min(speeds[:2]) < 5 * 30_000_000
        assert imported * min(speeds[1:]) < 5 * 30_000_000


def tasks(*each: dict[str, Any]) -> bytes:
    """A dump of Vikunja."""
    plain = {"id": 1, "title": "Repot", "created": "2026-01-01T00:00:00Z", "updated": "2026-01-01T00:00:00Z"}
    return orjson.dumps([{"id": 1, "title": "", "tasks": [plain | task for task in each]}])


def reasons(report: dict[str, Any], kind: str = "notes") -> list[str]:
    return [note["reason"] for note in report[kind]]


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


class TestExportTodos:
    async def test_of_somebody_new_is_empty_and_can_be_imported(self, client: httpx.AsyncClient) -> None:
        content = await export(client)

        assert orjson.loads(content)["todos"] == []
        assert counts(await import_(client, content)) == (0, 0, 0, 0)

    async def test_is_a_file_to_keep(self, client: httpx.AsyncClient, todo: Todo) -> None:
        response = await client.get("/todos/export")

        assert response.headers["content-type"] == "application/json"
        assert response.headers["content-disposition"].startswith('attachment; filename="daybook-todos-2')
        assert response.headers["cache-control"] == "private, no-cache"
        assert response.json()["todos"][0]["title"] == todo["title"]

    async def test_holds_nothing_of_others(self, client: httpx.AsyncClient, sign_in: SignIn, todo: Todo) -> None:
        assert todo["id"].encode() in await export(client)
        assert todo["id"].encode() not in await export(sign_in())

    async def test_needs_several_pages_and_keeps_each_todo_once(
        self, client: httpx.AsyncClient, add_todo: AddTodo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("todos_service.transfer.exporting._PAGE", 2)
        ids = {(await add_todo(str(number)))["id"] for number in range(5)}

        exported = [todo["id"] for todo in orjson.loads(await export(client))["todos"]]

        assert len(exported) == 5
        assert set(exported) == ids

    @pytest.mark.parametrize("size", [1, 2, 3])
    async def test_reads_a_long_history_in_pages(
        self, client: httpx.AsyncClient, life: dict[str, Todo], monkeypatch: pytest.MonkeyPatch, size: int
    ) -> None:
        changed = life["changed"]
        for version in range(2, 6):
            await client.put(f"/todos/{changed['id']}", json={"title": f"{version}", "version": version})
        whole = orjson.loads(await export(client))["todos"]
        monkeypatch.setattr("todos_service.transfer.exporting._PAGE_OF_CHANGES", size)
        monkeypatch.setattr("todos_service.transfer.exporting._PIECE", 1)

        assert orjson.loads(await export(client))["todos"] == whole
        assert sorted(len(todo["history"]) for todo in whole) == [2, 2, 3, 6]

    async def test_taken_while_others_write_can_be_imported(
        self, client: httpx.AsyncClient, add_todo: AddTodo, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Between the read of a todo and that of its history somebody changes the one and deletes the other."""
        changed, deleted = await add_todo("changed"), await add_todo("deleted")
        list_history = repository.list_history

        async def write_first(reads: Any, **said: Any) -> Any:
            monkeypatch.undo()
            await client.put(f"/todos/{changed['id']}", json={"title": "since", "version": 1})
            await client.request("DELETE", f"/todos/{deleted['id']}", json={"version": 1})
            return await list_history(reads, **said)

        monkeypatch.setattr(repository, "list_history", write_first)
        content = await export(client)
        other = sign_in()

        assert counts(await import_(other, content)) == (2, 0, 0, 0)
        assert {todo["title"] for todo in (await other.get("/todos")).json()["items"]} == {"changed", "deleted"}
        assert [change["version"] for change in await history(other, changed["id"])] == [1]


class TestImportTodos:
    @pytest.mark.parametrize("kept", [-1, -3, -200])
    async def test_takes_nothing_of_a_file_that_ends_too_early(
        self, client: httpx.AsyncClient, sign_in: SignIn, add_todo: AddTodo, monkeypatch: pytest.MonkeyPatch, kept: int
    ) -> None:
        monkeypatch.setattr("todos_service.transfer.service._BATCH", 1)
        for number in range(3):
            await add_todo(str(number))
        other = sign_in()

        response = await other.post("/todos/import", content=(await export(client)).rstrip()[:kept])

        assert slug(response) == "import-not-understood"
        assert response.json()["detail"].endswith("Nothing of it was imported")
        assert (await other.get("/todos")).json()["items"] == []

    async def test_tells_the_projects_of_todoist_apart_by_the_name_that_is_given(
        self, client: httpx.AsyncClient
    ) -> None:
        content = b"TYPE,CONTENT\r\ntask,Water\r\n"
        reports = [
            (await client.post(f"/todos/import?format=todoist{name}", content=content)).json()
            for name in ("", "&name=Garden", "&name=Balcony", "&name=Garden")
        ]

        assert [counts(report) for report in reports] == [(1, 0, 0, 0)] * 3 + [(0, 0, 1, 0)]
        todos = (await client.get("/todos")).json()["items"]
        assert sorted(todo["tags"] for todo in todos) == [[], ["Balcony"], ["Garden"]]

    async def test_reads_a_file_as_it_arrives(self, client: httpx.AsyncClient, sign_in: SignIn, todo: Todo) -> None:
        content = await export(client)

        async def pieces() -> AsyncIterator[bytes]:
            for begin in range(0, len(content), 7):
                yield content[begin : begin + 7]

        response = await sign_in().post("/todos/import", content=pieces())

        assert counts(response.json()) == (1, 0, 0, 0)
        assert todo

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

    async def test_takes_one_of_an_owner_and_few_altogether(self, start: Start, sign_in: SignIn) -> None:
        arrived, go_on = asyncio.Queue[None](), asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield b'{"format":"daybook.todos","version":1,'
            arrived.put_nowait(None)
            await go_on.wait()
            yield b'"todos":[]}'

        async with start() as app:
            first, second = sign_in(uuid4(), to=app), sign_in(uuid4(), to=app)
            app.state.imports = Imports(at_once=1)
            under_way = asyncio.create_task(first.post("/todos/import", content=slowly()))
            await arrived.get()
            busy = [await each.post("/todos/import", content=b"{}") for each in (first, second)]
            go_on.set()
            report = (await under_way).json()
            after = await second.post("/todos/import", content=b"{}")

        assert [(answer.status_code, slug(answer)) for answer in busy] == [(503, "service-unavailable")] * 2
        assert all(int(answer.headers["retry-after"]) > 1 for answer in busy)
        assert [answer.json()["detail"][:7] for answer in busy] == ["Another", "Too man"]
        assert counts(report) == (0, 0, 0, 0)
        # One that failed is over, too.
        assert slug(after) == "import-not-understood"
        assert app.state.imports.under_way == 0

    @pytest.mark.parametrize("source", ["todoist", "vikunja"])
    async def test_takes_less_of_what_has_to_be_read_as_a_whole(self, client: httpx.AsyncClient, source: str) -> None:
        response = await client.post(f"/todos/import?format={source}", content=b" " * (8 * 1024 * 1024 + 1))

        assert slug(response) == "content-too-large"

    async def test_refuses_a_todo_that_never_ends(
        self, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("todos_service.transfer.daybook._LARGEST_TODO", 1024 * 1024)
        content = b'{"format":"daybook.todos","version":1,"todos":[{"title":["' + b'x","' * 1024 * 1024

        assert slug(await client.post("/todos/import", content=content)) == "content-too-large"

    async def test_keeps_nothing_of_strange_todos_while_others_are_read(self, client: httpx.AsyncClient) -> None:
        """Two hundred of 60 kB in memory each, in a file of a tenth of that."""

        async def pieces() -> AsyncIterator[bytes]:
            yield b'{"format":"daybook.todos","version":1,"todos":[{}'
            for _ in range(200):
                yield b',{"title":[' + b",".join([b'"xx"'] * 1000) + b"]}"
            yield b"]}"

        await import_(client, b'{"format":"daybook.todos","version":1,"todos":[]}')
        tracemalloc.start()
        try:
            response = await client.post("/todos/import", content=pieces())
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

        assert counts(response.json()) == (0, 0, 0, 201)
        assert most < 6_000_000

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

    async def test_takes_a_file_only_so_long(self, start: Start, sign_in: SignIn) -> None:
        async with start(import_bytes=1024) as app:
            response = await sign_in(to=app).post(
                "/todos/import", content=b'{"format":"daybook.todos","todos":[' + b" " * 2000
            )

        assert slug(response) == "content-too-large"

    @pytest.mark.parametrize(
        "source, content",
        [
            ("daybook", b""),
            ("daybook", b"{}"),
            ("daybook", b'{"todos":[]}'),
            ("daybook", b'{"format":"daybook.todos","version":1,"todos":['),
            ("daybook", b'{"format":"daybook.todos","version":1,"todos":[{"id":"\xff"}]}'),
            ("daybook", b"\x00" * 100),
            ("todoist", b"{}"),
            ("vikunja", b"TYPE,CONTENT"),
        ],
    )
    async def test_refuses_a_file_of_another_format(
        self, client: httpx.AsyncClient, source: str, content: bytes
    ) -> None:
        response = await client.post(f"/todos/import?format={source}", content=content)

        assert slug(response) == "import-not-understood"

    async def test_refuses_a_format_it_does_not_know(self, client: httpx.AsyncClient) -> None:
        assert slug(await client.post("/todos/import?format=outlook", content=b"x")) == "invalid-request"

    async def test_never_stores_half_a_character(self, client: httpx.AsyncClient, sign_in: SignIn, todo: Todo) -> None:
        """JSON can write one. It is not text: what reads the file puts a question mark in its place."""
        content = (await export(client)).replace(todo["title"].encode(), b"\\ud800")
        other = sign_in()

        assert counts(await import_(other, content)) == (1, 0, 0, 0)
        assert [each["title"] for each in orjson.loads(await export(other))["todos"]] == ["?"]

    async def test_brings_in_a_project_of_todoist_once(self, client: httpx.AsyncClient) -> None:
        content = (
            b"TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,DATE,TIMEZONE\r\n"
            b"section,Garden,,,,,\r\n"
            b"task,Water the ferns @green,Twice,1,1,every day,Europe/Berlin\r\n"
            b"task,Feed the cat,,4,2,,\r\n"
        )

        first, second = await import_(client, content, "todoist"), await import_(client, content, "todoist")

        assert (counts(first), counts(second)) == ((2, 0, 0, 0), (0, 0, 2, 0))
        (note,) = first["notes"]
        assert (note["line"], note["reason"]) == (4, "was a sub-task of “Water the ferns”")
        ferns, cat = (await client.get("/todos")).json()["items"]
        assert (ferns["title"], ferns["tags"], ferns["priority"]) == ("Water the ferns", ["green", "Garden"], "high")
        assert ferns["recurrence"] == {"rule": "FREQ=DAILY", "anchor": "due"}
        assert cat["title"] == "Feed the cat"
        assert [change["kind"] for change in await history(client, cat["id"])] == ["import"]

    @pytest.mark.parametrize(
        "source, content",
        [
            ("todoist", b"TYPE,CONTENT\r\ntask,Water the ferns\r\ntask,Feed the cat\r\n"),
            (
                "vikunja",
                b'[{"title":"Home","tasks":[{"id":1,"title":"Water the ferns"},{"id":2,"title":"Feed the cat"}]}]',
            ),
        ],
    )
    async def test_leaves_what_was_changed_since_a_file_came_in_that_tells_no_times(
        self, client: httpx.AsyncClient, source: str, content: bytes
    ) -> None:
        await import_(client, content, source)
        ferns, cat = (await client.get("/todos")).json()["items"]
        ticked_off = (await client.patch(f"/todos/{ferns['id']}/toggle")).json()

        again = await import_(client, content, source)

        assert counts(again) == (0, 0, 2, 0)
        assert (ticked_off["completed"], ticked_off["version"]) == (True, 2)
        assert (await client.get(f"/todos/{ferns['id']}")).json() == ticked_off
        assert (await client.get(f"/todos/{cat['id']}")).json() == cat

    async def test_brings_in_a_dump_of_vikunja_and_what_changed_there_since(self, client: httpx.AsyncClient) -> None:
        task = {"id": 1, "title": "Repot", "updated": "2026-01-01T00:00:00Z", "created": "2026-01-01T00:00:00Z"}
        newer = task | {"title": "Repot the basil", "updated": datetime.now(UTC)}

        first = await import_(client, orjson.dumps([{"id": 1, "title": "Inbox", "tasks": [task]}]), "vikunja")
        second = await import_(client, orjson.dumps([{"id": 1, "title": "Inbox", "tasks": [newer]}]), "vikunja")

        assert (counts(first), counts(second)) == ((1, 0, 0, 0), (0, 1, 0, 0))
        assert [todo["title"] for todo in (await client.get("/todos")).json()["items"]] == ["Repot the basil"]
