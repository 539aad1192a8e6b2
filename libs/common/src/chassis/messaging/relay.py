"""Publishes what the outbox holds, oldest first, as soon as it is committed."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

import asyncpg
import structlog
from sqlalchemy import select

from chassis.database import Database
from chassis.messaging import broker, outbox
from chassis.messaging.broker import Sign
from chassis.messaging.events import Envelope
from chassis.settings import BrokerSettings

log = structlog.get_logger()

Publish = Callable[[Envelope], Awaitable[None]]

_BATCH = 100
# NOTIFY wakes the relay at once. The poll is for what NOTIFY cannot promise: a listener that was away.
_POLL_SECONDS = 5.0


async def relay_events(
    database: Database, settings: BrokerSettings, sign: Sign, *, name: str, fleeting: Collection[str] = ()
) -> None:
    """Run until the database or the broker goes away, and then raise. `sign` and `fleeting`: see `broker.Publisher`."""
    async with broker.connect(settings, name=name) as channel, database.reads() as listener:
        publisher = broker.Publisher(await broker.declare_exchange(channel), sign, fleeting=fleeting)
        wake = asyncio.Event()
        raw = (await listener.get_raw_connection()).driver_connection
        if not isinstance(raw, asyncpg.Connection):
            raise TypeError("the relay listens with asyncpg")
        channel_name = str(await listener.scalar(select(outbox.CHANNEL)))

        def on_notify(*_: object) -> None:
            wake.set()

        await raw.add_listener(channel_name, on_notify)
        log.info("outbox.relaying")
        try:
            while True:
                wake.clear()
                while await publish_oldest(database, publisher.publish):
                    continue
                try:
                    await asyncio.wait_for(wake.wait(), _POLL_SECONDS)
                except TimeoutError:
                    await raw.execute("select 1")  # a listener whose connection died would never be woken
        finally:
            if not raw.is_closed():
                await raw.remove_listener(channel_name, on_notify)


async def publish_oldest(database: Database, publish: Publish, *, batch: int = _BATCH) -> int:
    """Publish the oldest recorded events and forget them. Returns how many there were.

    A crash between publishing and committing publishes them again: consumers expect duplicates, and
    `chassis.messaging.inbox` is how they do. When one cannot be published, those before it are still forgotten.
    """
    failure: Exception | None = None
    published: list[int] = []
    async with database.transaction() as tx:
        if not await outbox.claim(tx):
            return 0
        for position, envelope in await outbox.list_oldest(tx, limit=batch):
            try:
                await publish(envelope)
            except Exception as error:  # noqa: BLE001 (raised again below, after what succeeded has been committed)
                failure = error
                break
            published.append(position)
        if published:
            await outbox.forget(tx, published)
    if failure is not None:
        raise failure
    return len(published)
