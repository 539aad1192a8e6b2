"""Sessions begin, go on and end. What one transaction must hold together takes `tx`; the caller commits."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.audit import service as audit
from auth_service.audit.kinds import Kind
from auth_service.revocations import service as revocations
from auth_service.sessions import repository
from auth_service.sessions.clients import Client
from auth_service.sessions.errors import SessionNotFound
from auth_service.sessions.repository import Ended, Holder, Kept, Listed
from auth_service.sessions.tokens import AccessToken, Mint, RefreshToken
from chassis.database import Database
from chassis.principals import Principal
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


@dataclass(frozen=True, slots=True)
class Stolen:
    """A session has just ended, because its token was in two hands."""

    user_id: UUID
    # What it was begun with, which its owner knows it by.
    device: str | None


async def start(tx: AsyncConnection, mint: Mint, *, user_id: UUID, client: Client) -> Grant:
    token = RefreshToken.first()
    holder = await repository.add(tx, token, user_id=user_id, client=client)
    return await _grant(tx, mint, token, holder)


async def rotate(tx: AsyncConnection, mint: Mint, token: RefreshToken, *, client: Client) -> Grant | Stolen | None:
    """Replace a refresh token, or repeat the answer if it was replaced a moment ago.

    None if the session is over. Stolen if it ends here and now, because a token that was replaced long ago is in
    somebody's hands: the caller has to commit in that case too.
    """
    holder = await repository.rotate(tx, token, address=client.address) or await repository.find_just_rotated(tx, token)
    if holder is not None:
        return await _grant(tx, mint, token.successor, holder)
    ended = await _end(tx, token, reason=EndReason.REUSE_DETECTED, kind=Kind.REFRESH_REUSED, client=client)
    if ended is None:
        return None
    log.warning("session.reuse_detected", user_id=ended.user_id, session_id=ended.id, generation=token.generation)
    return Stolen(ended.user_id, ended.device)


async def end(database: Database, token: RefreshToken, *, client: Client) -> None:
    """Sign out. Any token the session ever had will do, and doing it twice does no harm."""
    reason = EndReason.SIGNED_OUT
    async with database.transaction() as tx:
        ended = await _end(tx, token, reason=reason, kind=Kind.SESSION_ENDED, client=client)
    if ended is not None:
        log.info("session.ended", user_id=ended.user_id, session_id=ended.id, reason=reason)


async def _end(
    tx: AsyncConnection, token: RefreshToken, *, reason: EndReason, kind: Kind, client: Client
) -> Ended | None:
    ended = await repository.end(tx, token, reason=reason)
    if ended is not None:
        await audit.record(tx, kind, user_id=ended.user_id, session_id=ended.id, client=client)
        await revocations.revoke_session(tx, ended.id, user_id=ended.user_id, reason=reason)
    return ended


async def end_one(tx: AsyncConnection, session_id: UUID, *, by: Principal, client: Client) -> None:
    """End a session of somebody who does not hold its token: they see it in their list."""
    user_id, reason = by.id, EndReason.ENDED_BY_OWNER
    ended = await repository.end_one(tx, session_id, user_id=user_id, reason=reason)
    if ended is None:
        raise SessionNotFound
    await audit.record(
        tx,
        Kind.SESSION_ENDED,
        user_id=user_id,
        session_id=by.session_id,
        client=client,
        details={"ended": str(session_id)},
        # The entry itself has the device that asked for it.
        personal={"device": ended.device},
    )
    await revocations.revoke_session(tx, session_id, user_id=user_id, reason=reason)
    log.info("session.ended", user_id=user_id, session_id=session_id, reason=reason)


async def end_all(
    tx: AsyncConnection, user_id: UUID, *, reason: EndReason, except_session: UUID | None = None
) -> list[UUID]:
    """End every session of a person, or every other one. Returns which ones.

    The caller revokes each, so that one that begins a moment later is not concerned, and does so last, after what it
    has to say to the audit log: see `auth_service.revocations.service`.
    """
    ended = await repository.end_all(tx, user_id, except_session=except_session, reason=reason)
    log.info("sessions.ended", user_id=user_id, count=len(ended), reason=reason)
    return ended


async def end_others(tx: AsyncConnection, by: Principal, *, client: Client) -> None:
    reason = EndReason.ENDED_BY_OWNER
    ended = await end_all(tx, by.id, reason=reason, except_session=by.session_id)
    count = {"count": len(ended)}
    await audit.record(tx, Kind.SESSIONS_ENDED, user_id=by.id, session_id=by.session_id, client=client, details=count)
    await revocations.revoke_sessions(tx, ended, user_id=by.id, reason=reason)


async def list_live(reads: AsyncConnection, user_id: UUID, *, before: UUID | None, limit: int) -> list[Listed]:
    return await repository.list_live(reads, user_id, before=before, limit=limit)


async def list_kept(reads: AsyncConnection, user_id: UUID) -> list[Kept]:
    """Those that are over, too, as long as they are kept."""
    return await repository.list_kept(reads, user_id)


async def has_begun(reads: AsyncConnection, user_id: UUID) -> bool:
    """Whether the account has been signed in to, as far as that is still known."""
    return await repository.exists_of(reads, user_id)


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


async def _grant(tx: AsyncConnection, mint: Mint, token: RefreshToken, holder: Holder) -> Grant:
    return Grant(
        user_id=holder.user_id,
        session_id=token.session_id,
        access_token=await mint.access_token(tx, user_id=holder.user_id, session_id=token.session_id),
        refresh_token=mint.write(token),
        lasts=holder.expires_at - datetime.now(UTC),
    )
