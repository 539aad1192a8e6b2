import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple
from uuid import UUID

import pytest
from pydantic import SecretStr
from services.todos.tests.support import AddTodo, eventually, rows, running
from tests.support.servers import Service, serving
from tests.support.tokens import Issuer

from chassis.database import Database
from chassis.messaging import broker
from chassis.messaging.events import Envelope
from chassis.settings import BrokerSettings, EventSettings
from contracts.users import UserDeleted, UserRegistered
from todos_service import worker
from todos_service.settings import Settings


class Bus(NamedTuple):
    """A broker that is there, and whose word counts on it."""

    settings: Settings
    sign: broker.Sign

    @asynccontextmanager
    async def publishing(self, event_type: str) -> AsyncIterator[broker.Publisher]:
        """With the worker's queue in place: before it is bound nobody would get the event."""
        async with broker.connect(self.settings.broker, name="test") as channel:
            await broker.declare_queue(channel, worker.QUEUE, [event_type])
            yield broker.Publisher(await broker.declare_exchange(channel), self.sign)


@pytest.fixture
async def bus(settings: Settings, rabbitmq_url: str, token_issuer: Issuer) -> AsyncIterator[Bus]:
    async with serving(Service(jwks={"keys": [token_issuer.public_jwk]})) as port:
        there = {
            "broker": BrokerSettings(url=SecretStr(rabbitmq_url)),
            "events": EventSettings(keys_url=f"http://127.0.0.1:{port}/jwks.json"),
        }
        yield Bus(settings.model_copy(update=there), token_issuer.sign_event)


class TestBuild:
    async def test_makes_an_owner_of_everybody_who_registers(self, bus: Bus, database: Database, user_id: UUID) -> None:
        async def made() -> bool:
            return bool(await rows(database, "SELECT 1 FROM data_keys WHERE owner_id = :owner", owner=user_id))

        async with running(worker.build(bus.settings)), bus.publishing(UserRegistered.type) as publisher:
            await publisher.publish(Envelope.wrap(UserRegistered(user_id=user_id), source="auth"))
            await eventually(made)

    async def test_nothing_of_a_deleted_account_is_left_after_five_seconds(
        self, bus: Bus, database: Database, user_id: UUID, add_todo: AddTodo
    ) -> None:
        for number in range(20):
            await add_todo(f"Todo {number}")

        async def gone() -> bool:
            tables = ("todos", "history", "operations", "data_keys")
            query = " UNION ALL ".join(f"SELECT 1 FROM {table} WHERE owner_id = :owner" for table in tables)  # noqa: S608
            return not await rows(database, query, owner=user_id)

        async with running(worker.build(bus.settings)), bus.publishing(UserDeleted.type) as publisher:
            begun = time.monotonic()
            await publisher.publish(Envelope.wrap(UserDeleted(user_id=user_id), source="auth"))
            await eventually(gone)
            # On a machine with more to do than it can, the clock says something about the machine only.
            assert time.monotonic() - begun < 5 or os.getloadavg()[0] > 2 * (os.cpu_count() or 1)
