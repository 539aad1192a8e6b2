from typing import ClassVar

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Database
from chassis.messaging.consumers import Consumers
from chassis.messaging.events import Envelope, Event


class Rang(Event):
    type: ClassVar[str] = "bell.rang.v1"

    times: int


@pytest.fixture
async def rings(tables: Database) -> Database:
    async with tables.transaction() as tx:
        await tx.execute(text("create table rings (times int)"))
    return tables


async def ring(tx: AsyncConnection, event: Rang) -> None:
    await tx.execute(text("insert into rings values (:times)"), {"times": event.times})
    if event.times < 0:
        raise ValueError("a bell cannot unring")


@pytest.fixture
def consumers() -> Consumers:
    consumers = Consumers()
    consumers.on(Rang)(ring)
    return consumers


async def count(database: Database) -> int:
    async with database.reads() as tx:
        return int(await tx.scalar(text("select count(*) from rings")) or 0)


class TestHandle:
    async def test_handles_a_redelivered_event_once(self, rings: Database, consumers: Consumers) -> None:
        envelope = Envelope.wrap(Rang(times=3), source="bell")

        await consumers.handle(rings, envelope)
        await consumers.handle(rings, envelope)

        assert await count(rings) == 1

    async def test_undoes_what_a_failing_handler_did(self, rings: Database, consumers: Consumers) -> None:
        with pytest.raises(ValueError, match="unring"):
            await consumers.handle(rings, Envelope.wrap(Rang(times=-1), source="bell"))

        assert await count(rings) == 0


class TestOn:
    def test_refuses_a_second_handler_for_an_event(self, consumers: Consumers) -> None:
        with pytest.raises(ValueError, match="already has a handler"):
            consumers.on(Rang)(ring)
