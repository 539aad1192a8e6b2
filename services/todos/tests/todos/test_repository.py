from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from services.todos.tests.support import EVERY_ENDPOINT, AddTodo, Endpoint, SignIn, add_many
from services.todos.tests.support import Todo as SentTodo
from sqlalchemy import event

from chassis.database import Database
from chassis.encryption import KeyRing
from todos_service.owners import service as owners
from todos_service.settings import Settings

TABLES = {"streams", "data_keys", "todos", "history", "operations"}


CROWD = (
    "INSERT INTO streams (owner_id) SELECT gen_random_uuid() FROM generate_series(1, 3000)",
    "INSERT INTO data_keys (owner_id, version, wrapped) SELECT owner_id, 1, '' FROM streams ON CONFLICT DO NOTHING",
    """INSERT INTO todos (owner_id, id, seq, version, key_version, sealed, completed, priority, position,
                          created_at, updated_at)
       SELECT owner_id, gen_random_uuid(), 1, 1, 1, '', random() < 0.5, 0, md5(random()::text), now(), now()
       FROM streams CROSS JOIN generate_series(1, 10)""",
    """INSERT INTO history (owner_id, seq, todo_id, version, kind, session_id, at, key_version, sealed)
       SELECT owner_id, 1000000, owner_id, 1, 'create', owner_id, now(), 1, '' FROM streams""",
    """INSERT INTO operations (owner_id, op_id, todo_id, seq, verdict, at, key_version, sealed)
       SELECT owner_id, gen_random_uuid(), owner_id, 1, 'applied', now(), 1, '' FROM streams""",
    *(f"ANALYZE {table}" for table in sorted(TABLES)),
)


@pytest.fixture(scope="module")
async def crowd(settings: Settings, database: Database) -> Database:
    """Thousands of rows of other people in each table, so that reading a whole one would never be cheaper."""
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
    await add_many(crowd, ring, owner_id, 1000)
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


def assert_follows_indexes_of_the_owner(plan: dict[str, Any], statement: str) -> None:
    for node in nodes(plan):
        if node.get("Relation Name") in TABLES and "Scan" in node["Node Type"]:
            assert node["Node Type"] in {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}, statement
        if "Index Name" in node:
            assert "owner_id" in node["Index Cond"], statement


# By position, and by due date: a cursor, both of a todo in the middle.
POSITION, DUE = (
    "&cursor=WyJhMCIsIjAxOTM5YjRjLTRhNmUtN2IzYy05ZDU1LTBmNmEyYjFjM2Q0ZSJd",
    ("&cursor=WyJkdWUiLCIyMDI2LTExLTIyVDAwOjAwOjAwWiIsIjAxOTM5YjRjLTRhNmUtN2IzYy05ZDU1LTBmNmEyYjFjM2Q0ZSJd"),
)
LISTS = (
    *(
        Endpoint("GET", f"/todos?limit=20&status={status}{cursor}")
        for status in ("all", "active", "done")
        for cursor in ("", POSITION)
    ),
    Endpoint("GET", "/todos?limit=20&sort=-position"),
    *(Endpoint("GET", f"/todos?limit=20&sort=due{cursor}") for cursor in ("", DUE)),
    Endpoint("GET", "/todos?limit=20&sort=-due&due_before=2026-11-23T00:00:00Z"),
)
# No index has these orders, and what is sealed has to be opened: one owner's todos are read.
OF_ONE_OWNER = tuple(
    Endpoint("GET", f"/todos?limit=20&{query}")
    for query in (
        "sort=priority",
        "sort=-priority",
        "sort=created",
        "sort=-updated",
        "sort=title",
        "tag=home",
        "q=plants",
    )
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
            assert_follows_indexes_of_the_owner(plan, statement)
            sorts = [node for node in nodes(plan) if "Sort" in node["Node Type"]]
            assert all(node["Plan Rows"] <= 501 for node in sorts), statement

    @pytest.mark.parametrize("endpoint", OF_ONE_OWNER, ids=str)
    async def test_reads_no_more_than_one_owners_todos(
        self, crowd: Database, sign_in: SignIn, busy_owner: UUID, endpoint: Endpoint
    ) -> None:
        with statements(crowd) as seen:
            response = await endpoint.call(sign_in(busy_owner))

        assert response.is_success
        for statement, values in seen.items():
            plan = await plan_of(crowd, statement, values)
            assert_follows_indexes_of_the_owner(plan, statement)
            assert all(node["Plan Rows"] <= 2000 for node in nodes(plan)), statement

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
