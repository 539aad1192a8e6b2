import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from services.todos.tests.support import EVERY_ENDPOINT, AddTodo, Endpoint, SignIn
from services.todos.tests.support import Todo as SentTodo
from sqlalchemy import event, insert, select, text

from chassis.database import Database
from chassis.encryption import KeyRing
from todos_service.owners import service as owners
from todos_service.owners.models import Stream
from todos_service.settings import Settings
from todos_service.todos import repository
from todos_service.todos.documents import TodoDocument, to_columns
from todos_service.todos.models import Todo

TABLES = {"streams", "data_keys", "todos", "history", "operations"}


CROWD = (
    "INSERT INTO streams (owner_id) SELECT gen_random_uuid() FROM generate_series(1, 3000)",
    "INSERT INTO data_keys (owner_id, version, wrapped) SELECT owner_id, 1, '' FROM streams ON CONFLICT DO NOTHING",
    """INSERT INTO todos (owner_id, id, seq, version, key_version, sealed, completed, priority, position,
                          created_at, updated_at)
       SELECT owner_id, gen_random_uuid(), 1, 1, 1, '', random() < 0.5, 0, md5(random()::text), now(), now()
       FROM streams""",
    """INSERT INTO history (owner_id, seq, todo_id, version, kind, session_id, at, key_version, sealed)
       SELECT owner_id, 1000000, owner_id, 1, 'create', owner_id, now(), 1, '' FROM streams""",
    """INSERT INTO operations (owner_id, op_id, todo_id, seq, verdict, at, key_version, sealed)
       SELECT owner_id, gen_random_uuid(), owner_id, 1, 'applied', now(), 1, '' FROM streams""",
    *(f"ANALYZE {table}" for table in sorted(TABLES)),
)


@pytest.fixture(scope="module")
async def crowd(settings: Settings, database: Database) -> Database:
    """A few thousand rows of other people in each table, so that reading a whole one would never be cheaper."""
    # A connection that may take as long as it needs: the application's may not.
    connection = await asyncpg.connect(settings.database.url.get_secret_value())
    await connection.execute("SET statement_timeout = 0")
    for statement in CROWD:
        await connection.execute(statement)
    await connection.close()
    return database


@pytest.fixture(scope="module")
async def busy_owner(crowd: Database, ring: KeyRing) -> UUID:
    """Somebody with a thousand todos."""
    owner_id = uuid4()
    await make_owner(crowd, ring, owner_id)
    now = datetime.now(UTC)
    async with crowd.transaction() as tx:
        epoch = await tx.scalar(select(Stream.epoch).where(Stream.owner_id == owner_id))
        assert epoch is not None
        keys = await owners.DataKeys(ring).of(tx, owner_id=owner_id, epoch=epoch)
        todos = []
        for number in range(1000):
            document: TodoDocument = {
                "id": str(uuid4()),
                "title": f"Number {number}",
                "description": "",
                "completed": number % 2 == 0,
                "completed_at": None,
                "priority": "none",
                "due": None,
                "position": f"b{number}",
                "tags": [],
                "version": 1,
                "created_at": now,
                "updated_at": now,
                "deleted_at": None,
            }
            todos.append({"owner_id": owner_id, "id": document["id"], "seq": 1, **to_columns(document, keys)})
        await tx.execute(insert(Todo), todos)
        await tx.execute(text("ANALYZE todos"))
    return owner_id


@contextmanager
def statements(database: Database) -> Iterator[dict[str, tuple[Any, ...]]]:
    """Every statement that reaches the database, with the values it came with."""
    seen: dict[str, tuple[Any, ...]] = {}
    engine = database.engine.sync_engine

    def remember(_c: object, _cursor: object, statement: str, values: tuple[Any, ...], *_: object) -> None:
        seen.setdefault(statement, values)

    event.listen(engine, "before_cursor_execute", remember)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", remember)


async def plan_of(database: Database, statement: str, values: tuple[Any, ...]) -> dict[str, Any]:
    async with database.reads() as reads:
        connection = (await reads.get_raw_connection()).driver_connection
        assert isinstance(connection, asyncpg.Connection)
        explained = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *values)
    plan: dict[str, Any] = explained[0]["Plan"]
    return plan


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


LISTS = tuple(
    Endpoint("GET", f"/todos?limit=20&status={status}{cursor}")
    for status in ("all", "active", "done")
    for cursor in ("", "&cursor=WyJhMCIsIjAxOTM5YjRjLTRhNmUtN2IzYy05ZDU1LTBmNmEyYjFjM2Q0ZSJd")
)


class TestRequestPath:
    @pytest.mark.parametrize("endpoint", [*EVERY_ENDPOINT, *LISTS], ids=str)
    async def test_finds_every_row_by_an_index(
        self, crowd: Database, sign_in: SignIn, busy_owner: UUID, endpoint: Endpoint
    ) -> None:
        client = sign_in(busy_owner)
        todo = (await client.post("/todos", json={"title": "One of many"})).json()

        with statements(crowd) as seen:
            response = await endpoint.call(client, todo["id"])

        assert response.is_success
        assert seen
        for statement, values in seen.items():
            plan = await plan_of(crowd, statement, values)
            scanned = [node for node in nodes(plan) if node["Node Type"] == "Seq Scan"]
            assert not [node["Relation Name"] for node in scanned if node["Relation Name"] in TABLES], statement
            sorts = [node for node in nodes(plan) if "Sort" in node["Node Type"]]
            assert all(node["Plan Rows"] <= 201 for node in sorts), statement

    async def test_names_the_owner_in_every_statement(
        self, database: Database, client: httpx.AsyncClient, add_todo: AddTodo, user_id: UUID
    ) -> None:
        with statements(database) as seen:
            todo = await add_todo()
            for endpoint in EVERY_ENDPOINT:
                await endpoint.call(client, todo["id"])

        assert all(user_id in values for values in seen.values())

    async def test_writes_in_two_statements(
        self, database: Database, client: httpx.AsyncClient, todo: SentTodo
    ) -> None:
        with statements(database) as seen:
            await client.patch(f"/todos/{todo['id']}/toggle")

        assert [statement.split()[0:2] for statement in seen] == [["WITH", "advanced"], ["WITH", "stored"]]

    async def test_reads_a_list_in_one_statement(
        self, database: Database, client: httpx.AsyncClient, todo: SentTodo
    ) -> None:
        with statements(database) as seen:
            await client.get("/todos")

        assert len(seen) == 1
        assert todo


async def make_owner(database: Database, ring: KeyRing, owner_id: UUID) -> None:
    async with database.transaction() as tx:
        await owners.add(tx, ring, owner_id=owner_id)


@pytest.fixture
async def owner_id(database: Database, ring: KeyRing) -> UUID:
    owner_id = uuid4()
    await make_owner(database, ring, owner_id)
    return owner_id


async def store(tx: Any, owner_id: UUID, todo_id: UUID, *, seq: int, version: int) -> None:
    now = datetime.now(UTC)
    columns = dict.fromkeys(("completed_at", "due_date", "due_at", "due_zone", "deleted_at"))
    await repository.store(
        tx,
        owner_id=owner_id,
        todo_id=todo_id,
        seq=seq,
        columns=columns
        | {"sealed": b"", "key_version": 1, "version": version, "completed": False, "priority": 0, "position": "a0"}
        | {"created_at": now, "updated_at": now},
        gained=1 if version == 1 else 0,
        telling=repository.Telling("update", None, owner_id, b""),
    )


class TestTakeTurn:
    @pytest.fixture
    async def waiting(self, database: Database, owner_id: UUID) -> tuple[UUID, "asyncio.Task[Any]"]:
        """Somebody who began to wait for a turn while another write was under way, which is committed by now."""
        todo_id = uuid4()

        async def wait() -> Any:
            async with database.transaction() as tx:
                return await repository.take_turn(tx, owner_id=owner_id, todo_id=todo_id, op_id=None)

        async with database.transaction() as tx:
            turn = await repository.take_turn(tx, owner_id=owner_id, todo_id=todo_id, op_id=None)
            assert turn is not None
            waiting = asyncio.create_task(wait())
            await self.until_it_waits(database, waiting)
            await store(tx, owner_id, todo_id, seq=turn.seq, version=1)
        return todo_id, waiting

    @staticmethod
    async def until_it_waits(database: Database, waiting: "asyncio.Task[Any]") -> None:
        query = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')")
        async with database.reads() as reads:
            while not await reads.scalar(query):
                assert not waiting.done()
                await asyncio.sleep(0.01)

    async def test_shows_what_was_committed_while_waiting(self, waiting: tuple[UUID, "asyncio.Task[Any]"]) -> None:
        todo_id, task = waiting

        turn = await task

        assert (turn.seq, turn.row.id, turn.row.version) == (2, todo_id, 1)

    async def test_belongs_to_nobody_without_a_stream(self, database: Database) -> None:
        async with database.transaction() as tx:
            assert await repository.take_turn(tx, owner_id=uuid4(), todo_id=uuid4(), op_id=None) is None

    async def test_of_one_owner_does_not_keep_another_waiting(
        self, database: Database, ring: KeyRing, owner_id: UUID
    ) -> None:
        other = uuid4()
        await make_owner(database, ring, other)
        async with database.transaction() as one, database.transaction() as two:
            await repository.take_turn(one, owner_id=owner_id, todo_id=uuid4(), op_id=None)

            turn = await repository.take_turn(two, owner_id=other, todo_id=uuid4(), op_id=None)

        assert turn is not None
