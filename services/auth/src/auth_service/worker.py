"""What this service does when nobody is asking: it tells the others what has happened, and tidies up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from auth_service.sessions.service import keep_house
from auth_service.settings import Settings
from chassis import background, database
from chassis.messaging.relay import relay_events
from chassis.web.app import create_app


def build(settings: Settings) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with database.connect(settings.database) as db:
            app.state.database = db
            app.state.health.add("database", db.ping)
            async with background.running(
                relay=partial(relay_events, db, settings.broker, name="auth-worker"),
                housekeeping=partial(keep_house, db),
            ):
                yield

    return create_app(title="Auth worker", lifespan=lifespan, translate=database.as_problem)
