import asyncio
from typing import ClassVar

import asyncpg
import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.messaging import outbox
from chassis.messaging.events import Event


class Rang(Event):
    type: ClassVar[str] = "bell.rang.v1"

    times: int


class TestRecord:
    async def test_forgets_the_fact_when_the_transaction_fails(self, tables: Database) -> None:
        with pytest.raises(RuntimeError):
            async with tables.transaction() as tx:
                await outbox.record(tx, Rang(times=1), source="bell")
                raise RuntimeError

        async with tables.reads() as tx:
            assert await outbox.list_oldest(tx, limit=10) == []

    async def test_wakes_whoever_listens_once_it_is_committed(self, tables: Database) -> None:
        woken = asyncio.Event()
        async with tables.reads() as listener:
            raw = (await listener.get_raw_connection()).driver_connection
            assert isinstance(raw, asyncpg.Connection)
            channel = await listener.scalar(text("select current_schema() || '_outbox'"))

            def wake(*_: object) -> None:
                woken.set()

            await raw.add_listener(str(channel), wake)

            async with tables.transaction() as tx:
                await outbox.record(tx, Rang(times=1), source="bell")
                assert not woken.is_set()

            await asyncio.wait_for(woken.wait(), 60)
            await raw.remove_listener(str(channel), wake)


class TestClaim:
    async def test_lets_one_transaction_publish_at_a_time(self, tables: Database) -> None:
        async with tables.transaction() as first, tables.transaction() as second:
            assert await outbox.claim(first)
            assert not await outbox.claim(second)
        async with tables.transaction() as third:
            assert await outbox.claim(third)
