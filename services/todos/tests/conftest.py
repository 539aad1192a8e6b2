"""The todos API on a real Postgres, called by people who sign in as somebody new in each test."""

import base64
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from tests.support.tokens import Issuer, SignToken

from chassis import logs, migrations
from chassis.database import Database
from chassis.encryption import KeyRing
from chassis.settings import BrokerSettings, DatabaseSettings, HttpSettings, LogSettings, TokenSettings
from chassis.tokens import KeySet, TokenVerifier
from todos_service.__main__ import MIGRATIONS
from todos_service.app import build
from todos_service.settings import Settings

# A client that is signed in as that user, or as somebody new.
SignIn = Callable[..., httpx.AsyncClient]
Todo = dict[str, Any]
AddTodo = Callable[..., Awaitable[Todo]]
# An application that was built and started with some settings replaced.
Start = Callable[..., AbstractAsyncContextManager[FastAPI]]


@pytest.fixture(scope="session", autouse=True)
def _logs() -> None:
    logs.configure("todos-test", LogSettings())


@pytest.fixture(scope="session")
async def database_url(todos_database_url: str) -> str:
    """A database that the migrations have been run on."""
    await migrations.upgrade(DatabaseSettings(url=todos_database_url), MIGRATIONS)  # type: ignore[arg-type]
    return todos_database_url


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("keys") / "key-encryption-keys"
    file.write_text(f"test {base64.urlsafe_b64encode(os.urandom(32)).decode()}\n")
    return file


@pytest.fixture(scope="session")
def ring(key_file: Path) -> KeyRing:
    return KeyRing.from_file(key_file)


@pytest.fixture(scope="session")
def settings(database_url: str, key_file: Path, token_settings: TokenSettings) -> Settings:
    return Settings(
        database=DatabaseSettings(url=database_url, pool_size=10, max_overflow=0),  # type: ignore[arg-type]
        broker=BrokerSettings(url="amqp://localhost:1"),  # type: ignore[arg-type]
        tokens=token_settings,
        key_encryption_key_file=key_file,
        http=HttpSettings(port=0),
    )


@pytest.fixture(scope="session")
def start(settings: Settings, token_issuer: Issuer) -> Start:
    async def fetch() -> dict[str, Any]:
        return {"keys": [token_issuer.public_jwk]}

    @asynccontextmanager
    async def start(**replaced: object) -> AsyncIterator[FastAPI]:
        app = build(settings.model_copy(update=replaced))
        async with app.router.lifespan_context(app):
            app.state.tokens = TokenVerifier(settings.tokens, KeySet(fetch))
            yield app

    return start


@pytest.fixture(scope="session")
async def app(start: Start) -> AsyncIterator[FastAPI]:
    async with start() as app:
        yield app


@pytest.fixture(scope="session")
def database(app: FastAPI) -> Database:
    database: Database = app.state.database
    return database


@pytest.fixture
def user_id() -> UUID:
    return uuid4()


@pytest.fixture
async def sign_in(app: FastAPI, sign_token: SignToken) -> AsyncIterator[SignIn]:
    """Makes clients of the API; of another application than the usual one, if it is given."""
    clients: list[httpx.AsyncClient] = []

    def sign_in(user_id: UUID | None = None, *, to: FastAPI = app) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(to, raise_app_exceptions=False),
            base_url="http://todos.test",
            headers={"Authorization": f"Bearer {sign_token(user_id or uuid4())}"},
        )
        clients.append(client)
        return client

    yield sign_in
    for client in clients:
        await client.aclose()


@pytest.fixture
def client(sign_in: SignIn, user_id: UUID) -> httpx.AsyncClient:
    return sign_in(user_id)


@pytest.fixture
def add_todo(client: httpx.AsyncClient) -> AddTodo:
    async def add_todo(title: str = "Water the plants", **fields: object) -> Todo:
        response = await client.post("/todos", json={"title": title} | fields)
        assert response.status_code == 201, response.text
        todo: Todo = response.json()
        return todo

    return add_todo


@pytest.fixture
async def todo(add_todo: AddTodo) -> Todo:
    return await add_todo()
