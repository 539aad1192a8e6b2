import asyncio
from uuid import UUID, uuid4

import httpx
import pytest
from services.todos.tests.support import AddTodo, SignIn, Start, Todo, all_at_once, execute, patiently, rows, slug
from structlog.testing import capture_logs

from chassis.database import Database
from chassis.encryption import KeyRing, new_key
from todos_service.owners.service import DataKeys
from todos_service.todos import documents, writing
from todos_service.todos.errors import TooManyTodos
from todos_service.todos.merging import Change, Kind, Operation, Reason, Verdict
from todos_service.todos.writing import Author, Write, Written, WrittenBefore

SECRET = "Nobody may read this"


@pytest.fixture
def keys(ring: KeyRing) -> DataKeys:
    return DataKeys(ring)


@pytest.fixture
def author(user_id: UUID) -> Author:
    return Author(user_id, uuid4())


def creation(author: Author, title: str = "Water the plants", *, op_id: UUID | None = None) -> Write:
    changes = {"title": Change(title), "position": Change("a0")}
    return Write(author, uuid4(), Operation(Kind.CREATE, changes), op_id=op_id, note={"request": title})


async def write(database: Database, keys: DataKeys, request: Write) -> Written | WrittenBefore:
    async with database.transaction() as tx:
        return await writing.write(tx, keys, request)


class TestWrite:
    async def test_numbers_the_writes_of_one_owner_without_a_gap(self, sign_in: SignIn, database: Database) -> None:
        """16 writers at once, while a reader asks again and again for what came after what it has seen."""
        user_id, seen = uuid4(), list[int]()
        client = sign_in(user_id)
        finished = asyncio.Event()

        async def write_much() -> None:
            todo = (await patiently(lambda: client.post("/todos", json={"title": "one"}))).json()
            for _ in range(4):
                await patiently(lambda: client.patch(f"/todos/{todo['id']}/toggle"))

        async def follow() -> None:
            done = False
            while not done:
                done = finished.is_set()
                query = "SELECT seq FROM history WHERE owner_id = :owner AND seq > :last ORDER BY seq"
                found = await rows(database, query, owner=user_id, last=seen[-1] if seen else 0)
                seen.extend(row["seq"] for row in found)
                await asyncio.sleep(0)

        follower = asyncio.create_task(follow())
        await asyncio.gather(*(write_much() for _ in range(16)))
        finished.set()
        await follower

        (stream,) = await rows(database, "SELECT head, live FROM streams WHERE owner_id = :owner", owner=user_id)
        assert seen == list(range(1, 81))
        assert dict(stream) == {"head": 80, "live": 16}

    async def test_tells_the_history_what_changed_and_who_did_it(
        self, database: Database, keys: DataKeys, author: Author
    ) -> None:
        created = creation(author)
        await write(database, keys, created)
        changes = {"title": Change("Feed the cat"), "completed": Change(to=True)}
        await write(database, keys, Write(author, created.todo_id, Operation(Kind.UPDATE, changes)))
        await write(database, keys, Write(author, created.todo_id, Operation(Kind.DELETE)))

        told = await rows(database, "SELECT * FROM history WHERE owner_id = :owner ORDER BY seq", owner=author.owner_id)

        (epoch,) = await rows(database, "SELECT epoch FROM streams WHERE owner_id = :owner", owner=author.owner_id)
        async with database.reads() as reads:
            owner_keys = await keys.of(reads, owner_id=author.owner_id, epoch=epoch["epoch"])
        changed = [
            documents.open_changes(
                owner_keys, row["key_version"], row["sealed"], todo_id=created.todo_id, version=row["version"]
            )
            for row in told
        ]
        assert [(row["seq"], row["version"], row["kind"]) for row in told] == [
            (1, 1, "create"),
            (2, 2, "update"),
            (3, 3, "delete"),
        ]
        assert {row["session_id"] for row in told} == {author.session_id}
        assert changed[0]["title"] == {"from": None, "to": "Water the plants"}
        assert changed[1] == {
            "title": {"from": "Water the plants", "to": "Feed the cat"},
            "completed": {"from": False, "to": True},
        }
        assert changed[2]["title"] == {"from": "Feed the cat", "to": None}

    async def test_leaves_no_text_readable_in_any_table(
        self, client: httpx.AsyncClient, database: Database, user_id: UUID
    ) -> None:
        fields = {"title": SECRET, "description": SECRET, "tags": [SECRET]}
        todo = (await client.post("/todos", json=fields, headers={"Idempotency-Key": SECRET.replace(" ", "-")})).json()
        await client.put(f"/todos/{todo['id']}", json={"title": f"{SECRET}, still", "version": 1})

        for table in ("todos", "history", "operations"):
            stored = await rows(database, f"SELECT * FROM {table} WHERE owner_id = :owner", owner=user_id)  # noqa: S608
            assert stored
            for row in stored:
                assert not [name for name, value in row.items() if b"Nobody" in bytes(str(value), "utf-8")]
                assert b"Nobody" not in row["sealed"]

    async def test_carries_out_a_named_operation_once(self, database: Database, keys: DataKeys, author: Author) -> None:
        request = creation(author, op_id=uuid4())

        first = await write(database, keys, request)
        again = await write(database, keys, request)

        assert isinstance(first, Written)
        assert isinstance(again, WrittenBefore)
        assert (again.todo_id, again.seq, again.todo) == (request.todo_id, first.seq, first.todo)
        assert again.note == {"request": "Water the plants", "verdict": "applied", "reason": None, "clashes": {}}
        (stream,) = await rows(database, "SELECT live FROM streams WHERE owner_id = :owner", owner=author.owner_id)
        assert stream["live"] == 1

    async def test_merges_what_two_devices_changed(self, database: Database, keys: DataKeys, author: Author) -> None:
        """A peer's real bug: a rename on one device was lost when another marked the todo done."""
        created = creation(author)
        await write(database, keys, created)
        done = Operation(Kind.UPDATE, {"completed": Change(to=True, base=False)}, base_version=1)
        renamed = Operation(Kind.UPDATE, {"title": Change("Feed the cat", base="Water the plants")}, base_version=1)

        await write(database, keys, Write(author, created.todo_id, done))
        written = await write(database, keys, Write(author, created.todo_id, renamed))

        assert isinstance(written, Written)
        assert written.outcome.verdict is Verdict.MERGED
        assert written.todo is not None
        assert (written.todo["title"], written.todo["completed"]) == ("Feed the cat", True)

    async def test_keeps_what_a_late_device_wrote_elsewhere_when_it_clashes(
        self, database: Database, keys: DataKeys, author: Author
    ) -> None:
        created = creation(author)
        await write(database, keys, created)
        one = Operation(Kind.UPDATE, {"title": Change("Feed the cat", base="Water the plants")}, base_version=1)
        other = Operation(Kind.UPDATE, {"title": Change("Feed the dog", base="Water the plants")}, base_version=1)
        late = Write(author, created.todo_id, other, op_id=uuid4())

        await write(database, keys, Write(author, created.todo_id, one))
        first, again = await write(database, keys, late), await write(database, keys, late)

        assert isinstance(first, Written)
        assert first.outcome.verdict is Verdict.CONFLICT
        assert first.todo is not None
        assert first.todo["title"] == "Feed the cat"
        assert isinstance(again, WrittenBefore)
        clash = {"base": "Water the plants", "yours": "Feed the dog", "stored": "Feed the cat"}
        assert (again.note["verdict"], again.note["clashes"]) == ("conflict", {"title": clash})


class TestDelete:
    async def test_that_has_not_seen_the_last_edit_takes_nothing_unless_forced(
        self, database: Database, keys: DataKeys, author: Author
    ) -> None:
        created = creation(author)
        await write(database, keys, created)
        await write(database, keys, Write(author, created.todo_id, Operation(Kind.UPDATE, {"title": Change("Two")})))

        unseen = await write(database, keys, Write(author, created.todo_id, Operation(Kind.DELETE, base_version=1)))
        forced = await write(
            database, keys, Write(author, created.todo_id, Operation(Kind.DELETE, base_version=1, force=True))
        )

        assert isinstance(unseen, Written)
        assert isinstance(forced, Written)
        assert (unseen.outcome.verdict, unseen.seq) == (Verdict.CONFLICT, 2)
        assert unseen.todo is not None
        assert unseen.todo["title"] == "Two"
        assert (forced.outcome.verdict, forced.seq) == (Verdict.MERGED, 4)
        assert forced.todo is not None
        assert forced.todo["deleted_at"] is not None


class TestRestore:
    async def test_brings_back_all_that_the_delete_took(
        self, database: Database, keys: DataKeys, author: Author
    ) -> None:
        fields = {
            "title": "Water the plants",
            "description": "All of them",
            "completed": True,
            "priority": "high",
            "due": {"at": "2026-11-22T17:30:00Z", "zone": "Europe/Berlin"},
            "tags": ["home"],
            "position": "a0",
        }
        operation = Operation(Kind.CREATE, {name: Change(value) for name, value in fields.items()})
        created = await write(database, keys, Write(author, todo_id := uuid4(), operation))
        await write(database, keys, Write(author, todo_id, Operation(Kind.DELETE)))

        restored = await write(database, keys, Write(author, todo_id, Operation(Kind.RESTORE)))

        assert isinstance(created, Written)
        assert isinstance(restored, Written)
        assert created.todo is not None
        assert restored.todo is not None
        changed = {"version", "updated_at"}
        assert {name: value for name, value in restored.todo.items() if name not in changed} == {
            name: value for name, value in created.todo.items() if name not in changed
        }
        (stream,) = await rows(database, "SELECT live FROM streams WHERE owner_id = :owner", owner=author.owner_id)
        assert (restored.todo["version"], stream["live"]) == (3, 1)

    async def test_brings_nothing_back_that_is_purged(self, database: Database, keys: DataKeys, author: Author) -> None:
        created = creation(author)
        await write(database, keys, created)
        await write(database, keys, Write(author, created.todo_id, Operation(Kind.DELETE)))
        await execute(database, "UPDATE history SET sealed = '' WHERE owner_id = :owner", owner=author.owner_id)

        restored = await write(database, keys, Write(author, created.todo_id, Operation(Kind.RESTORE)))

        assert isinstance(restored, Written)
        assert restored.outcome.reason is Reason.PURGED

    async def test_adds_to_what_an_owner_may_have(self, database: Database, keys: DataKeys, author: Author) -> None:
        created = creation(author)
        await write(database, keys, created)
        await write(database, keys, Write(author, created.todo_id, Operation(Kind.DELETE)))
        await write(database, keys, creation(author, "In its place"))

        with pytest.raises(TooManyTodos):
            await write(database, keys, Write(author, created.todo_id, Operation(Kind.RESTORE), limit=1))


class TestFirstWrite:
    async def test_of_many_at_once_makes_one_owner(
        self, client: httpx.AsyncClient, database: Database, user_id: UUID
    ) -> None:
        answers = await all_at_once(
            [patiently(lambda: client.post("/todos", json={"title": "first"})) for _ in range(8)]
        )

        assert {answer.status_code for answer in answers} == {201}
        assert len(await rows(database, "SELECT 1 FROM data_keys WHERE owner_id = :owner", owner=user_id)) == 1
        assert len((await client.get("/todos")).json()["items"]) == 8

    async def test_that_fails_leaves_no_key_behind_that_later_writes_would_use(
        self, start: Start, sign_in: SignIn, ring: KeyRing, user_id: UUID
    ) -> None:
        """A key that was never committed must not seal anything: nobody could open it after a restart."""
        async with start() as app:
            client = sign_in(user_id, to=app)
            app.state.settings = app.state.settings.model_copy(update={"todos_per_owner": 0})
            refused = await client.post("/todos", json={"title": "refused"})
            app.state.settings = app.state.settings.model_copy(update={"todos_per_owner": 10})
            await client.post("/todos", json={"title": "accepted"})
            app.state.data_keys = DataKeys(ring)  # as after a restart

            response = await client.get("/todos")

        assert slug(refused) == "too-many-todos"
        assert [todo["title"] for todo in response.json()["items"]] == ["accepted"]

    async def test_after_a_restore_does_not_use_the_key_from_before(
        self, sign_in: SignIn, start: Start, ring: KeyRing, database: Database, user_id: UUID
    ) -> None:
        async with start() as app:
            client = sign_in(user_id, to=app)
            await client.post("/todos", json={"title": "lost"})
            # The database is put back to before the first write while this process goes on.
            for table in ("todos", "history", "data_keys", "streams"):
                await execute(database, f"DELETE FROM {table} WHERE owner_id = :owner", owner=user_id)  # noqa: S608
            await client.post("/todos", json={"title": "found"})
            app.state.data_keys = DataKeys(ring)

            response = await client.get("/todos")

        assert [todo["title"] for todo in response.json()["items"]] == ["found"]

    async def test_of_an_erased_owner_is_refused(
        self, client: httpx.AsyncClient, todo: Todo, database: Database, user_id: UUID
    ) -> None:
        await execute(database, "UPDATE streams SET erased_at = now() WHERE owner_id = :owner", owner=user_id)

        written = await client.post("/todos", json={"title": "Still here"})
        read = await client.get(f"/todos/{todo['id']}")
        listed = await client.get("/todos")

        assert (written.status_code, slug(written)) == (410, "account-erased")
        assert slug(read) == "todo-not-found"
        assert listed.json()["items"] == []


class TestDamage:
    """What is stored is not what was sealed there."""

    @pytest.fixture
    async def swapped(self, add_todo: AddTodo, database: Database) -> Todo:
        """A todo that has got the sealed text of another one of the same owner."""
        todo, other = await add_todo(SECRET), await add_todo("Feed the cat")
        await execute(
            database,
            "UPDATE todos SET sealed = (SELECT sealed FROM todos WHERE id = :other) WHERE id = :id",
            id=todo["id"],
            other=other["id"],
        )
        return todo

    async def test_is_a_problem_and_a_line_in_the_log(self, client: httpx.AsyncClient, swapped: Todo) -> None:
        with capture_logs() as logged:
            response = await client.get(f"/todos/{swapped['id']}")

        assert (response.status_code, slug(response)) == (500, "todo-unreadable")
        (line,) = [line for line in logged if line["event"] == "todo.unreadable"]
        assert (line["log_level"], line["todo_id"]) == ("error", swapped["id"])
        assert "Feed the cat" not in response.text

    async def test_is_not_left_out_of_a_list(self, client: httpx.AsyncClient, swapped: Todo) -> None:
        assert slug(await client.get("/todos")) == "todo-unreadable"
        assert swapped

    async def test_is_not_written_over(self, client: httpx.AsyncClient, swapped: Todo, database: Database) -> None:
        response = await client.put(f"/todos/{swapped['id']}", json={"title": "New", "version": 1})

        assert slug(response) == "todo-unreadable"
        (row,) = await rows(database, "SELECT version FROM todos WHERE id = :id", id=swapped["id"])
        assert row["version"] == 1

    async def test_of_a_data_key_is_a_problem_too(
        self, start: Start, sign_in: SignIn, user_id: UUID, todo: Todo, database: Database
    ) -> None:
        await execute(
            database, "UPDATE data_keys SET wrapped = :key WHERE owner_id = :owner", key=new_key(), owner=user_id
        )

        async with start() as app:
            response = await sign_in(user_id, to=app).get(f"/todos/{todo['id']}")

        assert slug(response) == "todo-unreadable"


class TestLogs:
    async def test_hold_no_text_even_when_a_write_crashes(
        self, client: httpx.AsyncClient, todo: Todo, database: Database, user_id: UUID
    ) -> None:
        taken = "INSERT INTO history (owner_id, seq, todo_id, version, kind, session_id, at, key_version, sealed) "
        values = "VALUES (:owner, 2, :owner, 1, 'create', :owner, now(), 1, '')"
        await execute(database, taken + values, owner=user_id)

        with capture_logs() as logged:
            response = await client.put(f"/todos/{todo['id']}", json={"title": SECRET, "version": 1})

        assert slug(response) == "internal-error"
        assert any(line["event"] == "request.crashed" for line in logged)
        assert SECRET not in "".join(f"{line} {line.get('exc_info')!s}" for line in logged)
