"""Servers for tests, on loopback and in this process: ASGI applications, and services that answer as they are told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

Header = tuple[bytes, bytes]


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # the test run's own are left alone


@asynccontextmanager
async def serving(app: ASGIApp, *, protocol: type[asyncio.Protocol] | None = None) -> AsyncIterator[int]:
    """The port on which the application is served until the block ends."""
    config = uvicorn.Config(
        app,
        port=0,
        http=protocol or "httptools",
        ws="none",
        lifespan="on",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started or task.done(), within=60)
    assert server.started
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task
        await settle()


@dataclass(frozen=True)
class Asked:
    """A request as a service got it."""

    method: str
    target: bytes
    headers: list[Header]
    body: bytes

    def all(self, name: str) -> list[bytes]:
        return [value for key, value in self.headers if key == name.encode()]


@dataclass(frozen=True)
class Running:
    """An application that is being served."""

    port: int
    client: httpx.AsyncClient
    app: Any = None


Run = Callable[..., AbstractAsyncContextManager[Running]]
Answer = Callable[[Scope, Receive, Send], Awaitable[None]]


async def read_body(receive: Receive) -> bytes:
    """All of it, or what came before the client left."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def respond(send: Send, body: bytes = b"", *, status: int = 200, headers: tuple[Header, ...] = ()) -> None:
    named = {name for name, _ in headers}
    length = [] if b"content-length" in named or status == 204 else [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": body})


_EPOCH = uuid4()


def revocations(*session_ids: UUID) -> dict[str, Any]:
    """What auth says of these sessions, if they are all that have ended."""
    until = datetime.now(UTC) + timedelta(minutes=10)
    items = [
        {"sequence": number, "session_id": each, "user_id": uuid4(), "not_before": None, "until": until}
        for number, each in enumerate(session_ids, start=1)
    ]
    return {"epoch": _EPOCH, "sequence": len(items), "items": items}


def revoked_key(kid: str) -> dict[str, Any]:
    """What auth says if it has taken this key away, and nobody has signed out."""
    said = revocations(UUID(int=0))
    item = said["items"][0] | {"user_id": UUID(int=0), "kid": kid}
    return said | {"items": [item]}


@dataclass
class Service:
    """A service in miniature. `answer` may be replaced by a test; `asked` remembers whole requests."""

    asked: list[Asked] = field(default_factory=list)
    answer: Answer | None = None
    openapi: dict[str, Any] = field(default_factory=lambda: {"openapi": "3.1.0", "paths": {}})
    jwks: dict[str, Any] = field(default_factory=dict)
    revocations: dict[str, Any] = field(default_factory=revocations)

    def forget(self) -> None:
        """What one test asked and arranged."""
        self.asked.clear()
        self.answer = None
        self.openapi = {"openapi": "3.1.0", "paths": {}}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["path"] == "/openapi.json":
            await respond(send, orjson.dumps(self.openapi))
        elif scope["path"] == "/jwks.json":
            await respond(send, orjson.dumps(self.jwks))
        elif scope["path"] == "/revocations.json":
            await respond(send, orjson.dumps(self.revocations))
        elif self.answer is not None:
            await self.answer(scope, receive, send)
        else:
            await self._remember(scope, receive)
            await respond(send, b'{"from":"the service"}', headers=((b"content-type", b"application/json"),))

    async def _remember(self, scope: Scope, receive: Receive) -> None:
        query: bytes = scope["query_string"]
        target = scope["raw_path"] + (b"?" + query if query else b"")
        self.asked.append(Asked(scope["method"], target, list(scope["headers"]), await read_body(receive)))


async def _live(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


@asynccontextmanager
async def speaking(talk: Talk) -> AsyncIterator[int]:
    """The port of a server that says on each connection what `talk` says, HTTP or not."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await settle()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await settle()


def answering(*pieces: bytes) -> Talk:
    """Reads one request after another, and answers each with these bytes."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            for piece in pieces:
                writer.write(piece)
                await writer.drain()

    return talk


async def until(condition: Callable[[], object], *, within: float = 5.0) -> None:
    """Return when the condition holds."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 (what is waited for tells nobody)
            await asyncio.sleep(0.001)


async def settle() -> None:
    """Let connections that are just being accepted or closed come to that."""
    for _ in range(10):
        await asyncio.sleep(0)


async def say(port: int, data: bytes, *, within: float = 5.0) -> bytes:
    """Send these bytes, and give what comes back until the other side closes or nothing more is due."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        async with asyncio.timeout(within):
            return await reader.read(-1)
    finally:
        writer.transport.abort()
