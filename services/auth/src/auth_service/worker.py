"""What this service does when nobody is asking: it tells the others what has happened, and tidies up."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import structlog
from fastapi import FastAPI

from auth_service import vault
from auth_service.api_tokens import service as api_tokens
from auth_service.attempts import service as attempts
from auth_service.devices import service as devices
from auth_service.errands import service as errands
from auth_service.keys.service import SigningKeys, keep_rotating
from auth_service.mail import service as mail
from auth_service.mail.post import post_of
from auth_service.recovery import service as recovery
from auth_service.revocations import service as revocations
from auth_service.second_factor import service as second_factor
from auth_service.sessions.service import keep_house
from auth_service.settings import Settings
from chassis import background, database
from chassis.database import Database
from chassis.encryption import KeyRing
from chassis.messaging.relay import relay_events
from chassis.web.app import create_app, watch_connections
from contracts.sessions import SessionRevoked
from contracts.users import UserPasswordChanged

log = structlog.get_logger()

# Events that nobody may be listening to.
_FLEETING = frozenset({SessionRevoked.type, UserPasswordChanged.type})


def build(settings: Settings) -> FastAPI:
    ring = KeyRing.from_file(settings.key_encryption_key_file)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with vault.connect(settings.database, ring) as db:
            app.state.database = db
            app.state.health.add("database", db.ping)
            watch_connections(app, db)
            signing_keys = SigningKeys(db, ring, settings.keys.algorithm)
            async with background.running(
                relay=partial(_relay, db, settings, signing_keys),
                housekeeping=partial(keep_house, db),
                recovery=partial(recovery.keep_house, db),
                attempts=partial(attempts.keep_house, db),
                devices=partial(devices.keep_house, db),
                challenges=partial(second_factor.keep_house, db),
                api_tokens=partial(api_tokens.keep_house, db),
                errands=partial(errands.run, db, recovery.handlers(settings.app_url)),
                **_mail(db, settings),
                revocations=partial(revocations.keep_house, db),
                keys=partial(keep_rotating, db, ring, settings.keys),
            ):
                yield

    return create_app(title="Auth worker", lifespan=lifespan, translate=database.as_problem, exposing=settings.metrics)


async def _relay(db: Database, settings: Settings, keys: SigningKeys) -> None:
    await keys.make_missing()
    await relay_events(db, settings.broker, keys.sign_event, name="auth-worker", fleeting=_FLEETING)


def _mail(db: Database, settings: Settings) -> dict[str, Callable[[], Awaitable[None]]]:
    post = post_of(settings.mail)
    if post is None:
        log.warning("mail.nowhere_to_go", hint="set AUTH_MAIL__SMTP_URL or AUTH_MAIL__FOLDER")
        return {}
    return {"mail": partial(mail.deliver, db, post, settings)}
