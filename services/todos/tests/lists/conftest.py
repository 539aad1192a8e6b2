from uuid import UUID, uuid4

import pytest
from services.todos.tests.support import add_many

from chassis.database import Database
from chassis.encryption import KeyRing


@pytest.fixture(scope="session")
async def ten_thousand(database: Database, ring: KeyRing) -> UUID:
    """Somebody who has as many todos as one account may have."""
    owner_id = uuid4()
    await add_many(database, ring, owner_id, 10_000)
    return owner_id
