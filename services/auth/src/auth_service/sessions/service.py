"""Sessions begin, go on and end. What one transaction must hold together takes `tx`; the caller commits."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.revocations import service as revocations
from auth_service.sessions import repository
from auth_service.sessions.clients import Client
from auth_service.sessions.errors import SessionNotFound
from auth_service.sessions.repository import Holder, Listed
from auth_service.sessions.tokens import AccessToken, Mint, RefreshToken
from chassis.database import Database
from chassis.problems import Unauthenticated

log = structlog.get_logger()

# Kept this long after they expired, for whoever looks into an incident.
_KEPT = timedelta(days=30)
_HOUSEKEEPING_SECONDS = 3600
_BATCH = 500


class EndReason(StrEnum):
    """Why a session is over. Written with it, logged, and told to the verifiers."""

    SIGNED_OUT = "signed_out"
    REUSE_DETECTED = "reuse_detected"
    ENDED_BY_OWNER = "ended_by_owner"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (a reason, not a password)
    PASSWORD_RESET = "password_reset"  # noqa: S105
    ACCOUNT_DELETED = "account_deleted"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a client is given when its session begins or goes on."""

    user_id: UUID
    session_id: UUID
    access_token: AccessToken
    refresh_token: str
    lasts: timedelta


async def start(tx: AsyncConnection, mint: Mint, *, user_id: UUID, client: Client) -> Grant:
    token = RefreshToken.first()
    holder = await repository.add(tx, token, user_id=user_id, client=client)
    return await _grant(mint, token, holder)


async def rotate(tx: AsyncConnection, mint: Mint, token: RefreshToken, *, address: str | None) -> Grant | None:
    """Replace a refresh token, or repeat the answer if it was replaced a moment ago.

    None if it cannot be: the session is over, or it ends here and now, because a token that was replaced long ago
    is in somebody's hands. The caller has to commit in that case too.
    """
    holder = await repository.rotate(tx, token, address=address) or await repository.find_just_rotated(tx, token)
    if holder is not None:
        return await _grant(mint, token.successor, holder)
    user_id = await _end(tx, token, reason=EndReason.REUSE_DETECTED)
    if user_id is not None:
        log.warning("session.reuse_detected", user_id=user_id, session_id=token.session_id, generation=token.generation)
    return None


async def end(database: Database, token: RefreshToken) -> None:
    """Sign out. Any token the session ever had will do, and doing it twice does no harm."""
    async with database.transaction() as tx:
        user_id = await _end(tx, token, reason=EndReason.SIGNED_OUT)
    if user_id is not None:
        log.info("session.ended", user_id=user_id, session_id=token.session_id, reason=EndReason.SIGNED_OUT)


async def _end(tx: AsyncConnection, token: RefreshToken, *, reason: EndReason) -> UUID | None:
    user_id = await repository.end(tx, token, reason=reason)
    if user_id is not None:
        await revocations.revoke_session(tx, token.session_id, user_id=user_id, reason=reason)
    return user_id


async def end_one(tx: AsyncConnection, session_id: UUID, *, user_id: UUID) -> None:
    """End a session of somebody who does not hold its token: they see it in their list."""
    reason = EndReason.ENDED_BY_OWNER
    if not await repository.end_one(tx, session_id, user_id=user_id, reason=reason):
        raise SessionNotFound
    await revocations.revoke_session(tx, session_id, user_id=user_id, reason=reason)
    log.info("session.ended", user_id=user_id, session_id=session_id, reason=reason)


async def end_all(tx: AsyncConnection, user_id: UUID, *, reason: EndReason, except_session: UUID | None = None) -> int:
    """End every session of a person, or every other one. Returns how many there were.

    Each is revoked by itself, so that one that begins a moment later is not concerned. Nothing else is locked after
    this in the transaction: see `auth_service.revocations.service`.
    """
    ended = await repository.end_all(tx, user_id, except_session=except_session, reason=reason)
    await revocations.revoke_sessions(tx, ended, user_id=user_id, reason=reason)
    log.info("sessions.ended", user_id=user_id, count=len(ended), reason=reason)
    return len(ended)


async def list_live(reads: AsyncConnection, user_id: UUID, *, before: UUID | None, limit: int) -> list[Listed]:
    return await repository.list_live(reads, user_id, before=before, limit=limit)


async def require_live(reads: AsyncConnection, session_id: UUID) -> None:
    if not await repository.is_live(reads, session_id):
        raise Unauthenticated("The session of this access token is over", error="invalid_token")


async def keep_house(database: Database) -> None:
    """Remove sessions that are long over, in batches small enough not to be noticed. Runs until cancelled."""
    while True:
        await remove_old(database)
        await asyncio.sleep(_HOUSEKEEPING_SECONDS)


async def remove_old(database: Database, *, batch: int = _BATCH) -> int:
    removed = 0
    while True:
        async with database.transaction() as tx:
            count = await repository.remove_expired(tx, for_longer_than=_KEPT, limit=batch)
        removed += count
        if count < batch:
            break
    log.info("sessions.removed", count=removed)
    return removed


async def _grant(mint: Mint, token: RefreshToken, holder: Holder) -> Grant:
    return Grant(
        user_id=holder.user_id,
        session_id=token.session_id,
        access_token=await mint.access_token(user_id=holder.user_id, session_id=token.session_id),
        refresh_token=mint.write(token),
        lasts=holder.expires_at - datetime.now(UTC),
    )
