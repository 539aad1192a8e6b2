"""The todos API on a real Postgres, and people who sign in to it as somebody new in each test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import hypothesis
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from services.todos.tests.support import NOWHERE, AddTodo, SignIn, Start, Todo, key_file, running
from tests.support.tokens import Issuer, SignToken

from chassis import migrations
from chassis.database import Database
from chassis.encryption import KeyRing
from chassis.key_sets import KeySet
from chassis.settings import (
    BrokerSettings,
    DatabaseSettings,
    EventSettings,
    HttpSettings,
    RevocationSettings,
    TokenSettings,
)
from chassis.tokens import TokenVerifier
from todos_service.__main__ import MIGRATIONS
from todos_service.app import build
from todos_service.settings import Settings

# How long an example takes says something about the machine, not about the code.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def key_encryption_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return key_file(tmp_path_factory.mktemp("keys"), "first")


@pytest.fixture(scope="session")
def ring(key_encryption_keys: Path) -> KeyRing:
    return KeyRing.from_file(key_encryption_keys)


@pytest.fixture(scope="session")
async def settings(todos_database_url: str, key_encryption_keys: Path, token_settings: TokenSettings) -> Settings:
    settings = Settings(
        database=DatabaseSettings(url=SecretStr(todos_database_url)),
        broker=BrokerSettings(url=SecretStr(NOWHERE)),
        tokens=token_settings,
        revocations=RevocationSettings(url="http://127.0.0.1:1/nowhere"),
        events=EventSettings(keys_url="http://127.0.0.1:1/nowhere"),
        key_encryption_key_file=key_encryption_keys,
        http=HttpSettings(port=0),
    )
    await migrations.upgrade(settings.database, MIGRATIONS)
    return settings


@pytest.fixture(scope="session")
def start(settings: Settings, token_issuer: Issuer) -> Start:
    async def fetch() -> dict[str, Any]:
        return {"keys": [token_issuer.public_jwk]}

    @asynccontextmanager
    async def start(**replaced: object) -> AsyncIterator[FastAPI]:
        async with running(build(settings.model_copy(update=replaced))) as app:
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
    clients: list[httpx.AsyncClient] = []

    def sign_in(user_id: UUID | None = None, *, to: Any = app) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(to, raise_app_exceptions=False),
            base_url="http://todos.test",
            headers={"Authorization": f"Bearer {sign_token(user_id or uuid4())}"},
            timeout=60,
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
        response = await client.post("/todos", json={"title": title, **fields})
        assert response.status_code == 201, response.text
        todo: Todo = response.json()
        return todo

    return add_todo


@pytest.fixture
async def todo(add_todo: AddTodo) -> Todo:
    return await add_todo()
