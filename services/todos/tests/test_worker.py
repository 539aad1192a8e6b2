import os
import time
from uuid import UUID

from pydantic import SecretStr
from services.todos.tests.support import AddTodo, eventually, rows, running

from chassis.database import Database
from chassis.messaging import broker
from chassis.messaging.events import Envelope
from chassis.settings import BrokerSettings
from contracts.users import UserDeleted, UserRegistered
from todos_service import worker
from todos_service.settings import Settings


class TestBuild:
    async def test_makes_an_owner_of_everybody_who_registers(
        self, settings: Settings, rabbitmq_url: str, database: Database, user_id: UUID
    ) -> None:
        connection = BrokerSettings(url=SecretStr(rabbitmq_url))
        app = worker.build(settings.model_copy(update={"broker": connection}))

        async def made() -> bool:
            return bool(await rows(database, "SELECT 1 FROM data_keys WHERE owner_id = :owner", owner=user_id))

        async with running(app), broker.connect(connection, name="test") as channel:
            # Before the worker has bound its queue nobody would get the event.
            await broker.declare_queue(channel, worker.QUEUE, [UserRegistered.type])
            publisher = broker.Publisher(await broker.declare_exchange(channel))
            await publisher.publish(Envelope.wrap(UserRegistered(user_id=user_id), source="auth"))
            await eventually(made)

    async def test_nothing_of_a_deleted_account_is_left_after_five_seconds(
        self, settings: Settings, rabbitmq_url: str, database: Database, user_id: UUID, add_todo: AddTodo
    ) -> None:
        for number in range(20):
            await add_todo(f"Todo {number}")
        connection = BrokerSettings(url=SecretStr(rabbitmq_url))
        app = worker.build(settings.model_copy(update={"broker": connection}))

        async def gone() -> bool:
            tables = ("todos", "history", "operations", "data_keys")
            query = " UNION ALL ".join(f"SELECT 1 FROM {table} WHERE owner_id = :owner" for table in tables)  # noqa: S608
            return not await rows(database, query, owner=user_id)

        async with running(app), broker.connect(connection, name="test") as channel:
            await broker.declare_queue(channel, worker.QUEUE, [UserDeleted.type])
            publisher = broker.Publisher(await broker.declare_exchange(channel))
            begun = time.monotonic()
            await publisher.publish(Envelope.wrap(UserDeleted(user_id=user_id), source="auth"))
            await eventually(gone)
            # On a machine with more to do than it can, the clock says something about the machine only.
            assert time.monotonic() - begun < 5 or os.getloadavg()[0] > 2 * (os.cpu_count() or 1)
