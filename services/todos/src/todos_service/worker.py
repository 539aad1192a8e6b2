"""What this service does when nobody is asking: it listens to the other services, and removes what is to be gone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from chassis import background, database, signatures
from chassis.encryption import KeyRing
from chassis.messaging.consumers import Consumers, consume_events
from chassis.web.app import create_app, watch_connections
from todos_service.calendars import consumers as calendars
from todos_service.housekeeping import erasures
from todos_service.housekeeping.service import Tally, keep_house
from todos_service.owners import consumers as owners
from todos_service.owners.ledger import Ledger
from todos_service.settings import Settings

QUEUE = "todos.events.v1"


def listeners(ring: KeyRing, ledger: Ledger | None) -> Consumers:
    """What becomes of each event that this service wants to know of."""
    handlers = owners.consumers(ring, ledger)
    calendars.add_to(handlers)
    return handlers


def build(settings: Settings) -> FastAPI:
    ledger = Ledger.of(settings.erasure_ledger_file)
    handlers = listeners(KeyRing.from_file(settings.key_encryption_key_file), ledger)
    tally = Tally()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with (
            database.connect(settings.database, seconds=database.PATIENT_SECONDS) as db,
            signatures.connect(settings.events, waits=True) as event_signatures,
        ):
            app.state.database = db
            app.state.health.add("database", db.ping)
            watch_connections(app, db)
            consume = partial(
                consume_events, db, settings.broker, handlers, queue_name=QUEUE, signatures=event_signatures
            )
            app.state.health.tell("housekeeping", tally.report)
            tally.be_watched(app.state.registry)
            async with background.running(
                consume=consume, purge=partial(erasures.purge, db), housekeeping=partial(keep_house, db, tally)
            ):
                yield

    return create_app(title="Todos worker", lifespan=lifespan, translate=database.as_problem, exposing=settings.metrics)
