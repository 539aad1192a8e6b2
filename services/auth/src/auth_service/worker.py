"""What this service does when nobody is asking: it tells the others what has happened, and tidies up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from auth_service import vault
from auth_service.keys.service import keep_rotating
from auth_service.revocations import service as revocations
from auth_service.sessions.service import keep_house
from auth_service.settings import Settings
from chassis import background, database
from chassis.encryption import KeyRing
from chassis.messaging.relay import relay_events
from chassis.web.app import create_app
from contracts.sessions import SessionRevoked


def build(settings: Settings) -> FastAPI:
    ring = KeyRing.from_file(settings.key_encryption_key_file)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with vault.connect(settings.database, ring) as db:
            app.state.database = db
            app.state.health.add("database", db.ping)
            async with background.running(
                relay=partial(relay_events, db, settings.broker, name="auth-worker", fleeting={SessionRevoked.type}),
                housekeeping=partial(keep_house, db),
                revocations=partial(revocations.keep_house, db),
                keys=partial(keep_rotating, db, ring, settings.keys),
            ):
                yield

    return create_app(title="Auth worker", lifespan=lifespan, translate=database.as_problem)
