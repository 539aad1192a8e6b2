"""People who keep todos, and the ways their surroundings misbehave."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import orjson
from fastapi import FastAPI
from sqlalchemy import RowMapping, insert, select, text
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.database import Database
from chassis.encryption import KeyRing
from todos_service.owners import service as owners
from todos_service.owners.models import Stream
from todos_service.todos.documents import TodoDocument, to_columns
from todos_service.todos.models import Todo as TodoRow

Todo = dict[str, Any]
# A client that is signed in as that user, or as somebody new.
SignIn = Callable[..., httpx.AsyncClient]
# Adds a todo with that title and those fields for the user of the test, and gives the answer.
AddTodo = Callable[..., Awaitable[Todo]]
# The application, built and running with some settings replaced.
Start = Callable[..., AbstractAsyncContextManager[FastAPI]]

# A broker nobody runs.
NOWHERE = "amqp://nobody@127.0.0.1:1/"
# The id of no todo.
NOTHING = "01939b4c-4a6e-7b3c-9d55-0f6a2b1c3d4e"


def key_file(folder: Path, *names: str) -> Path:
    """A file of key-encryption keys. The same name is the same key in every run, like the database behind it."""
    file = folder / "key-encryption-keys"
    keys = {name: base64.urlsafe_b64encode(name.encode().ljust(32, b".")).decode() for name in names}
    file.write_text("".join(f"{name} {key}\n" for name, key in keys.items()))
    return file


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[FastAPI]:
    async with app.router.lifespan_context(app):
        yield app


async def eventually(check: Callable[[], Awaitable[bool]], *, seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not await check():  # noqa: ASYNC110 (what is waited for happens in an engine, which sends no event)
            await asyncio.sleep(0.05)


async def is_ready(app: FastAPI) -> bool:
    return not await app.state.health.failures()


async def rows(database: Database, query: str, **values: object) -> Sequence[RowMapping]:
    """What is really stored."""
    async with database.reads() as reads:
        return (await reads.execute(text(query), values)).mappings().all()


async def execute(database: Database, statement: str, **values: object) -> None:
    async with database.transaction() as tx:
        await tx.execute(text(statement), values)


async def add_many(database: Database, ring: KeyRing, owner_id: UUID, count: int) -> None:
    """So many todos, "Number 0" and so on, of a new owner; every second one is done. Quicker than asking for each."""
    now = datetime.now(UTC)
    async with database.transaction() as tx:
        await owners.add(tx, ring, owner_id=owner_id)
        epoch = await tx.scalar(select(Stream.epoch).where(Stream.owner_id == owner_id))
        assert epoch is not None
        keys = await owners.DataKeys(ring).of(tx, owner_id=owner_id, epoch=epoch)
        todos = []
        for number in range(count):
            document: TodoDocument = {
                "id": str(uuid4()),
                "title": f"Number {number}",
                "description": "",
                "completed": number % 2 == 0,
                "completed_at": None,
                "priority": "none",
                "due": {"date": "2026-11-22"} if number % 3 == 0 else None,
                "position": f"b{number}",
                "tags": [],
                "recurrence": None,
                "version": 1,
                "created_at": now,
                "updated_at": now,
                "deleted_at": None,
            }
            todos.append({"owner_id": owner_id, "id": document["id"], "seq": 1, **to_columns(document, keys)})
        # A statement may only take so long.
        for begin in range(0, count, 200):
            await tx.execute(insert(TodoRow), todos[begin : begin + 200])
    # Over a connection that may take as long as it needs: the application's may not.
    connection = await asyncpg.connect(database.engine.url.set(drivername="postgresql").render_as_string(False))
    await connection.execute("SET statement_timeout = 0; ANALYZE todos")
    await connection.close()


def slug(response: httpx.Response) -> str:
    """Which problem an answer is."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    document: dict[str, Any] = response.json()
    assert document["status"] == response.status_code
    return str(document["type"]).removeprefix("urn:problem:")


async def titles(client: httpx.AsyncClient, **query: Any) -> list[str]:
    """Of a page of the list, in its order."""
    response = await client.get("/todos", params=query)
    assert response.status_code == 200, response.text
    return [todo["title"] for todo in response.json()["items"]]


async def all_at_once(calls: Sequence[Awaitable[httpx.Response]]) -> list[httpx.Response]:
    return await asyncio.gather(*calls)


async def patiently(
    call: Callable[[], Awaitable[httpx.Response]], *, statuses: Container[int] = (503,)
) -> httpx.Response:
    """Ask again when told that it was too much at once: on a busy machine a lock can take longer than it may.

    What may be done twice may also be asked again after a 504, which leaves open whether it was done.
    """
    while (response := await call()).status_code in statuses:
        assert response.status_code != 503 or response.headers["retry-after"]
    return response


@dataclass
class AtResponse:
    """Looks at the world at the moment an answer begins to leave, before anybody can have seen it."""

    app: ASGIApp
    look: Callable[[], Awaitable[None]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_and_look(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self.look()
            await send(message)

        await self.app(scope, receive, send_and_look)


@dataclass(frozen=True)
class Endpoint:
    """One thing that can be asked of a todo by its id, in a form that would work for its owner."""

    method: str
    path: str
    body: dict[str, Any] | None = None

    async def call(self, client: httpx.AsyncClient, todo_id: str | UUID | None = None) -> httpx.Response:
        of = str(todo_id or uuid4())
        path, body = self.path.replace("{todo_id}", of), orjson.dumps(self.body).replace(b"{todo_id}", of.encode())
        headers = {"Content-Type": "application/json"}
        return await client.request(self.method, path, content=body if self.body is not None else None, headers=headers)


OF_ONE_TODO = (
    Endpoint("GET", "/todos/{todo_id}"),
    Endpoint("PUT", "/todos/{todo_id}", {"title": "Mine now", "version": 1}),
    Endpoint("PATCH", "/todos/{todo_id}", {"title": "Mine now", "version": 1}),
    Endpoint("DELETE", "/todos/{todo_id}", {"version": 1}),
    Endpoint("PATCH", "/todos/{todo_id}/toggle", {}),
)
# Also of a todo that was deleted.
OF_ITS_PAST = (Endpoint("GET", "/todos/{todo_id}/history"), Endpoint("POST", "/todos/{todo_id}/restore"))
UNDO = Endpoint("POST", "/todos/{todo_id}/undo", {"seq": 1, "version": 1})
_EXPORTED = {
    "id": "01939b4c-4a6e-7b3c-9d55-0f6a2b1c3d50",
    "title": "Water the plants",
    "position": "a0",
    "created_at": "2026-11-22T17:30:00Z",
    "updated_at": "2026-11-22T17:30:00Z",
}
OF_MANY = (
    Endpoint("POST", "/todos/bulk", {"action": "complete", "ids": ["{todo_id}"]}),
    Endpoint("GET", "/todos/export"),
    Endpoint("POST", "/todos/import", {"format": "daybook.todos", "version": 1, "todos": [_EXPORTED]}),
)
OF_CALENDARS = (
    Endpoint("POST", "/todos/calendar"),
    Endpoint("GET", "/todos/calendar"),
    Endpoint("DELETE", "/todos/calendar"),
)
OF_SYNC = (
    Endpoint("GET", "/sync/changes"),
    Endpoint(
        "POST",
        "/sync/operations",
        {
            "operations": [
                {
                    "op_id": "01939b4c-4a6e-7b3c-9d55-0f6a2b1c3d4e",
                    "todo_id": "01939b4c-4a6e-7b3c-9d55-0f6a2b1c3d4f",
                    "kind": "create",
                    "changes": {"title": {"from": None, "to": "Water the plants"}},
                }
            ]
        },
    ),
)
# Those that answer with success if everything is well, in an order in which that is so for one todo after the other.
EVERY_ENDPOINT = (
    Endpoint("GET", "/todos"),
    Endpoint("GET", "/todos/trash"),
    Endpoint("POST", "/todos", {"title": "Water the plants"}),
    *OF_ONE_TODO,
    *OF_ITS_PAST,
    *OF_SYNC,
    *OF_MANY,
    *OF_CALENDARS,
)
# It has no end.
STREAM = Endpoint("GET", "/sync/stream")
# Everything that asks who one is.
EVERY_DOOR = (*EVERY_ENDPOINT, UNDO, STREAM)
