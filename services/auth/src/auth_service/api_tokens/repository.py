from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.api_tokens.models import ApiTokenRow
from auth_service.api_tokens.schemas import ApiTokenOut
from auth_service.api_tokens.tokens import ApiToken

_PUBLIC = tuple(getattr(ApiTokenRow, name) for name in ApiTokenOut.model_fields)


class Presented(NamedTuple):
    """A token that somebody shows, whether or not it is good."""

    user_id: UUID
    name: str
    scopes: list[str]
    secret_hash: bytes
    expires_at: datetime
    last_used_at: datetime | None
    used_from: bytes | None
    refused_at: datetime | None
    # By the clock that the times above are by.
    now: datetime


_PRESENTED = (*(getattr(ApiTokenRow, name) for name in Presented._fields[:-1]), func.now())


async def add(
    tx: AsyncConnection, token: ApiToken, *, user_id: UUID, name: str, scopes: Sequence[str], lasts: timedelta
) -> ApiTokenOut:
    added = (
        insert(ApiTokenRow)
        .values(
            id=token.id,
            user_id=user_id,
            name=name,
            scopes=list(scopes),
            secret_hash=token.secret_hash,
            expires_at=func.now() + lasts,
        )
        .returning(*_PUBLIC)
    )
    return ApiTokenOut(**(await tx.execute(added)).mappings().one())


async def count(reads: AsyncConnection, user_id: UUID) -> int:
    counted = await reads.scalar(select(func.count()).select_from(ApiTokenRow).where(ApiTokenRow.user_id == user_id))
    return int(counted or 0)


async def list_tokens(
    reads: AsyncConnection, user_id: UUID, *, before: UUID | None = None, limit: int | None = None
) -> list[ApiTokenOut]:
    """The newest first."""
    listed = select(*_PUBLIC).where(ApiTokenRow.user_id == user_id).order_by(ApiTokenRow.id.desc()).limit(limit)
    if before is not None:
        listed = listed.where(ApiTokenRow.id < before)
    return [ApiTokenOut(**row) for row in (await reads.execute(listed)).mappings()]


async def hold(tx: AsyncConnection, token_id: UUID) -> Presented | None:
    """Of all who show it at once, one after the other looks at it."""
    row = (await tx.execute(select(*_PRESENTED).where(ApiTokenRow.id == token_id).with_for_update())).one_or_none()
    return Presented(*row) if row else None


async def use(tx: AsyncConnection, token_id: UUID, *, at: datetime, used_from: bytes) -> None:
    used = update(ApiTokenRow).where(ApiTokenRow.id == token_id)
    await tx.execute(used.values(last_used_at=at, used_from=used_from))


async def refuse(tx: AsyncConnection, token_id: UUID, *, at: datetime) -> None:
    await tx.execute(update(ApiTokenRow).where(ApiTokenRow.id == token_id).values(refused_at=at))


async def remove(tx: AsyncConnection, user_id: UUID, token_id: UUID) -> str | None:
    """Its name, or None if there is none of that person's."""
    removed = delete(ApiTokenRow).where(ApiTokenRow.user_id == user_id, ApiTokenRow.id == token_id)
    name: str | None = await tx.scalar(removed.returning(ApiTokenRow.name))
    return name


async def remove_made(tx: AsyncConnection, user_id: UUID, *, younger_than: timedelta | None) -> dict[UUID, str]:
    """Those made lately, or all. Their names."""
    removed = delete(ApiTokenRow).where(ApiTokenRow.user_id == user_id)
    if younger_than is not None:
        removed = removed.where(ApiTokenRow.created_at > func.now() - younger_than)
    rows = await tx.execute(removed.returning(ApiTokenRow.id, ApiTokenRow.name))
    return {row.id: row.name for row in rows}


async def remove_expired(tx: AsyncConnection, *, for_longer_than: timedelta) -> int:
    """Returns how many there were."""
    gone = await tx.execute(delete(ApiTokenRow).where(ApiTokenRow.expires_at < func.now() - for_longer_than))
    return gone.rowcount
