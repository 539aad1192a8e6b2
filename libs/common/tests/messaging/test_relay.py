import asyncio
from typing import ClassVar, NamedTuple

import pytest
from pydantic import SecretStr
from tests.support.tokens import Issuer

from chassis.background import running
from chassis.database import Database
from chassis.messaging import broker, outbox, relay
from chassis.messaging.events import Envelope, Event
from chassis.settings import BrokerSettings
from chassis.signatures import SignatureVerifier


class Rang(Event):
    type: ClassVar[str] = "bell.rang.v1"

    times: int


async def record(database: Database, *times: int) -> None:
    async with database.transaction() as tx:
        for each in times:
            await outbox.record(tx, Rang(times=each), source="bell")


class TestPublishOldest:
    async def test_publishes_in_the_order_recorded_and_once(self, tables: Database) -> None:
        await record(tables, 1, 2, 3)
        published: list[int] = []

        async def publish(envelope: Envelope) -> None:
            published.append(envelope.data["times"])

        assert await relay.publish_oldest(tables, publish) == 3
        assert await relay.publish_oldest(tables, publish) == 0
        assert published == [1, 2, 3]

    async def test_keeps_what_could_not_be_published_and_what_comes_after_it(self, tables: Database) -> None:
        await record(tables, 1, 2, 3)
        published: list[int] = []

        async def publish(envelope: Envelope) -> None:
            if envelope.data["times"] == 2 and len(published) < 2:
                published.append(0)
                raise ConnectionError
            published.append(envelope.data["times"])

        with pytest.raises(ConnectionError):
            await relay.publish_oldest(tables, publish)
        await relay.publish_oldest(tables, publish)

        assert published == [1, 0, 2, 3]

    async def test_leaves_the_work_to_a_relay_that_is_at_it(self, tables: Database) -> None:
        await record(tables, 1)

        async def publish(_: Envelope) -> None:
            raise AssertionError("another relay is publishing")

        async with tables.transaction() as tx:
            assert await outbox.claim(tx)
            assert await relay.publish_oldest(tables, publish) == 0


class Signing(NamedTuple):
    """Both ends of a signature."""

    sign: broker.Sign
    verifier: SignatureVerifier


@pytest.fixture
def signing(token_issuer: Issuer, event_signatures: SignatureVerifier) -> Signing:
    return Signing(token_issuer.sign_event, event_signatures)


class TestRelayEvents:
    async def test_publishes_what_is_committed_while_it_runs_and_what_waited_for_it(
        self,
        tables: Database,
        rabbitmq_url: str,
        queue_name: str,
        signing: Signing,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        # So late that only NOTIFY can have woken the relay.
        monkeypatch.setattr(relay, "_POLL_SECONDS", 600)
        settings = BrokerSettings(url=SecretStr(rabbitmq_url))
        received: asyncio.Queue[int] = asyncio.Queue()

        async def handle(envelope: Envelope) -> None:
            await received.put(envelope.data["times"])

        async def consume() -> None:
            async with broker.connect(settings, name="test") as channel:
                await broker.consume(channel, queue_name, [Rang.type], handle, signatures=signing.verifier)

        async def relay_them() -> None:
            await relay.relay_events(tables, settings, signing.sign, name="test")

        async with broker.connect(settings, name="test") as channel:
            await broker.declare_queue(channel, queue_name, [Rang.type])
        await record(tables, 1)
        async with running(consume=consume, relay=relay_them):
            assert await asyncio.wait_for(received.get(), 120) == 1
            await record(tables, 2)
            assert await asyncio.wait_for(received.get(), 120) == 2
