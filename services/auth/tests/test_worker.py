import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from pydantic import SecretStr
from services.auth.tests.support import Line, Person, running

from auth_service import worker
from auth_service.settings import Settings
from chassis.key_sets import KeySet
from chassis.messaging import broker
from chassis.messaging.events import Envelope
from chassis.settings import BrokerSettings
from chassis.signatures import SignatureVerifier
from contracts.users import UserRegistered


class TestBuild:
    async def test_an_account_opened_while_the_broker_is_away_is_announced_when_it_returns(
        self,
        settings: Settings,
        settings_for: Callable[..., Settings],
        rabbitmq_url: str,
        person: Person,
    ) -> None:
        announced: dict[UUID, asyncio.Future[None]] = {}

        async def on_event(envelope: Envelope) -> None:
            if envelope.type != UserRegistered.type:
                return
            event = UserRegistered.model_validate(envelope.data)
            announced.setdefault(event.user_id, asyncio.get_running_loop().create_future()).set_result(None)

        async def fetch() -> dict[str, Any]:
            answer: dict[str, Any] = (await person.client.get("/internal/event-keys")).json()
            return answer

        signatures = SignatureVerifier(KeySet(fetch))
        async with Line(rabbitmq_url) as line:
            direct = BrokerSettings(url=SecretStr(rabbitmq_url))
            away = settings_for(settings.database.url.get_secret_value(), line.url)
            async with broker.connect(direct, name="test") as channel, running(worker.build(away)):
                # Everything: an event of another test that nobody wants would keep the relay waiting.
                everything = f"auth.test-{uuid4().hex[:8]}"
                consuming = asyncio.create_task(
                    broker.consume(channel, everything, ["#"], on_event, signatures=signatures)
                )
                mine = announced.setdefault(person.id, asyncio.get_running_loop().create_future())
                during = Person(person.client)
                assert (await during.register()).status_code == 201
                also_mine = announced.setdefault(during.id, asyncio.get_running_loop().create_future())
                assert not mine.done()
                assert not also_mine.done()

                await line.connect()

                await asyncio.wait_for(asyncio.gather(mine, also_mine), 300)
                consuming.cancel()
                await asyncio.gather(consuming, return_exceptions=True)
                # It would go on taking what other tests want nobody to want.
                await channel.queue_delete(everything)
