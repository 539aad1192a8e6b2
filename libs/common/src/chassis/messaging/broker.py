"""Events on RabbitMQ: one topic exchange for everybody, one queue per service, one queue for its failures.

Whoever knows a broker's password can put anything into a queue, so events are signed by the service they are from, and
what is not is set aside. Connections here are plain ones: when one breaks, whoever holds it fails, and
`chassis.background` starts over.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from contextlib import asynccontextmanager

import aio_pika
import structlog
from aio_pika import DeliveryMode, ExchangeType, Message
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractIncomingMessage, AbstractQueue
from pydantic import ValidationError
from uuid_utils import uuid7

from chassis.messaging.events import Envelope
from chassis.problems import ServiceUnavailable
from chassis.settings import BrokerSettings
from chassis.signatures import BadSignatureError, SignatureVerifier

log = structlog.get_logger()

EXCHANGE = "daybook.events"
MAX_DELIVERIES = 5
# The pause before the next try doubles with every failure.
RETRY_SECONDS = 0.1
_CONNECT_SECONDS = 5
_CONFIRM_SECONDS = 5
_HEARTBEAT_SECONDS = 15
_UNACKED = 16
_MOST_NEWS = 10_000
# A message whose signature cannot be verified yet is asked about again this often.
_UNPROVEN_SECONDS = 1.0
_SIGNATURE = "daybook-signature"

Handle = Callable[[Envelope], Awaitable[None]]
Sign = Callable[[bytes], Awaitable[str]]


@asynccontextmanager
async def connect(settings: BrokerSettings, *, name: str) -> AsyncIterator[AbstractChannel]:
    """A channel with publisher confirms, on which an event that no queue wants is an error."""
    connection = await aio_pika.connect(
        settings.url.get_secret_value(),
        timeout=_CONNECT_SECONDS,
        heartbeat=_HEARTBEAT_SECONDS,
        client_properties={"connection_name": name},
    )
    async with connection:
        yield await connection.channel(publisher_confirms=True, on_return_raises=True)


async def declare_exchange(channel: AbstractChannel) -> AbstractExchange:
    return await channel.declare_exchange(EXCHANGE, ExchangeType.TOPIC, durable=True)


class Publisher:
    """`fleeting` are types of events that concern only who is listening: those may find nobody."""

    def __init__(self, exchange: AbstractExchange, sign: Sign, *, fleeting: Collection[str] = ()) -> None:
        self._exchange, self._sign, self._fleeting = exchange, sign, fleeting

    async def publish(self, envelope: Envelope) -> None:
        """Returns when the broker has the event on disk and in a queue; raises otherwise."""
        body = envelope.model_dump_json().encode()
        message = Message(
            body,
            headers={_SIGNATURE: await self._sign(body)},
            message_id=str(envelope.id),
            type=envelope.type,
            content_type="application/cloudevents+json",
            delivery_mode=DeliveryMode.PERSISTENT,
        )
        await self._exchange.publish(
            message,
            routing_key=envelope.type,
            mandatory=envelope.type not in self._fleeting,
            timeout=_CONFIRM_SECONDS,
        )


async def declare_queue(channel: AbstractChannel, queue_name: str, event_types: Iterable[str]) -> AbstractQueue:
    """A durable queue for these events. What fails `MAX_DELIVERIES` times moves to `<queue>.dead`.

    Arguments cannot be changed once a queue exists: a new set needs a new queue name.
    """
    exchange = await declare_exchange(channel)
    await channel.declare_queue(f"{queue_name}.dead", durable=True, arguments={"x-queue-type": "quorum"})
    queue = await channel.declare_queue(
        queue_name,
        durable=True,
        arguments={
            "x-queue-type": "quorum",
            "x-delivery-limit": MAX_DELIVERIES - 1,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": f"{queue_name}.dead",
            # Moving to the dead-letter queue is confirmed too, which RabbitMQ only offers with this overflow mode.
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        },
    )
    for event_type in event_types:
        await queue.bind(exchange, routing_key=event_type)
    return queue


async def consume(
    channel: AbstractChannel,
    queue_name: str,
    event_types: Iterable[str],
    handle: Handle,
    *,
    signatures: SignatureVerifier,
) -> None:
    """Feed every event of the given types to `handle` until the connection ends, and then raise.

    An event that fails is delivered again after a pause; after `MAX_DELIVERIES` failures it is set aside. One whose
    signature cannot be verified for want of a key waits for it, and those after it too.
    """
    closed = _closing(channel)
    await channel.set_qos(prefetch_count=_UNACKED)
    queue = await declare_queue(channel, queue_name, event_types)

    async def on_message(message: AbstractIncomingMessage) -> None:
        await _deliver(message, handle, signatures)

    tag = await queue.consume(on_message)
    log.info("events.consuming", queue=queue_name)
    try:
        raise ConnectionError(f"the broker is gone: {await closed}")
    finally:
        if not channel.is_closed:
            await queue.cancel(tag)


async def listen(
    channel: AbstractChannel,
    prefix: str,
    event_types: Iterable[str],
    handle: Handle,
    *,
    signatures: SignatureVerifier,
    on_gap: Callable[[], None],
) -> None:
    """Feed events to `handle` for as long as the connection lasts, and then raise. Nothing waits for who is away.

    For news that every process needs by itself: the queue is its own and ends with its connection. `on_gap` is called
    when something may have been missed that has to be asked for: once as soon as nothing is missed any more that is
    published from then on, and for everything that cannot be verified.
    """
    closed, exchange = _closing(channel), await declare_exchange(channel)
    queue = await channel.declare_queue(
        f"{prefix}.{uuid7()}",
        exclusive=True,
        auto_delete=True,
        # Who is that far behind has missed so much that asking is quicker.
        arguments={"x-queue-type": "classic", "x-max-length": _MOST_NEWS},
    )
    for event_type in event_types:
        await queue.bind(exchange, routing_key=event_type)

    async def on_message(message: AbstractIncomingMessage) -> None:
        try:
            await signatures.verify(message.body, message.headers.get(_SIGNATURE))
            await handle(Envelope.model_validate_json(message.body))
        except ServiceUnavailable as error:
            log.warning("event.unproven", reason=str(error))
            on_gap()
        except BadSignatureError as error:
            log.error("event.forged", reason=str(error))  # noqa: TRY400 (where it was seen says nothing)
            on_gap()
        except ValidationError as error:
            log.error("event.malformed", faults=error.error_count())  # noqa: TRY400 (the input is not for the log)

    await queue.consume(on_message, no_ack=True)
    log.info("events.listening", queue=queue.name)
    on_gap()
    raise ConnectionError(f"the broker is gone: {await closed}")


def _closing(channel: AbstractChannel) -> "asyncio.Future[BaseException | None]":
    """Done when the channel is closed, with the reason."""
    closed: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()

    def on_close(_: object, cause: BaseException | None) -> None:
        if not closed.done():
            closed.set_result(cause)

    channel.close_callbacks.add(on_close)
    return closed


async def _deliver(message: AbstractIncomingMessage, handle: Handle, signatures: SignatureVerifier) -> None:
    delivery = int(str(message.headers.get("x-delivery-count", 0))) + 1
    # The context of one delivery must not leak into the next one's log lines.
    with structlog.contextvars.bound_contextvars(event_id=message.message_id, event_type=message.routing_key):
        try:
            await _prove(message, signatures)
            await handle(Envelope.model_validate_json(message.body))
        except ValidationError as error:
            # It will not read better the next time.
            log.error("event.malformed", faults=error.error_count())  # noqa: TRY400 (the input is not for the log)
            await message.reject(requeue=False)
        except Exception:
            log.exception("event.failed", delivery=delivery)
            await asyncio.sleep(RETRY_SECONDS * 2**delivery)
            await message.nack(requeue=True)
        else:
            await message.ack()


async def _prove(message: AbstractIncomingMessage, signatures: SignatureVerifier) -> None:
    """Raises BadSignatureError. Waits while auth does not say what its keys are: that is no fault of the event."""
    warned = False
    while True:
        try:
            await signatures.verify(message.body, message.headers.get(_SIGNATURE))
        except ServiceUnavailable as error:
            if not warned:
                log.warning("event.unproven", reason=str(error))
            warned = True
            await asyncio.sleep(_UNPROVEN_SECONDS)
        else:
            return
