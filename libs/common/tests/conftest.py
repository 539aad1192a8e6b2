from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from pydantic import SecretStr
from sqlalchemy import make_url, text
from tests.support.faults import FaultProxy, faults_before

from chassis import database
from chassis.database import Database
from chassis.messaging import inbox, outbox
from chassis.settings import DatabaseSettings


@pytest.fixture(scope="session")
async def database_settings(postgres_admin_url: str) -> AsyncIterator[DatabaseSettings]:
    """A database of the chassis's own."""
    name = f"chassis_{uuid4().hex[:12]}"
    plain = make_url(postgres_admin_url).set(drivername="postgresql")
    admin = await asyncpg.connect(plain.render_as_string(hide_password=False))
    await admin.execute(f"create database {name}")
    yield DatabaseSettings(url=SecretStr(plain.set(database=name).render_as_string(hide_password=False)))
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


@pytest.fixture
async def tables(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    """That database, empty but for an outbox and an inbox."""
    async with database.connect(database_settings) as connected:
        async with connected.transaction() as tx:
            await tx.execute(text("drop schema public cascade"))
            await tx.execute(text("create schema public"))
            await tx.run_sync(outbox.METADATA.create_all)
            await tx.run_sync(inbox.METADATA.create_all)
        yield connected


@pytest.fixture
async def road(database_settings: DatabaseSettings) -> AsyncIterator[FaultProxy]:
    """The way to that database, which can be told to fail."""
    url = make_url(database_settings.url.get_secret_value())
    async with faults_before(str(url.host), int(url.port or 5432)) as road:
        yield road


@pytest.fixture
async def beyond(database_settings: DatabaseSettings, road: FaultProxy) -> AsyncIterator[Database]:
    """That database, at the end of that road."""
    url = make_url(database_settings.url.get_secret_value()).set(host="127.0.0.1", port=road.port)
    settings = DatabaseSettings(url=SecretStr(url.render_as_string(hide_password=False)), pool_size=1)
    async with database.connect(settings) as beyond:
        yield beyond


@pytest.fixture
def queue_name() -> str:
    """A queue nobody else uses."""
    return f"test.{uuid4().hex[:12]}"
