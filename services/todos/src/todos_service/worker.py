"""What this service does when nobody is asking: it listens to the other services, and removes what is to be gone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from chassis import background, database
from chassis.encryption import KeyRing
from chassis.messaging.consumers import consume_events
from chassis.web.app import create_app
from todos_service.owners.consumers import consumers
from todos_service.settings import Settings
from todos_service.todos.purging import purge

QUEUE = "todos.events.v1"


def build(settings: Settings) -> FastAPI:
    handlers = consumers(KeyRing.from_file(settings.key_encryption_key_file))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with database.connect(settings.database) as db:
            app.state.database = db
            app.state.health.add("database", db.ping)
            consume = partial(consume_events, db, settings.broker, handlers, queue_name=QUEUE)
            async with background.running(consume=consume, purge=partial(purge, db)):
                yield

    return create_app(title="Todos worker", lifespan=lifespan, translate=database.as_problem)
