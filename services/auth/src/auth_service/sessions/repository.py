from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from auth_service.sessions.clients import Client
from auth_service.sessions.models import SessionRow
from auth_service.sessions.tokens import RefreshToken

# A session ends when it is not used for so long, and at the latest so long after it began.
IDLE, ABSOLUTE = timedelta(days=30), timedelta(days=180)
# How long a token that was replaced still gets its successor again.
GRACE = timedelta(seconds=30)

_LIVE = and_(SessionRow.ended_at.is_(None), SessionRow.expires_at > func.now())


class Holder(NamedTuple):
    """Whose session it is, and until when."""

    user_id: UUID
    expires_at: datetime


class Ended(NamedTuple):
    id: UUID
    user_id: UUID
    device: str | None


class Listed(NamedTuple):
    """A session as its owner sees it in a list."""

    id: UUID
    device: str | None
    address: str | None
    created_at: datetime
    last_used_at: datetime


class Kept(NamedTuple):
    """A session as long as anything is known of it."""

    id: UUID
    device: str | None
    address: str | None
    created_at: datetime
    last_used_at: datetime
    ended_at: datetime | None


_LISTED = (
    SessionRow.id,
    SessionRow.device,
    SessionRow.address,
    SessionRow.created_at,
    SessionRow.last_used_at,
)


def _is_of(token: RefreshToken) -> ColumnElement[bool]:
    return and_(SessionRow.id == token.session_id, SessionRow.secret_hash == token.secret_hash, _LIVE)


async def add(tx: AsyncConnection, token: RefreshToken, *, user_id: UUID, client: Client) -> Holder:
    added = (
        insert(SessionRow)
        .values(
            id=token.session_id,
            user_id=user_id,
            secret_hash=token.secret_hash,
            generation=token.generation,
            device=client.device,
            address=client.address,
            expires_at=func.now() + IDLE,
        )
        .returning(SessionRow.user_id, SessionRow.expires_at)
    )
    return Holder(*(await tx.execute(added)).one())


async def rotate(tx: AsyncConnection, token: RefreshToken, *, address: str | None) -> Holder | None:
    """Replace a token by its successor. Of all who present the same one at once, exactly one gets a row.

    A generation that lies ahead of the stored one is genuine too: the table was restored from a backup.
    """
    replaced = (
        update(SessionRow)
        .where(_is_of(token), SessionRow.generation <= token.generation)
        .values(
            generation=token.successor.generation,
            rotated_at=func.now(),
            last_used_at=func.now(),
            address=address,
            expires_at=func.least(func.now() + IDLE, SessionRow.created_at + ABSOLUTE),
        )
        .returning(SessionRow.user_id, SessionRow.expires_at)
    )
    row = (await tx.execute(replaced)).one_or_none()
    return Holder(*row) if row else None


async def find_just_rotated(tx: AsyncConnection, token: RefreshToken) -> Holder | None:
    """The session whose token this was until a moment ago."""
    row = await tx.execute(
        select(SessionRow.user_id, SessionRow.expires_at).where(
            _is_of(token),
            SessionRow.generation == token.successor.generation,
            SessionRow.rotated_at > func.now() - GRACE,
        )
    )
    return Holder(*found) if (found := row.one_or_none()) else None


async def end(tx: AsyncConnection, token: RefreshToken, *, reason: str) -> Ended | None:
    """End the session this token is or was of. None if it was over."""
    row = (await tx.execute(_end(_is_of(token), reason=reason))).one_or_none()
    return Ended(*row) if row else None


async def end_one(tx: AsyncConnection, session_id: UUID, *, user_id: UUID, reason: str) -> Ended | None:
    """None if it was not theirs, or over."""
    ended = await tx.execute(_end(SessionRow.id == session_id, SessionRow.user_id == user_id, reason=reason))
    return Ended(*row) if (row := ended.one_or_none()) else None


async def end_all(tx: AsyncConnection, user_id: UUID, *, except_session: UUID | None, reason: str) -> list[UUID]:
    """Returns which ones. Locked in the order of their ids, so that two who do this do not wait for each other."""
    theirs = select(SessionRow.id).where(SessionRow.user_id == user_id, _LIVE)
    if except_session is not None:
        theirs = theirs.where(SessionRow.id != except_session)
    locked = theirs.order_by(SessionRow.id).with_for_update()
    ended = await tx.execute(_end(SessionRow.id.in_(locked), reason=reason))
    return [each.id for each in ended]


def _end(*which: ColumnElement[bool], reason: str) -> ReturningUpdate[UUID, UUID, str | None]:
    return (
        update(SessionRow)
        .where(*which, _LIVE)
        .values(ended_at=func.now(), end_reason=reason)
        .returning(SessionRow.id, SessionRow.user_id, SessionRow.device)
    )


async def list_live(reads: AsyncConnection, user_id: UUID, *, before: UUID | None, limit: int) -> list[Listed]:
    """The youngest first: ids are in the order in which sessions began."""
    theirs = select(*_LISTED).where(SessionRow.user_id == user_id, _LIVE)
    if before is not None:
        theirs = theirs.where(SessionRow.id < before)
    rows = await reads.execute(theirs.order_by(SessionRow.id.desc()).limit(limit))
    return [Listed(*row) for row in rows]


async def list_kept(reads: AsyncConnection, user_id: UUID) -> list[Kept]:
    """The youngest first, those that are over among them."""
    theirs = select(*_LISTED, SessionRow.ended_at).where(SessionRow.user_id == user_id)
    return [Kept(*row) for row in await reads.execute(theirs.order_by(SessionRow.id.desc()))]


async def is_live(reads: AsyncConnection, session_id: UUID) -> bool:
    return bool(await reads.scalar(select(exists().where(SessionRow.id == session_id, _LIVE))))


async def exists_of(reads: AsyncConnection, user_id: UUID) -> bool:
    """Whether there is one, live or over."""
    return bool(await reads.scalar(select(exists().where(SessionRow.user_id == user_id))))


async def remove_expired(tx: AsyncConnection, *, for_longer_than: timedelta, limit: int) -> int:
    """Returns how many there were. Rows that another worker is removing are left to it."""
    oldest = (
        select(SessionRow.id)
        .where(SessionRow.expires_at < func.now() - for_longer_than)
        .order_by(SessionRow.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    removed = await tx.execute(delete(SessionRow).where(SessionRow.id.in_(oldest)))
    return removed.rowcount
