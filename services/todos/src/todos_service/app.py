"""The composition root: the one place that knows every part of this service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID

from fastapi import FastAPI

from chassis import background, database, metrics, signatures, tokens
from chassis.database import Database
from chassis.encryption import KeyRing
from chassis.key_sets import KeySet
from chassis.problems import ServiceUnavailable
from chassis.revocation import keeper
from chassis.revocation.knowledge import Revocations
from chassis.web.app import create_app, watch_connections
from chassis.web.health import Check
from chassis.web.middleware import BodyLimit, Replay
from todos_service.bulk.routes import router as bulk
from todos_service.calendars.routes import feed
from todos_service.calendars.routes import router as calendars
from todos_service.history.routes import router as history
from todos_service.lists.routes import router as lists
from todos_service.owners import service as owners
from todos_service.owners.heads import Announce, AnnouncingDatabase, Head
from todos_service.settings import Settings
from todos_service.sync import channels
from todos_service.sync.channels import Following
from todos_service.sync.hub import Hub
from todos_service.sync.routes import router as sync
from todos_service.sync.streams import HeadStreams
from todos_service.todos.fields import time_zones
from todos_service.todos.routes import router as todos
from todos_service.transfer.routes import router as transfer
from todos_service.transfer.uploads import Imports
from todos_service.trash.routes import router as trash

_BODY_BYTES = 256 * 1024
_BATCH_BYTES = 1024 * 1024
_IMPORT, _EXPORT = "/todos/import", "/todos/export"
# A little less than the gateway gives these two.
_TRANSFER_SECONDS = 58.0


def build(settings: Settings) -> FastAPI:
    ring = KeyRing.from_file(settings.key_encryption_key_file)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with (
            database.connect(settings.database) as db,
            signatures.connect(settings.events) as event_signatures,
            keeper.kept(settings.revocations, settings.broker, event_signatures, name="todos.revocations") as kept,
            tokens.connect(settings.tokens, kept.revocations) as verifier,
            streaming(app, settings, kept.revocations) as following,
        ):
            app.state.database = AnnouncingDatabase(db, announcing(app.state.hub, following))
            app.state.tokens, app.state.revocations = verifier, kept.revocations
            app.state.data_keys = owners.DataKeys(ring)
            app.state.imports = Imports()
            app.state.health.add("database", has_tables(db))
            watch_connections(app, db)
            app.state.health.add("connections", has_room(db, settings))
            app.state.health.add("token_keys", has_keys(verifier.keys))
            app.state.health.add("revocations", kept.check)
            app.state.health.tell("revocations", kept.report)
            kept.be_watched(partial(metrics.watch, app.state.registry))
            # Read now, so that no request waits for the disk.
            time_zones()
            yield

    app = create_app(
        title="Todos",
        lifespan=lifespan,
        routers=[lists, trash, bulk, transfer, calendars, history, todos, sync, feed],
        translate=database.as_problem,
        before_routing=[
            HeadStreams,
            partial(
                BodyLimit, most=_BODY_BYTES, longer={"/sync/operations": _BATCH_BYTES, _IMPORT: settings.import_bytes}
            ),
            # Those are several transactions.
            partial(Replay, was_undone=database.was_undone, never=frozenset({"/sync/operations", _IMPORT})),
        ],
        longer={_IMPORT: _TRANSFER_SECONDS, _EXPORT: _TRANSFER_SECONDS},
        exposing=settings.metrics,
    )
    app.state.settings = settings
    return app


@asynccontextmanager
async def streaming(app: FastAPI, settings: Settings, revocations: Revocations) -> AsyncIterator[Following]:
    """Streams that hear of what any process writes, and end with the sessions that opened them."""
    hub = Hub(lambda: app.state.health.draining, most_per_owner=settings.streams_per_owner)
    forget = revocations.on_revoked(hub.revoke)
    async with channels.connect(settings.redis, hub.hear) as following, background.running(streams=hub.run):
        app.state.hub, app.state.channels = hub, following
        metrics.watch(app.state.registry, "event_streams", "Devices that are listening", lambda: hub.size)
        yield following
    forget()


def announcing(hub: Hub, following: Following) -> Announce:
    """The streams of this process hear of its own writes at once, whether Redis is there or not."""

    def announce(owner_id: UUID, head: Head) -> None:
        hub.hear(owner_id, head)
        following.announce(owner_id, head)

    return announce


def has_tables(db: Database) -> Check:
    """More than a ping: before the migrations have run there is nothing to serve."""

    async def check() -> None:
        async with db.reads() as reads:
            await owners.check(reads)

    return check


def has_room(db: Database, settings: Settings) -> Check:
    """Once is enough: neither setting changes while both run."""
    fits = False

    async def check() -> None:
        nonlocal fits
        if not fits:
            await database.require_room(db, settings.database)
            fits = True

    return check


def has_keys(keys: KeySet) -> Check:
    """Once is enough: keys are kept, so that todos are served while the auth service is away."""

    async def check() -> None:
        if not keys.loaded:
            await keys.refresh()
        if not keys.loaded:
            raise ServiceUnavailable

    return check
