from uuid import UUID

from pydantic import SecretStr
from services.todos.tests.support import eventually, rows, running

from chassis.database import Database
from chassis.messaging import broker
from chassis.messaging.events import Envelope
from chassis.settings import BrokerSettings
from contracts.users import UserRegistered
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
