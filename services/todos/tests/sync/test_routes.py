import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from services.todos.tests.support import AddTodo, SignIn, Start, Todo, execute, key_file, rows, slug
from services.todos.tests.sync.device import Device, Json, change, creation, operation
from tests.support.tokens import SignToken

from chassis.database import Database
from chassis.encryption import KeyRing
from todos_service.owners import service as owners
from todos_service.sync import feed


def outcomes(results: list[Json]) -> list[str]:
    return [result["outcome"] for result in results]


def problem_of(result: Json) -> str:
    assert result["outcome"] == "rejected"
    return str(result["problem"]["type"]).removeprefix("urn:problem:")


class TestTwoDevices:
    async def test_lose_no_rename_when_the_other_marks_it_done(self, phone: Device, laptop: Device) -> None:
        """A peer's real bug."""
        (made,) = await phone.push(creation("Water the plants"))
        todo_id = made["todo"]["id"]
        await laptop.pull()

        rename = operation("update", todo_id, 1, title=change("Water the plants", "Water the garden"))
        done = operation("update", todo_id, 1, completed=change(False, True))
        (renamed,), (completed,) = await phone.push(rename), await laptop.push(done)
        await phone.pull()
        await laptop.pull()

        assert (renamed["outcome"], completed["outcome"]) == ("applied", "merged")
        assert phone.todos == laptop.todos
        assert phone.todos[todo_id]["title"] == "Water the garden"
        assert phone.todos[todo_id]["completed"] is True

    async def test_are_shown_what_both_wrote(self, phone: Device, laptop: Device) -> None:
        (made,) = await phone.push(creation("Water the plants", tags=["home"]))
        todo_id = made["todo"]["id"]
        await phone.push(
            operation("update", todo_id, 1, title=change("Water the plants", "Feed the cat"), tags=change(["home"], []))
        )

        (clash,) = await laptop.push(
            operation(
                "update",
                todo_id,
                1,
                title=change("Water the plants", "Feed the dog"),
                tags=change(["home"], ["home", "pets"]),
            )
        )

        assert clash["outcome"] == "conflict"
        assert clash["clashes"] == {
            "title": {"base": "Water the plants", "yours": "Feed the dog", "stored": "Feed the cat"}
        }
        assert (clash["todo"]["title"], clash["todo"]["tags"]) == ("Feed the cat", ["pets"])

    async def test_do_not_delete_what_they_have_not_seen(self, phone: Device, laptop: Device) -> None:
        (made,) = await phone.push(creation("Water the plants"))
        todo_id = made["todo"]["id"]
        await phone.push(operation("update", todo_id, 1, title=change("Water the plants", "Feed the cat")))

        (unseen,) = await laptop.push(operation("delete", todo_id, 1))
        (forced,) = await laptop.push(operation("delete", todo_id, 1, force=True))
        (late,) = await phone.push(operation("update", todo_id, 2, title=change("Feed the cat", "Feed both cats")))
        (restored,) = await phone.push(operation("restore", todo_id, 3))

        assert unseen["outcome"] == "conflict"
        assert unseen["clashes"] == {"deleted_at": {"base": None, "yours": "deleted", "stored": None}}
        assert unseen["todo"]["title"] == "Feed the cat"
        assert forced["outcome"] == "merged"
        assert forced["todo"].keys() == {"id", "seq", "version", "deleted_at"}
        assert problem_of(late) == "todo-deleted"
        assert late["todo"] == forced["todo"]
        assert (restored["outcome"], restored["todo"]["title"]) == ("applied", "Feed the cat")


class TestListChanges:
    async def test_begins_with_every_todo_that_is_there(self, phone: Device, add_todo: AddTodo) -> None:
        kept, deleted = await add_todo("Water the plants", tags=["home"]), await add_todo("Feed the cat")
        await phone.client.delete(f"/todos/{deleted['id']}", headers={"If-Match": "*"})

        await phone.pull()

        assert phone.heard == [{**kept, "seq": 1}]

    async def test_tells_what_has_changed_since(self, phone: Device, laptop: Device, add_todo: AddTodo) -> None:
        same, changed, deleted = [await add_todo(title) for title in ("same", "changed", "deleted")]
        await phone.pull()
        phone.heard.clear()
        await laptop.push(operation("update", changed["id"], 1, priority=change("none", "high")))
        await laptop.push(operation("delete", deleted["id"], 1))
        await laptop.push(operation("update", changed["id"], 2, priority=change("high", "low")))

        await phone.pull()
        again = (await phone.ask()).json()

        tombstone, updated = phone.heard
        assert tombstone.keys() == {"id", "seq", "version", "deleted_at"}
        assert (tombstone["id"], tombstone["seq"], tombstone["version"]) == (deleted["id"], 5, 2)
        assert (updated["id"], updated["seq"], updated["priority"]) == (changed["id"], 6, "low")
        assert same["id"] in phone.todos
        assert (again["changes"], again["has_more"], again["head"]) == ([], False, 6)

    async def test_comes_in_pages_of_todos_in_the_order_of_their_last_changes(
        self, phone: Device, add_todo: AddTodo
    ) -> None:
        todos = [await add_todo(str(number)) for number in range(5)]
        await phone.push(operation("update", todos[0]["id"], 1, title=change("0", "last")))

        pages = 1
        while await phone.pull_page(limit=2):
            pages += 1

        assert pages == 3
        assert [each["title"] for each in phone.heard] == ["1", "2", "3", "4", "last"]
        assert [each["seq"] for each in phone.heard] == [2, 3, 4, 5, 6]

    async def test_walks_through_a_long_past_in_pages_that_may_be_empty(
        self, phone: Device, laptop: Device, add_todo: AddTodo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A few todos with a history of any length are told of all the same, a bounded part of it at a time."""
        monkeypatch.setattr(feed, "_WALK", 3)
        first, busy, last = [await add_todo(title) for title in ("first", "busy", "last")]
        for version in range(1, 12):
            title = change(busy["title"] if version == 1 else str(version - 1), str(version))
            await laptop.push(operation("update", busy["id"], version, title=title))
        await laptop.push(operation("delete", first["id"], 1))

        pages = 1
        while await phone.pull_page():
            pages += 1
        await laptop.push(operation("update", last["id"], 1, title=change("last", "new")))
        await phone.pull()

        assert pages == 5
        assert [(each["title"], each["seq"]) for each in phone.heard] == [("last", 3), ("11", 14), ("new", 16)]
        assert phone.todos.keys() == {busy["id"], last["id"]}

    async def test_tells_of_what_was_deleted_between_two_pages(
        self, phone: Device, laptop: Device, add_todo: AddTodo
    ) -> None:
        gone, first, second = [await add_todo(title) for title in ("gone", "first", "second")]
        await laptop.push(operation("delete", gone["id"], 1))

        await phone.pull_page(limit=1)
        await laptop.push(operation("delete", first["id"], 1))
        await phone.pull(limit=1)

        assert [each["id"] for each in phone.heard] == [first["id"], second["id"], first["id"]]
        assert phone.todos.keys() == {second["id"]}

    async def test_to_somebody_new_are_none_and_an_epoch_to_keep(self, phone: Device) -> None:
        await phone.pull()
        epoch = phone.epoch

        await phone.push(creation())
        await phone.pull()

        assert epoch == phone.epoch
        assert len(phone.todos) == 1

    async def test_still_tells_of_a_deletion_whose_text_is_purged(
        self, phone: Device, laptop: Device, database: Database, user_id: UUID, todo: Todo
    ) -> None:
        await phone.pull()
        await laptop.push(operation("delete", todo["id"], 1))
        await execute(database, "UPDATE history SET sealed = '' WHERE owner_id = :owner", owner=user_id)
        await execute(database, "UPDATE todos SET purged_at = now() WHERE owner_id = :owner", owner=user_id)

        await phone.pull()

        assert phone.todos == {}
        assert phone.heard[-1]["purged"] is True

    async def test_of_what_is_known_already_is_not_sent(self, phone: Device, todo: Todo) -> None:
        await phone.pull()
        first = await phone.ask()

        unchanged = await phone.client.get(
            "/sync/changes", params={"cursor": phone.cursor or ""}, headers={"If-None-Match": first.headers["etag"]}
        )
        await phone.push(operation("update", todo["id"], 1, priority=change("none", "high")))
        changed = await phone.client.get(
            "/sync/changes", params={"cursor": phone.cursor or ""}, headers={"If-None-Match": first.headers["etag"]}
        )

        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert changed.status_code == 200
        assert len(changed.json()["changes"]) == 1

    @pytest.mark.parametrize("cursor", ["x", "A" * 42, "A" * 44, "é", "WyJUMG0"])
    async def test_refuses_what_is_no_cursor(self, client: httpx.AsyncClient, cursor: str) -> None:
        refused = await client.get("/sync/changes", params={"cursor": cursor})

        assert (refused.status_code, slug(refused)) == (422, "invalid-request")

    async def test_of_somebody_erased_are_gone(
        self, phone: Device, database: Database, user_id: UUID, todo: Todo
    ) -> None:
        async with database.transaction() as tx:
            await owners.erase(tx, owner_id=user_id)

        refused = await phone.ask()

        assert (refused.status_code, slug(refused)) == (410, "account-erased")
        assert todo


class TestResync:
    async def ask_after(self, phone: Device, database: Database, change: str, owner: UUID) -> httpx.Response:
        await phone.pull()
        await execute(database, f"UPDATE streams SET {change} WHERE owner_id = :owner", owner=owner)  # noqa: S608
        return await phone.ask()

    @pytest.mark.parametrize(
        "happened",
        [
            # Restored from a backup.
            "epoch = gen_random_uuid()",
            # Restored by somebody who forgot to change the epoch.
            "head = head - 1",
            # Away for so long that deletions are forgotten.
            "head = head + 5, floor = head + 1",
        ],
    )
    async def test_is_asked_for_when_a_cursor_is_no_longer_good(
        self, phone: Device, database: Database, user_id: UUID, todo: Todo, happened: str
    ) -> None:
        refused = await self.ask_after(phone, database, happened, user_id)

        (stream,) = await rows(database, "SELECT epoch FROM streams WHERE owner_id = :owner", owner=user_id)
        assert (refused.status_code, slug(refused)) == (410, "resync-required")
        assert refused.json()["epoch"] == str(stream["epoch"])
        phone.cursor = None
        await phone.pull()
        assert phone.todos.keys() == {todo["id"]}

    async def test_is_not_asked_for_at_the_floor(
        self, phone: Device, database: Database, user_id: UUID, todo: Todo
    ) -> None:
        assert (await self.ask_after(phone, database, "floor = head", user_id)).status_code == 200
        assert todo

    async def test_is_not_asked_for_by_who_began_after_the_deletions_that_are_forgotten(
        self, phone: Device, database: Database, user_id: UUID, add_todo: AddTodo
    ) -> None:
        for title in ("one", "two", "three"):
            await add_todo(title)
        await phone.pull_page(limit=1)
        await execute(database, "UPDATE streams SET floor = 2 WHERE owner_id = :owner", owner=user_id)

        await phone.pull(limit=1)

        assert len(phone.todos) == 3


class TestCarryOut:
    async def test_goes_on_after_one_that_is_wrong(self, phone: Device) -> None:
        made = creation("Water the plants")
        missing = operation("update", uuid4(), 1, title=change("?", "!"))

        results = await phone.push(made, {}, {**creation(), "kind": "explode"}, missing, creation("Feed the cat"))

        assert outcomes(results) == ["applied", "rejected", "rejected", "rejected", "applied"]
        assert [problem_of(result) for result in results[1:4]] == [
            "invalid-request",
            "invalid-request",
            "todo-not-found",
        ]
        assert results[0]["op_id"] == made["op_id"]
        assert (results[1]["op_id"], results[3]["op_id"]) == (None, missing["op_id"])
        assert results[2]["problem"]["errors"][0]["pointer"] == "#/operations/2/kind"

    async def test_says_how_far_the_stream_has_come(self, phone: Device) -> None:
        answer = await phone.client.post("/sync/operations", json={"operations": [creation(), creation(), {}]})
        await phone.pull()

        said = answer.json()
        assert (said["head"], said["epoch"]) == (2, phone.epoch)
        assert [result["seq"] for result in said["results"]] == [1, 2, None]

    async def test_acts_once_however_often_it_is_asked(
        self, phone: Device, laptop: Device, database: Database, user_id: UUID
    ) -> None:
        made = creation("Water the plants")
        first, at_once = await phone.push(made, made)
        update = operation("update", made["todo_id"], 1, title=change("Water the plants", "Feed the cat"))
        await phone.push(update)
        await laptop.push(operation("update", made["todo_id"], 2, title=change("Feed the cat", "Feed both")))

        again, late = await phone.push(update, made)

        assert (first["outcome"], first["first"]) == ("applied", None)
        assert (at_once["outcome"], at_once["first"], at_once["todo"]) == ("duplicate", "applied", first["todo"])
        assert (again["outcome"], again["first"], again["todo"]["title"]) == ("duplicate", "applied", "Feed both")
        assert (late["outcome"], late["seq"]) == ("duplicate", again["seq"])
        told = await rows(database, "SELECT kind FROM history WHERE owner_id = :owner ORDER BY seq", owner=user_id)
        assert [row["kind"] for row in told] == ["create", "update", "update"]

    async def test_at_the_same_time_acts_once(self, phone: Device, laptop: Device) -> None:
        made = creation()

        results = await asyncio.gather(*(device.push(made) for device in (phone, laptop, phone, laptop)))

        assert sorted(result["outcome"] for (result,) in results) == ["applied", *["duplicate"] * 3]

    async def test_repeats_what_clashed_and_what_was_rejected(self, phone: Device, laptop: Device) -> None:
        (made,) = await phone.push(creation("Water the plants"))
        todo_id = made["todo"]["id"]
        await laptop.push(operation("update", todo_id, 1, title=change("Water the plants", "Feed the cat")))
        clash = operation("update", todo_id, 1, title=change("Water the plants", "Feed the dog"))
        missing = operation("delete", uuid4(), 1)

        first, again = await phone.push(clash, missing), await phone.push(clash, missing)

        assert outcomes(first) == ["conflict", "rejected"]
        assert outcomes(again) == ["duplicate", "duplicate"]
        assert [result["first"] for result in again] == ["conflict", "rejected"]
        assert again[0]["clashes"] == first[0]["clashes"]
        assert again[1]["problem"]["type"] == "urn:problem:todo-not-found"

    async def test_rejects_nothing_for_a_key_that_it_has_not_been_given(
        self, *, start: Start, sign_in: SignIn, user_id: UUID, todo: Todo, phone: Device, tmp_path: Path
    ) -> None:
        """A device may take a rejection for the last word."""
        said = operation("update", todo["id"], 1, title=change(todo["title"], "Feed the cat"))
        async with start(key_encryption_key_file=key_file(tmp_path, "another")) as app:
            refused = await sign_in(user_id, to=app).post("/sync/operations", json={"operations": [said]})

        assert (refused.status_code, slug(refused)) == (503, "service-unavailable")
        assert int(refused.headers["retry-after"]) >= 1
        assert outcomes(await phone.push(said)) == ["applied"]

    async def test_rejects_alone_what_is_about_a_damaged_todo(
        self, phone: Device, add_todo: AddTodo, database: Database
    ) -> None:
        damaged, whole = await add_todo("damaged"), await add_todo("whole")
        await execute(database, "UPDATE todos SET sealed = 'x' WHERE id = :id", id=damaged["id"])

        results = await phone.push(
            *(operation("update", each["id"], 1, title=change(each["title"], "new")) for each in (damaged, whole))
        )

        assert outcomes(results) == ["rejected", "applied"]
        assert problem_of(results[0]) == "todo-unreadable"

    async def test_refuses_another_operation_under_the_same_name(self, phone: Device) -> None:
        made = creation("Water the plants")
        other = {**creation("Feed the cat"), "op_id": made["op_id"]}

        results = await phone.push(made, other)

        assert problem_of(results[1]) == "idempotency-conflict"
        await phone.pull()
        assert [todo["title"] for todo in phone.todos.values()] == ["Water the plants"]

    async def test_puts_a_new_todo_first_unless_it_says_where(self, phone: Device) -> None:
        here, there = await phone.push(creation("here"), creation("there", position="a5"))

        assert there["todo"]["position"] == "a5"
        assert here["todo"]["position"] < "a"

    async def test_keeps_to_what_one_may_have(self, start: Start, sign_in: SignIn) -> None:
        async with start(todos_per_owner=1) as app:
            device = Device(sign_in(to=app))
            one, too_many = creation("one"), creation("too many")

            results = await device.push(one, too_many, operation("delete", one["todo_id"], 1))
            (now,) = await device.push(too_many)
            (restored,) = await device.push(operation("restore", one["todo_id"], 2))

        assert outcomes(results) == ["applied", "rejected", "applied"]
        assert problem_of(results[1]) == "too-many-todos"
        assert now["outcome"] == "applied"
        assert problem_of(restored) == "too-many-todos"

    async def test_rejects_a_restore_of_what_is_purged(
        self, phone: Device, database: Database, user_id: UUID, todo: Todo
    ) -> None:
        await phone.push(operation("delete", todo["id"], 1))
        await execute(database, "UPDATE history SET sealed = '' WHERE owner_id = :owner", owner=user_id)

        (result,) = await phone.push(operation("restore", todo["id"], 2))

        assert problem_of(result) == "todo-purged"

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"operations": []},
            {"operations": {}},
            {"operations": None},
            {"operations": [{}] * 101},
            {"operations": [{}], "more": 1},
            [],
        ],
    )
    async def test_refuses_what_is_no_batch(self, phone: Device, body: Any) -> None:
        refused = await phone.client.post("/sync/operations", json=body)

        assert (refused.status_code, slug(refused)) == (422, "invalid-request")

    @pytest.mark.parametrize("body", [b"", b"{", b'{"operations": [', b"\xff", b"[" * 5000])
    async def test_refuses_what_is_no_json(self, phone: Device, body: bytes) -> None:
        refused = await phone.client.post(
            "/sync/operations", content=body, headers={"Content-Type": "application/json"}
        )

        assert refused.status_code in {400, 422}
        assert slug(refused) in {"bad-request", "invalid-request"}

    async def test_is_answered_for_anything_that_is_json(self, phone: Device) -> None:
        strange = b'{"operations": [null, 1, "\\ud800", [], {"op_id": "\\ud800", "\\ud800": 1e999}, {"kind": {}}]}'

        answer = await phone.client.post(
            "/sync/operations", content=strange, headers={"Content-Type": "application/json"}
        )

        assert answer.status_code == 200
        assert outcomes(answer.json()["results"]) == ["rejected"] * 6

    @pytest.mark.parametrize("depth", [100, 240, 246, 247, 250, 252, 254, 255, 900])
    async def test_is_answered_however_deep_what_somebody_saw_is(self, phone: Device, todo: Todo, depth: int) -> None:
        """What is kept of an operation, and what answers it, puts its values deeper still."""
        deep: Any = "x"
        for _ in range(depth):
            deep = [deep]
        said = operation("update", todo["id"], 1, title=change(deep, "Feed the cat"))

        (first,) = await phone.push(said)
        (again,) = await phone.push(said)

        assert first["outcome"] in {"conflict", "rejected"}
        if first["outcome"] == "conflict":
            assert first["clashes"]["title"]["base"] == deep
            assert again == first | {"outcome": "duplicate", "first": "conflict"}
        assert (await phone.client.get(f"/todos/{todo['id']}")).json() == todo

    @pytest.mark.parametrize("seen", [5, True, "home", {}, {"home": 1}, [[]], [None]], ids=repr)
    async def test_of_tags_is_merged_whatever_was_seen_in_them(
        self, phone: Device, add_todo: AddTodo, seen: Any
    ) -> None:
        todo = await add_todo(tags=["home"])

        wrong, other = await phone.push(
            operation("update", todo["id"], 1, tags=change(seen, ["garden"])),
            operation("update", todo["id"], 2, title=change(todo["title"], "Feed the cat")),
        )

        assert (wrong["outcome"], other["outcome"]) == ("applied", "applied")
        assert wrong["todo"]["tags"] == ["home", "garden"]


class TestCompletingAnOccurrence:
    async def test_needs_the_version_in_which_it_was_seen(
        self, phone: Device, laptop: Device, add_todo: AddTodo
    ) -> None:
        todo = await add_todo(due={"date": "2999-01-07"}, recurrence={"rule": "FREQ=WEEKLY"})
        done: Json = {"completed": change(False, True), "priority": change("none", "high")}

        unversioned = await phone.push(operation("update", todo["id"], **done))
        once, twice = (
            await phone.push(operation("update", todo["id"], 1, **done)),
            await laptop.push(operation("update", todo["id"], 1, **done)),
        )

        assert [problem_of(result) for result in unversioned] == ["precondition-required"]
        assert (once[0]["outcome"], twice[0]["outcome"]) == ("applied", "merged")
        assert once[0]["todo"]["due"] == twice[0]["todo"]["due"] == {"date": "2999-01-14"}

    async def test_the_last_one_needs_none(self, phone: Device, add_todo: AddTodo) -> None:
        """To say again that it is done changes nothing."""
        todo = await add_todo(due={"date": "2999-01-07"}, recurrence={"rule": "FREQ=WEEKLY;UNTIL=29990108"})

        (done,) = await phone.push(operation("update", todo["id"], completed=change(False, True)))

        assert (done["outcome"], done["todo"]["completed"]) == ("applied", True)


class TestStrangers:
    """Isolation: every operation on somebody else's todo, by its id."""

    async def test_change_nothing_and_learn_nothing(self, phone: Device, sign_in: SignIn, todo: Todo) -> None:
        stranger = Device(sign_in())
        made = creation("Mine")

        results = await stranger.push(
            operation("update", todo["id"], 1, title=change(todo["title"], "Mine now")),
            operation("delete", todo["id"], force=True),
            operation("restore", todo["id"], 1),
            made,
        )
        await stranger.pull()
        (as_ours,) = await phone.push(made)
        await phone.pull()

        assert [problem_of(result) for result in results[:3]] == ["todo-not-found"] * 3
        assert todo["title"] not in str(results)
        assert [each["title"] for each in stranger.todos.values()] == ["Mine"]
        # Neither the name of an operation nor the id of a todo is taken by somebody else's.
        assert as_ours["outcome"] == "applied"
        assert {each["title"] for each in phone.todos.values()} == {todo["title"], "Mine"}

    async def test_learn_nothing_under_an_id_that_both_have(self, phone: Device, sign_in: SignIn) -> None:
        stranger, todo_id = Device(sign_in()), uuid4()
        for device, title in ((phone, "Ours"), (stranger, "Theirs")):
            await device.push(operation("create", todo_id, title=change(None, title)))

        await phone.pull()
        await stranger.pull()

        assert [each["title"] for each in phone.heard] == ["Ours"]
        assert [each["title"] for each in stranger.heard] == ["Theirs"]

    async def test_cannot_go_on_from_our_cursor(self, phone: Device, sign_in: SignIn, todo: Todo) -> None:
        await phone.pull()
        stranger = Device(sign_in(), cursor=phone.cursor)

        refused = await stranger.ask()

        assert slug(refused) == "resync-required"
        assert str(refused.json()["epoch"]) != phone.epoch
        assert todo


class TestScopes:
    @pytest.mark.parametrize(
        "scope, method, path", [("todos:read", "POST", "/sync/operations"), ("todos:write", "GET", "/sync/changes")]
    )
    async def test_are_asked_for(
        self, *, client: httpx.AsyncClient, sign_token: SignToken, user_id: UUID, scope: str, method: str, path: str
    ) -> None:
        client.headers["Authorization"] = f"Bearer {sign_token(user_id, scope=scope)}"

        refused = await client.request(method, path, json={"operations": [creation()]} if method == "POST" else None)

        assert (refused.status_code, slug(refused)) == (403, "insufficient-scope")


class TestOwner:
    async def test_made_by_asking_can_be_written_to(
        self, phone: Device, laptop: Device, ring: KeyRing, database: Database, user_id: UUID
    ) -> None:
        """A device may be quicker than the news of its account, and two may be at once."""
        await asyncio.gather(phone.pull(), laptop.pull())
        async with database.transaction() as tx:
            await owners.add(tx, ring, owner_id=user_id)

        (made,) = await phone.push(creation())

        keys = await rows(database, "SELECT version FROM data_keys WHERE owner_id = :owner", owner=user_id)
        assert made["outcome"] == "applied"
        assert len(keys) == 1
        assert phone.epoch == laptop.epoch


class TestDescription:
    @pytest.mark.parametrize(
        "path, method, statuses",
        [
            ("/sync/changes", "get", {"200", "304", "410", "500"}),
            ("/sync/operations", "post", {"200", "410"}),
            ("/sync/stream", "get", {"200", "410", "429"}),
        ],
    )
    def test_names_every_status_and_its_problems(
        self, app: FastAPI, path: str, method: str, statuses: set[str]
    ) -> None:
        answers = app.openapi()["paths"][path][method]["responses"]

        assert answers.keys() == statuses | {"400", "401", "403", "413", "415", "422", "503", "504"}
        for status, answer in answers.items():
            assert int(status) < 400 or answer["content"]["application/problem+json"]["examples"]

    def test_tells_the_two_ways_of_being_gone_apart(self, app: FastAPI) -> None:
        gone = app.openapi()["paths"]["/sync/changes"]["get"]["responses"]["410"]

        assert gone["content"]["application/problem+json"]["examples"].keys() == {"account-erased", "resync-required"}

    async def test_of_what_is_sent_is_what_is_sent(self, app: FastAPI, phone: Device, todo: Todo) -> None:
        schemas = app.openapi()["components"]["schemas"]
        body = {"operations": [operation("update", todo["id"], 1, priority=change("none", "high")), {}]}
        sent = (await phone.client.post("/sync/operations", json=body)).json()
        page = (await phone.ask()).json()
        (gone,) = await phone.push(operation("delete", todo["id"], 2))

        for content, schema in (
            (sent, "ResultsOut"),
            (sent["results"][0], "ResultOut"),
            (sent["results"][1], "ResultOut"),
            (sent["results"][0]["todo"], "SyncedTodo"),
            (page, "ChangesOut"),
            (page["changes"][0], "SyncedTodo"),
            (gone["todo"], "Tombstone"),
        ):
            assert content.keys() == set(schemas[schema]["required"])
            assert content.keys() == schemas[schema]["properties"].keys() - {"purged"}
