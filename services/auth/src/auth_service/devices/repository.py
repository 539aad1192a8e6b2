from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.devices.models import KnownDeviceRow


async def is_known(reads: AsyncConnection, user_id: UUID, secret_hash: bytes) -> bool:
    here = exists().where(KnownDeviceRow.user_id == user_id, KnownDeviceRow.secret_hash == secret_hash)
    return bool(await reads.scalar(select(here)))


async def count(reads: AsyncConnection, user_id: UUID, *, used_within: timedelta) -> tuple[int, int]:
    """How many there are, and how many of them were used lately."""
    lately = func.count().filter(KnownDeviceRow.last_used_at > func.now() - used_within)
    row = await reads.execute(select(func.count(), lately).where(KnownDeviceRow.user_id == user_id))
    total, recent = row.one()
    return total, recent


async def list_last_uses(reads: AsyncConnection, user_id: UUID) -> list[datetime]:
    """The latest first."""
    uses = select(KnownDeviceRow.last_used_at).where(KnownDeviceRow.user_id == user_id)
    return list(await reads.scalars(uses.order_by(KnownDeviceRow.last_used_at.desc())))


async def remember(tx: AsyncConnection, user_id: UUID, secret_hash: bytes) -> None:
    used = insert(KnownDeviceRow).values(user_id=user_id, secret_hash=secret_hash)
    again = {"last_used_at": func.now()}
    await tx.execute(
        used.on_conflict_do_update(index_elements=[KnownDeviceRow.user_id, KnownDeviceRow.secret_hash], set_=again)
    )


async def forget_surplus(tx: AsyncConnection, user_id: UUID, *, keep: int) -> None:
    """All but those that were used last."""
    surplus = (
        select(KnownDeviceRow.secret_hash)
        .where(KnownDeviceRow.user_id == user_id)
        .order_by(KnownDeviceRow.last_used_at.desc())
        .offset(keep)
    )
    await tx.execute(
        delete(KnownDeviceRow).where(KnownDeviceRow.user_id == user_id, KnownDeviceRow.secret_hash.in_(surplus))
    )


async def forget_all(tx: AsyncConnection, user_id: UUID) -> None:
    await tx.execute(delete(KnownDeviceRow).where(KnownDeviceRow.user_id == user_id))


async def forget_unused(tx: AsyncConnection, *, since: timedelta) -> int:
    """Returns how many there were."""
    unused = delete(KnownDeviceRow).where(KnownDeviceRow.last_used_at < func.now() - since)
    return (await tx.execute(unused)).rowcount
