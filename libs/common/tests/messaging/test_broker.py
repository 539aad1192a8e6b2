import asyncio
from collections.abc import AsyncIterator
from typing import ClassVar

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import PublishError
from pydantic import SecretStr

from chassis.background import running
from chassis.messaging import broker
from chassis.messaging.events import Envelope, Event
from chassis.settings import BrokerSettings


class Rang(Event):
    type: ClassVar[str] = "bell.rang.v1"


class Unheard(Event):
    type: ClassVar[str] = "bell.unheard.v1"


@pytest.fixture
async def channel(rabbitmq_url: str) -> AsyncIterator[AbstractChannel]:
    async with broker.connect(BrokerSettings(url=SecretStr(rabbitmq_url)), name="test") as channel:
        yield channel


async def publish(channel: AbstractChannel, event: Event) -> Envelope:
    envelope = Envelope.wrap(event, source="bell")
    await broker.Publisher(await broker.declare_exchange(channel)).publish(envelope)
    return envelope


async def next_dead(channel: AbstractChannel, queue_name: str) -> bytes:
    arrived: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def on_message(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        arrived.set_result(message.body)

    dead = await channel.get_queue(f"{queue_name}.dead")
    await dead.consume(on_message, no_ack=True)
    return await asyncio.wait_for(arrived, 120)


class TestPublisher:
    async def test_fails_when_no_queue_wants_the_event(self, channel: AbstractChannel) -> None:
        with pytest.raises(PublishError):
            await publish(channel, Unheard())


class TestConsume:
    async def test_delivers_what_was_published(self, channel: AbstractChannel, queue_name: str) -> None:
        received: asyncio.Queue[Envelope] = asyncio.Queue()
        await broker.declare_queue(channel, queue_name, [Rang.type])
        sent = await publish(channel, Rang())

        async with running(consume=lambda: broker.consume(channel, queue_name, [Rang.type], received.put)):
            assert await asyncio.wait_for(received.get(), 60) == sent

    async def test_sets_aside_an_event_that_keeps_failing(
        self, channel: AbstractChannel, queue_name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(broker, "RETRY_SECONDS", 0.001)
        attempts = 0

        async def fail(_: Envelope) -> None:
            nonlocal attempts
            attempts += 1
            raise ValueError

        await broker.declare_queue(channel, queue_name, [Rang.type])
        sent = await publish(channel, Rang())
        async with running(consume=lambda: broker.consume(channel, queue_name, [Rang.type], fail)):
            body = await next_dead(channel, queue_name)

        assert attempts == broker.MAX_DELIVERIES
        assert Envelope.model_validate_json(body) == sent

    async def test_sets_aside_what_it_cannot_read_at_once(self, channel: AbstractChannel, queue_name: str) -> None:
        handled: list[Envelope] = []

        async def handle(envelope: Envelope) -> None:
            handled.append(envelope)

        await broker.declare_queue(channel, queue_name, [Rang.type])
        exchange = await broker.declare_exchange(channel)
        await exchange.publish(aio_pika.Message(b"{not json"), routing_key=Rang.type)
        async with running(consume=lambda: broker.consume(channel, queue_name, [Rang.type], handle)):
            assert await next_dead(channel, queue_name) == b"{not json"

        assert handled == []

    async def test_raises_when_the_connection_ends(self, channel: AbstractChannel, queue_name: str) -> None:
        received: asyncio.Queue[Envelope] = asyncio.Queue()
        await broker.declare_queue(channel, queue_name, [Rang.type])
        await publish(channel, Rang())
        consuming = asyncio.create_task(broker.consume(channel, queue_name, [Rang.type], received.put))
        await asyncio.wait_for(received.get(), 60)

        await channel.close()

        with pytest.raises(ConnectionError):
            await asyncio.wait_for(consuming, 60)
