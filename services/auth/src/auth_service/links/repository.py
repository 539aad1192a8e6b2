from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.links.models import SingleUseTokenRow

_LIVE = SingleUseTokenRow.expires_at > func.now()


async def add(tx: AsyncConnection, token_hash: bytes, *, purpose: str, user_id: UUID, lifetime: timedelta) -> None:
    row = {"hash": token_hash, "purpose": purpose, "user_id": user_id, "expires_at": func.now() + lifetime}
    await tx.execute(insert(SingleUseTokenRow).values(row))


async def count_since(tx: AsyncConnection, user_id: UUID, *, purpose: str, within: timedelta) -> int:
    recent = select(func.count()).where(
        SingleUseTokenRow.user_id == user_id,
        SingleUseTokenRow.purpose == purpose,
        SingleUseTokenRow.created_at > func.now() - within,
    )
    return int(await tx.scalar(recent) or 0)


async def find_owner(reads: AsyncConnection, token_hash: bytes, *, purpose: str) -> UUID | None:
    """Whose it is, without using it."""
    of_token = SingleUseTokenRow.hash == token_hash, SingleUseTokenRow.purpose == purpose
    user_id: UUID | None = await reads.scalar(select(SingleUseTokenRow.user_id).where(*of_token, _LIVE))
    return user_id


async def use(tx: AsyncConnection, token_hash: bytes, *, purpose: str) -> UUID | None:
    """Whose it was. Of all who present the same one at once, exactly one is told."""
    used = (
        delete(SingleUseTokenRow)
        .where(SingleUseTokenRow.hash == token_hash, SingleUseTokenRow.purpose == purpose, _LIVE)
        .returning(SingleUseTokenRow.user_id)
    )
    user_id: UUID | None = await tx.scalar(used)
    return user_id


async def remove_all(tx: AsyncConnection, user_id: UUID, *, purpose: str) -> None:
    await tx.execute(
        delete(SingleUseTokenRow).where(SingleUseTokenRow.user_id == user_id, SingleUseTokenRow.purpose == purpose)
    )


async def remove_expired(tx: AsyncConnection, *, for_longer_than: timedelta) -> int:
    """Returns how many there were."""
    gone = delete(SingleUseTokenRow).where(SingleUseTokenRow.expires_at < func.now() - for_longer_than)
    return (await tx.execute(gone)).rowcount
