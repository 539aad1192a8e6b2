"""People who use the auth service, and the ways its surroundings misbehave."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid4

import asyncpg
import httpx
from fastapi import FastAPI
from sqlalchemy import make_url

import auth_service
from auth_service.settings import PasswordSettings

APP = "https://app.test"
PASSWORD = "seven teal otters juggle"
MIGRATIONS = Path(auth_service.__file__).parent / "migrations"
# Nearly every test signs somebody in, and only a few are about what a hash costs.
CHEAP = PasswordSettings(memory_kib=64, passes=1)
# A broker nobody runs.
NOWHERE = "amqp://nobody@127.0.0.1:1/"


def key_file(folder: Path, *names: str) -> Path:
    """A file of key-encryption keys. The same name is the same key in every run, like the database behind it."""
    file = folder / "key-encryption-keys"
    file.write_text("".join(f"{name} {name.encode().ljust(32, b'.').hex()[:43]}\n" for name in names))
    return file


@asynccontextmanager
async def new_database(admin_url: str) -> AsyncIterator[str]:
    """The URL of a database with nothing in it, which is gone afterwards."""
    name = f"auth_{uuid4().hex[:12]}"
    plain = make_url(admin_url).set(drivername="postgresql")
    admin = await asyncpg.connect(plain.render_as_string(hide_password=False))
    await admin.execute(f"create database {name}")
    yield plain.set(database=name).render_as_string(hide_password=False)
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[FastAPI]:
    async with app.router.lifespan_context(app):
        yield app


@contextmanager
def exchanged(app: FastAPI, name: str, part: object) -> Iterator[None]:
    """The app with another part in the place of one of its own."""
    own = getattr(app.state, name)
    setattr(app.state, name, part)
    try:
        yield
    finally:
        setattr(app.state, name, own)


async def eventually(check: Callable[[], Awaitable[bool]], *, seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not await check():  # noqa: ASYNC110 (what is waited for happens in an engine, which sends no event)
            await asyncio.sleep(0.05)


async def is_ready(app: FastAPI) -> bool:
    return not await app.state.health.failures()


def client_of(app: FastAPI, **headers: str) -> httpx.AsyncClient:
    """A browser on a page of ours."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False, client=("192.0.2.1", 4711)),
        base_url="https://auth.test",
        headers={"Origin": APP, "Content-Type": "application/json", **headers},
    )


COOKIE = "__Host-daybook_refresh"


@dataclass
class Person:
    """Somebody with an account, signed in in one browser."""

    client: httpx.AsyncClient
    email: str = field(default_factory=lambda: f"ada.{uuid4().hex}@example.com")
    password: str = PASSWORD
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return UUID(self.answer["user"]["id"])

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.answer['access_token']}"}

    @property
    def refresh_token(self) -> str:
        return self.client.cookies[COOKIE]

    def hold(self, token: str) -> None:
        """Put a refresh token where the browser's cookie is."""
        self.client.cookies.clear()
        self.client.cookies.set(COOKIE, token, domain="auth.test")

    async def register(self) -> httpx.Response:
        return self._take(
            await self.client.post("/auth/register", json={"email": self.email, "password": self.password})
        )

    async def sign_in(self, **changes: str) -> httpx.Response:
        return self._take(
            await self.client.post("/auth/login", json={"email": self.email, "password": self.password} | changes)
        )

    async def refresh(self, token: str | None = None, **headers: str) -> httpx.Response:
        """With the token the browser holds, or with another one, which it then holds."""
        if token is not None:
            self.hold(token)
        return self._take(await self.client.post("/auth/refresh", content="{}", headers=headers))

    async def me(self) -> httpx.Response:
        return await self.client.get("/auth/me", headers=self.bearer)

    def _take(self, response: httpx.Response) -> httpx.Response:
        if response.is_success:
            self.answer = response.json()
        return response


class Line:
    """A connection to an engine that can be cut: a port that refuses until `connect` is called."""

    def __init__(self, url: str) -> None:
        target = make_url(url)
        self._target = target.host, target.port
        self._server: asyncio.Server | None = None
        self._pumps: set[asyncio.Task[None]] = set()
        self._port = 0
        self._url = target

    async def __aenter__(self) -> Self:
        # Ask for a free port, and leave it alone for now.
        server = await asyncio.start_server(self._forward, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.cut()

    @property
    def url(self) -> str:
        return self._url.set(host="127.0.0.1", port=self._port).render_as_string(hide_password=False)

    async def connect(self) -> None:
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", self._port)

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            pump = asyncio.create_task(_pump(source, sink))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
    finally:
        sink.close()
