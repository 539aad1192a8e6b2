"""API tokens are made and revoked by people, and exchanged by programs.

Verifiers know nothing of them: what they see is an access token like any other, with fewer scopes, whose session is
the API token. So revoking one reaches what it was exchanged for, wherever that is.
"""

import asyncio
from datetime import UTC, date, datetime, timedelta
from hmac import compare_digest
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.accounts import changes
from auth_service.accounts.service import Entrance
from auth_service.api_tokens import repository
from auth_service.api_tokens.errors import ApiTokenInvalid, ApiTokenNotFound, TooManyApiTokens
from auth_service.api_tokens.repository import Presented
from auth_service.api_tokens.schemas import ApiTokenOut, NewApiToken
from auth_service.api_tokens.tokens import ApiToken
from auth_service.attempts import service as attempts
from auth_service.audit import service as audit
from auth_service.audit.kinds import Kind
from auth_service.mail import service as mail
from auth_service.mail.kinds import Template
from auth_service.revocations import service as revocations
from auth_service.sessions.clients import Client
from auth_service.sessions.tokens import AccessToken
from chassis.database import Database
from chassis.principals import Principal

log = structlog.get_logger()

_MOST = 50
# Kept in the list for so long after it expired, so that its owner sees why a program stopped.
_KEPT = timedelta(days=30)
_HOUSEKEEPING_SECONDS = 3600
_REFUSAL_SAID = timedelta(hours=1)
_REVOKED = "api_token_revoked"


class Made(NamedTuple):
    token: ApiTokenOut
    text: str


class Pass(NamedTuple):
    access_token: AccessToken
    scope: str


async def make(entrance: Entrance, caller: Principal, new: NewApiToken, *, client: Client) -> Made:
    account = await changes.confirm(entrance, caller, new.password.get_secret_value(), client=client)
    token = ApiToken.new()
    async with entrance.database.transaction() as tx:
        await changes.require_still_in(tx, caller)
        if await repository.count(tx, caller.id) >= _MOST:
            raise TooManyApiTokens
        made = await repository.add(
            tx,
            token,
            user_id=caller.id,
            name=new.name,
            scopes=sorted(new.scopes),
            lasts=timedelta(days=new.expires_in_days),
        )
        await mail.enqueue(tx, Template.API_TOKEN_MADE, account.user.email, name=new.name, **mail.circumstances(client))
        await _record(tx, Kind.API_TOKEN_CREATED, caller, client, name=new.name)
    log.info("api_token.created", user_id=caller.id, token_id=token.id, scopes=made.scopes)
    return Made(made, token.write())


async def list_own(
    reads: AsyncConnection, user_id: UUID, *, before: UUID | None = None, limit: int | None = None
) -> list[ApiTokenOut]:
    return await repository.list_tokens(reads, user_id, before=before, limit=limit)


async def revoke(tx: AsyncConnection, caller: Principal, token_id: UUID, *, client: Client) -> None:
    """Access tokens it was exchanged for end with it, everywhere."""
    name = await repository.remove(tx, caller.id, token_id)
    if name is None:
        raise ApiTokenNotFound
    await _record(tx, Kind.API_TOKEN_REVOKED, caller, client, name=name)
    await revocations.revoke_session(tx, token_id, user_id=caller.id, reason=_REVOKED)
    log.info("api_token.revoked", user_id=caller.id, token_id=token_id)


async def remove(tx: AsyncConnection, user_id: UUID, *, younger_than: timedelta | None) -> dict[UUID, str]:
    """Those made lately, or all: their names by their ids, which the caller revokes as sessions when it is done."""
    return await repository.remove_made(tx, user_id, younger_than=younger_than)


async def exchange(entrance: Entrance, text: str, *, client: Client) -> Pass:
    """For an access token that lives no longer than the API token."""
    token = ApiToken.read(text)
    if token is None:
        raise ApiTokenInvalid
    async with entrance.database.transaction() as tx:
        shown = await repository.hold(tx, token.id)
        if shown is None:
            raise ApiTokenInvalid
        fault = _fault_of(shown, token)
        await (_refuse(tx, token, shown, fault, client) if fault else _use(tx, token, shown, client))
        granted = None if fault else await _grant(tx, entrance, token, shown)
    # Raised when the transaction is over: what the log says of it stays.
    if granted is None:
        log.info("api_token.refused", user_id=shown.user_id, token_id=token.id, reason=fault)
        raise ApiTokenInvalid
    log.info("api_token.exchanged", user_id=shown.user_id, token_id=token.id)
    return granted


async def _grant(tx: AsyncConnection, entrance: Entrance, token: ApiToken, shown: Presented) -> Pass:
    scope, left = " ".join(shown.scopes), shown.expires_at - datetime.now(UTC)
    access_token = await entrance.mint.access_token(
        tx, user_id=shown.user_id, session_id=token.id, scope=scope, at_most=left
    )
    return Pass(access_token, scope)


def _fault_of(shown: Presented, token: ApiToken) -> str | None:
    if not compare_digest(shown.secret_hash, token.secret_hash):
        return "wrong_secret"
    return "expired" if shown.expires_at <= shown.now else None


async def _use(tx: AsyncConnection, token: ApiToken, shown: Presented, client: Client) -> None:
    """A program comes every few minutes: the log has it once a day, and when it is another or comes from elsewhere."""
    place = token.mark_of(f"{client.device}\0{attempts.neighbourhood(client.address)}")
    is_first_today = shown.last_used_at is None or _day(shown.last_used_at) < _day(shown.now)
    await repository.use(tx, token.id, at=shown.now, used_from=place)
    if is_first_today or shown.used_from != place:
        named = {"name": shown.name}
        await audit.record(tx, Kind.API_TOKEN_USED, user_id=shown.user_id, client=client, personal=named)


async def _refuse(tx: AsyncConnection, token: ApiToken, shown: Presented, reason: str, client: Client) -> None:
    """A program that is not told to stop goes on for weeks, so the log has it once an hour."""
    if shown.refused_at is not None and shown.refused_at > shown.now - _REFUSAL_SAID:
        return
    await repository.refuse(tx, token.id, at=shown.now)
    await audit.record(
        tx,
        Kind.API_TOKEN_REFUSED,
        user_id=shown.user_id,
        client=client,
        details={"reason": reason},
        personal={"name": shown.name},
    )


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


async def keep_house(database: Database) -> None:
    """Remove those that expired long ago. Runs until cancelled."""
    while True:
        async with database.transaction() as tx:
            removed = await repository.remove_expired(tx, for_longer_than=_KEPT)
        log.info("api_tokens.removed", count=removed)
        await asyncio.sleep(_HOUSEKEEPING_SECONDS)


async def _record(tx: AsyncConnection, kind: Kind, caller: Principal, client: Client, *, name: str) -> None:
    await audit.record(
        tx, kind, user_id=caller.id, session_id=caller.session_id, client=client, personal={"name": name}
    )
