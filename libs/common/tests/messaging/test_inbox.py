from uuid import uuid4

import pytest

from chassis.database import Database
from chassis.messaging import inbox


class TestIsNew:
    async def test_is_true_once(self, tables: Database) -> None:
        event_id = uuid4()

        async with tables.transaction() as tx:
            assert await inbox.is_new(tx, event_id)
        async with tables.transaction() as tx:
            assert not await inbox.is_new(tx, event_id)

    async def test_is_true_again_when_handling_failed(self, tables: Database) -> None:
        event_id = uuid4()

        with pytest.raises(RuntimeError):
            async with tables.transaction() as tx:
                await inbox.is_new(tx, event_id)
                raise RuntimeError

        async with tables.transaction() as tx:
            assert await inbox.is_new(tx, event_id)
