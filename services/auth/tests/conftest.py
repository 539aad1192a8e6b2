"""The auth service on a real Postgres, and people who use it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from services.auth.tests.support import (
    APP,
    CHEAP,
    MIGRATIONS,
    NOWHERE,
    Person,
    client_of,
    eventually,
    is_ready,
    key_file,
    new_database,
    running,
)

from auth_service.app import build
from auth_service.settings import Settings
from chassis import migrations
from chassis.database import Database
from chassis.encryption import KeyRing
from chassis.settings import BrokerSettings, DatabaseSettings, HttpSettings


@pytest.fixture(scope="session")
def key_encryption_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return key_file(tmp_path_factory.mktemp("keys"), "first")


@pytest.fixture(scope="session")
def ring(key_encryption_keys: Path) -> KeyRing:
    return KeyRing.from_file(key_encryption_keys)


@pytest.fixture(scope="session")
def settings_for(key_encryption_keys: Path) -> Callable[..., Settings]:
    """The service's settings, for any Postgres and any broker."""

    def settings(database_url: str, broker_url: str = NOWHERE) -> Settings:
        return Settings(
            database=DatabaseSettings(url=SecretStr(database_url)),
            broker=BrokerSettings(url=SecretStr(broker_url)),
            issuer="https://api.test",
            key_encryption_key_file=key_encryption_keys,
            allowed_origins=frozenset({APP}),
            passwords=CHEAP,
            http=HttpSettings(port=0),
        )

    return settings


@pytest.fixture(scope="session")
async def settings(auth_database_url: str, settings_for: Callable[..., Settings]) -> Settings:
    settings = settings_for(auth_database_url)
    await migrations.upgrade(settings.database, MIGRATIONS)
    return settings


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    async with running(build(settings)) as app:
        await eventually(lambda: is_ready(app))
        yield app


@pytest.fixture(scope="session")
def database(app: FastAPI) -> Database:
    database: Database = app.state.database
    return database


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


@pytest.fixture
async def person(client: httpx.AsyncClient) -> Person:
    person = Person(client)
    assert (await person.register()).status_code == 201
    return person


@pytest.fixture
async def empty_database_url(postgres_admin_url: str) -> AsyncIterator[str]:
    """A database of this test's own, with nothing in it."""
    async with new_database(postgres_admin_url) as url:
        yield url


@pytest.fixture(scope="module")
async def own_database_url(postgres_admin_url: str) -> AsyncIterator[str]:
    """A database of a module's own, with our tables: what is in it is nobody else's."""
    async with new_database(postgres_admin_url) as url:
        await migrations.upgrade(DatabaseSettings(url=SecretStr(url)), MIGRATIONS)
        yield url
