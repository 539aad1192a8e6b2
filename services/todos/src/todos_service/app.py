"""The composition root: the one place that knows every part of this service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from chassis import database, tokens
from chassis.database import Database
from chassis.encryption import KeyRing
from chassis.problems import ServiceUnavailable
from chassis.revocation import keeper
from chassis.tokens import KeySet
from chassis.web.app import create_app
from chassis.web.health import Check
from todos_service.owners import service as owners
from todos_service.settings import Settings
from todos_service.todos.routes import router as todos
from todos_service.todos.schemas import time_zones


def build(settings: Settings) -> FastAPI:
    ring = KeyRing.from_file(settings.key_encryption_key_file)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with (
            database.connect(settings.database) as db,
            keeper.kept(settings.revocations, settings.broker, name="todos.revocations") as kept,
            tokens.connect(settings.tokens, kept.revocations) as verifier,
        ):
            app.state.database, app.state.tokens, app.state.revocations = db, verifier, kept.revocations
            app.state.data_keys = owners.DataKeys(ring)
            app.state.health.add("database", has_tables(db))
            app.state.health.add("token_keys", has_keys(verifier.keys))
            app.state.health.add("revocations", kept.check)
            app.state.health.tell("revocations", kept.report)
            # Read now, so that no request waits for the disk.
            time_zones()
            yield

    app = create_app(title="Todos", lifespan=lifespan, routers=[todos], translate=database.as_problem)
    app.state.settings = settings
    return app


def has_tables(db: Database) -> Check:
    """More than a ping: before the migrations have run there is nothing to serve."""

    async def check() -> None:
        async with db.reads() as reads:
            await owners.check(reads)

    return check


def has_keys(keys: KeySet) -> Check:
    """Once is enough: keys are kept, so that todos are served while the auth service is away."""

    async def check() -> None:
        if not keys.loaded:
            await keys.refresh()
        if not keys.loaded:
            raise ServiceUnavailable

    return check
