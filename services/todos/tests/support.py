"""People who keep todos, and the ways their surroundings misbehave."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import RowMapping, text
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.database import Database

Todo = dict[str, Any]
# A client that is signed in as that user, or as somebody new.
SignIn = Callable[..., httpx.AsyncClient]
# Adds a todo with that title and those fields for the user of the test, and gives the answer.
AddTodo = Callable[..., Awaitable[Todo]]
# The application, built and running with some settings replaced.
Start = Callable[..., AbstractAsyncContextManager[FastAPI]]

# A broker nobody runs.
NOWHERE = "amqp://nobody@127.0.0.1:1/"


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


def slug(response: httpx.Response) -> str:
    """Which problem an answer is."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    document: dict[str, Any] = response.json()
    assert document["status"] == response.status_code
    return str(document["type"]).removeprefix("urn:problem:")


async def all_at_once(calls: Sequence[Awaitable[httpx.Response]]) -> list[httpx.Response]:
    return await asyncio.gather(*calls)


async def patiently(call: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Ask again when told that it was too much at once: on a busy machine a lock can take longer than it may."""
    while (response := await call()).status_code == 503:
        assert response.headers["retry-after"]
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
        path = self.path.replace("{todo_id}", str(todo_id or uuid4()))
        return await client.request(self.method, path, json=self.body)


OF_ONE_TODO = (
    Endpoint("GET", "/todos/{todo_id}"),
    Endpoint("PUT", "/todos/{todo_id}", {"title": "Mine now", "version": 1}),
    Endpoint("PATCH", "/todos/{todo_id}", {"title": "Mine now", "version": 1}),
    Endpoint("DELETE", "/todos/{todo_id}", {"version": 1}),
    Endpoint("PATCH", "/todos/{todo_id}/toggle", {}),
)
EVERY_ENDPOINT = (Endpoint("GET", "/todos"), Endpoint("POST", "/todos", {"title": "Water the plants"}), *OF_ONE_TODO)
