"""The composition root: the one place that knows every part of this service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auth_service import vault
from auth_service.accounts.emails import Pseudonyms
from auth_service.accounts.passwords import Passwords
from auth_service.accounts.routes import router as accounts
from auth_service.accounts.service import Entrance
from auth_service.api_tokens.routes import router as api_tokens
from auth_service.attempts.service import Attempts
from auth_service.enrolment.routes import router as enrolment
from auth_service.exports.routes import router as exports
from auth_service.keys.routes import internal as event_keys
from auth_service.keys.routes import router as keys
from auth_service.keys.service import SigningKeys
from auth_service.recovery.routes import router as recovery
from auth_service.revocations.routes import router as revocations
from auth_service.second_factor.passkeys import RelyingParty
from auth_service.second_factor.routes import router as second_factor
from auth_service.second_factor.service import Checkpoint
from auth_service.sessions.routes import router as sessions
from auth_service.sessions.tokens import Mint
from auth_service.settings import Settings
from auth_service.vault import Vault
from chassis import background, database
from chassis.encryption import KeyRing
from chassis.key_sets import KeySet
from chassis.settings import TokenSettings
from chassis.tokens import TokenVerifier
from chassis.web.app import create_app, watch_connections

_KEYS_RETRY_SECONDS = 0.5


def build(settings: Settings) -> FastAPI:
    ring = KeyRing.from_file(settings.key_encryption_key_file)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with vault.connect(settings.database, ring) as db:
            signing_keys = SigningKeys(db, ring, settings.keys.algorithm)
            mint = Mint(signing_keys, ring, issuer=settings.issuer, audience=settings.audience)
            app.state.database, app.state.keys, app.state.mint = db, signing_keys, mint
            # Asking is a read of our own table: a key that is a moment old is worth it more often than elsewhere.
            key_set = KeySet(signing_keys.read, retry_seconds=_KEYS_RETRY_SECONDS)
            app.state.tokens = TokenVerifier(_token_settings(settings), key_set, signing_keys)
            app.state.health.add("database", db.ping)
            watch_connections(app, db)
            app.state.health.add("keys", signing_keys.check)
            with Passwords.costing(settings.passwords) as passwords:
                attempts = Attempts(db)
                relying_party = RelyingParty(settings.relying_party, tuple(settings.allowed_origins))
                app.state.entrance = Entrance(
                    db,
                    passwords,
                    mint,
                    Pseudonyms(ring),
                    attempts,
                    Vault(ring),
                    Checkpoint(db, attempts, relying_party),
                    require_verified=settings.require_email_verification,
                )
                async with background.running(keys=signing_keys.keep_fresh):
                    yield

    app = create_app(
        title="Auth",
        lifespan=lifespan,
        routers=[
            recovery,
            exports,
            enrolment,
            api_tokens,
            accounts,
            second_factor,
            sessions,
            revocations,
            keys,
            event_keys,
        ],
        translate=database.as_problem,
        exposing=settings.metrics,
    )
    app.state.settings = settings
    app.add_middleware(NotStored)
    return app


def _token_settings(settings: Settings) -> TokenSettings:
    """What other services are told by their settings. This one reads its keys from its own table."""
    jwks_url = f"{settings.issuer}/.well-known/jwks.json"
    return TokenSettings(issuer=settings.issuer, audience=settings.audience, jwks_url=jwks_url)


class NotStored:
    """Nothing this service answers is kept by a cache, errors included, unless it says otherwise itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_unstored(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_unstored)
