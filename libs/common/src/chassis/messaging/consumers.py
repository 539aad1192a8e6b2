"""Routes each received event to the one function that handles it, inside one transaction."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Database
from chassis.messaging import broker, inbox
from chassis.messaging.events import Envelope, Event
from chassis.settings import BrokerSettings
from chassis.signatures import SignatureVerifier

E = TypeVar("E", bound=Event)
Handler = Callable[[AsyncConnection, E], Awaitable[None]]


class Consumers:
    """One handler per event type. A handler does not catch: failing is how it asks to be tried again."""

    def __init__(self) -> None:
        self._handlers: dict[str, tuple[type[Event], Handler[Any]]] = {}

    @property
    def event_types(self) -> Iterable[str]:
        """The routing keys to bind this service's queue to."""
        return self._handlers.keys()

    def on(self, event_class: type[E]) -> Callable[[Handler[E]], Handler[E]]:
        def register(handler: Handler[E]) -> Handler[E]:
            if event_class.type in self._handlers:
                raise ValueError(f"{event_class.type} already has a handler")
            self._handlers[event_class.type] = (event_class, handler)
            return handler

        return register

    async def handle(self, database: Database, envelope: Envelope) -> None:
        event_class, handler = self._handlers[envelope.type]
        event = event_class.model_validate(envelope.data)
        async with database.transaction() as tx:
            if await inbox.is_new(tx, envelope.id):
                await handler(tx, event)


async def consume_events(
    database: Database,
    settings: BrokerSettings,
    consumers: Consumers,
    *,
    queue_name: str,
    signatures: SignatureVerifier,
) -> None:
    """Run until the broker goes away, and then raise."""

    async def handle(envelope: Envelope) -> None:
        await consumers.handle(database, envelope)

    async with broker.connect(settings, name=queue_name) as channel:
        await broker.consume(channel, queue_name, consumers.event_types, handle, signatures=signatures)
