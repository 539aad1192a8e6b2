import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any, ClassVar

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import PublishError
from pamqp.common import FieldValue
from pydantic import SecretStr
from tests.support.tokens import Issuer, new_key

from chassis.background import running
from chassis.key_sets import KeySet
from chassis.messaging import broker
from chassis.messaging.events import Envelope, Event
from chassis.settings import BrokerSettings
from chassis.signatures import SignatureVerifier


class Rang(Event):
    type: ClassVar[str] = "bell.rang.v1"


class Unheard(Event):
    type: ClassVar[str] = "bell.unheard.v1"


@pytest.fixture
async def channel(rabbitmq_url: str) -> AsyncIterator[AbstractChannel]:
    async with broker.connect(BrokerSettings(url=SecretStr(rabbitmq_url)), name="test") as channel:
        yield channel


BODY = Envelope.wrap(Rang(), source="bell").model_dump_json().encode()
# What `aio_pika.Message` takes.
Headers = dict[str, FieldValue]
Publish = Callable[[Event], Awaitable[Envelope]]
Consume = Callable[..., Coroutine[Any, Any, None]]


@pytest.fixture
def publish(channel: AbstractChannel, token_issuer: Issuer) -> Publish:
    async def publish(event: Event) -> Envelope:
        envelope = Envelope.wrap(event, source="bell")
        await broker.Publisher(await broker.declare_exchange(channel), token_issuer.sign_event).publish(envelope)
        return envelope

    return publish


@pytest.fixture
def consume(channel: AbstractChannel, queue_name: str, event_signatures: SignatureVerifier) -> Consume:
    def consume(handle: broker.Handle, signatures: SignatureVerifier = event_signatures) -> Coroutine[Any, Any, None]:
        return broker.consume(channel, queue_name, [Rang.type], handle, signatures=signatures)

    return consume


async def next_dead(channel: AbstractChannel, queue_name: str) -> bytes:
    arrived: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def on_message(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        arrived.set_result(message.body)

    dead = await channel.get_queue(f"{queue_name}.dead")
    await dead.consume(on_message, no_ack=True)
    return await asyncio.wait_for(arrived, 120)


@pytest.fixture(params=["nobody signed it", "somebody else did", "it was something else"])
async def forgery(request: pytest.FixtureRequest, token_issuer: Issuer) -> Headers:
    """The headers of a message whose signature is not ours."""
    if request.param == "nobody signed it":
        return {}
    other = replace(token_issuer, key=new_key())
    signer, body = (other, BODY) if request.param == "somebody else did" else (token_issuer, b"something else")
    return {"daybook-signature": await signer.sign_event(body)}


class TestPublisher:
    async def test_fails_when_no_queue_wants_the_event(self, publish: Publish) -> None:
        with pytest.raises(PublishError):
            await publish(Unheard())


class TestConsume:
    async def test_delivers_what_was_published(
        self, channel: AbstractChannel, queue_name: str, publish: Publish, consume: Consume
    ) -> None:
        received: asyncio.Queue[Envelope] = asyncio.Queue()
        await broker.declare_queue(channel, queue_name, [Rang.type])
        sent = await publish(Rang())

        async with running(consume=lambda: consume(received.put)):
            assert await asyncio.wait_for(received.get(), 60) == sent

    async def test_sets_aside_an_event_that_keeps_failing(
        self,
        channel: AbstractChannel,
        queue_name: str,
        publish: Publish,
        consume: Consume,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(broker, "RETRY_SECONDS", 0.001)
        attempts = 0

        async def fail(_: Envelope) -> None:
            nonlocal attempts
            attempts += 1
            raise ValueError

        await broker.declare_queue(channel, queue_name, [Rang.type])
        sent = await publish(Rang())
        async with running(consume=lambda: consume(fail)):
            body = await next_dead(channel, queue_name)

        assert attempts == broker.MAX_DELIVERIES
        assert Envelope.model_validate_json(body) == sent

    async def test_sets_aside_what_it_cannot_read_at_once(
        self, channel: AbstractChannel, queue_name: str, consume: Consume, token_issuer: Issuer
    ) -> None:
        handled: list[Envelope] = []

        async def handle(envelope: Envelope) -> None:
            handled.append(envelope)

        await broker.declare_queue(channel, queue_name, [Rang.type])
        exchange = await broker.declare_exchange(channel)
        body = b"{not json"
        headers: Headers = {"daybook-signature": await token_issuer.sign_event(body)}
        await exchange.publish(aio_pika.Message(body, headers=headers), routing_key=Rang.type)
        async with running(consume=lambda: consume(handle)):
            assert await next_dead(channel, queue_name) == body

        assert handled == []

    async def test_sets_aside_what_we_have_not_signed(
        self,
        channel: AbstractChannel,
        queue_name: str,
        consume: Consume,
        forgery: Headers,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(broker, "RETRY_SECONDS", 0.001)
        handled: list[Envelope] = []

        async def handle(envelope: Envelope) -> None:
            handled.append(envelope)

        await broker.declare_queue(channel, queue_name, [Rang.type])
        exchange = await broker.declare_exchange(channel)
        await exchange.publish(aio_pika.Message(BODY, headers=forgery), routing_key=Rang.type)
        async with running(consume=lambda: consume(handle)):
            assert await next_dead(channel, queue_name) == BODY

        assert handled == []

    async def test_waits_for_the_keys_while_nobody_says_them(
        self, channel: AbstractChannel, queue_name: str, publish: Publish, consume: Consume, token_issuer: Issuer
    ) -> None:
        asked, published = asyncio.Event(), asyncio.Event()
        received: asyncio.Queue[Envelope] = asyncio.Queue()

        async def fetch() -> dict[str, Any]:
            asked.set()
            if not published.is_set():
                raise ConnectionError
            return {"keys": [token_issuer.public_jwk]}

        keys = SignatureVerifier(KeySet(fetch, retry_seconds=0))
        await broker.declare_queue(channel, queue_name, [Rang.type])
        sent = await publish(Rang())
        async with running(consume=lambda: consume(received.put, keys)):
            await asyncio.wait_for(asked.wait(), 60)
            assert received.empty()
            published.set()
            assert await asyncio.wait_for(received.get(), 60) == sent

    async def test_raises_when_the_connection_ends(
        self, channel: AbstractChannel, queue_name: str, publish: Publish, consume: Consume
    ) -> None:
        received: asyncio.Queue[Envelope] = asyncio.Queue()
        await broker.declare_queue(channel, queue_name, [Rang.type])
        await publish(Rang())
        consuming = asyncio.create_task(consume(received.put))
        await asyncio.wait_for(received.get(), 60)

        await channel.close()

        with pytest.raises(ConnectionError):
            await asyncio.wait_for(consuming, 60)
