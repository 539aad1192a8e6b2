import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import orjson
from services.todos.tests.support import AddTodo, SignIn, Todo, add_many
from services.todos.tests.transfer.routes.files import FULL, counts, export, history, import_

from chassis.database import Database
from chassis.encryption import KeyRing


def additions_per_second() -> float:
    """What one processor manages at the moment, however many others want it."""
    count, begun, total = 1_000_000, time.process_time(), 0
    for number in range(count):
        total += number
    return count / (time.process_time() - begun)


def without_numbers(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The numbers of a stream are another one's in another account."""
    return [{**change, "seq": None} for change in changes]


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
