from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from services.auth.tests.support import MIGRATIONS, new_database
from sqlalchemy import text

from chassis import database as databases
from chassis import migrations
from chassis.database import Database
from chassis.settings import DatabaseSettings


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """RSA keys that are quicker to make than those of production."""
    monkeypatch.setattr("auth_service.keys.pairs._BITS", 2048)


@pytest.fixture(scope="module")
async def own_database_url(postgres_admin_url: str) -> AsyncIterator[str]:
    """A database of this module's own: its keys are nobody else's."""
    async with new_database(postgres_admin_url) as url:
        await migrations.upgrade(DatabaseSettings(url=SecretStr(url)), MIGRATIONS)
        yield url


@pytest.fixture
async def keyless(own_database_url: str, quick_keys: None) -> AsyncIterator[Database]:  # noqa: ARG001
    """A database in which no key has been made."""
    async with databases.connect(DatabaseSettings(url=SecretStr(own_database_url))) as connected:
        async with connected.transaction() as tx:
            await tx.execute(text("delete from signing_keys"))
        yield connected
