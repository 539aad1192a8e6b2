from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from auth_service import vault
from chassis.database import Database
from chassis.encryption import KeyRing
from chassis.settings import DatabaseSettings


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """RSA keys that are quicker to make than those of production."""
    monkeypatch.setattr("auth_service.keys.pairs._BITS", 2048)


@pytest.fixture
async def keyless(own_database_url: str, quick_keys: None, ring: KeyRing) -> AsyncIterator[Database]:  # noqa: ARG001
    """A database in which no key has been made."""
    async with vault.connect(DatabaseSettings(url=SecretStr(own_database_url)), ring) as connected:
        async with connected.transaction() as tx:
            await tx.execute(text("delete from signing_keys"))
        yield connected
