from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.devices.models import KnownDeviceRow


async def is_known(reads: AsyncConnection, user_id: UUID, secret_hash: bytes) -> bool:
    here = exists().where(KnownDeviceRow.user_id == user_id, KnownDeviceRow.secret_hash == secret_hash)
    return bool(await reads.scalar(select(here)))


async def has_any(reads: AsyncConnection, user_id: UUID) -> bool:
    return bool(await reads.scalar(select(exists().where(KnownDeviceRow.user_id == user_id))))


async def remember(tx: AsyncConnection, user_id: UUID, secret_hash: bytes) -> None:
    used = insert(KnownDeviceRow).values(user_id=user_id, secret_hash=secret_hash)
    again = {"last_used_at": func.now()}
    await tx.execute(
        used.on_conflict_do_update(index_elements=[KnownDeviceRow.user_id, KnownDeviceRow.secret_hash], set_=again)
    )


async def forget_all(tx: AsyncConnection, user_id: UUID) -> None:
    await tx.execute(delete(KnownDeviceRow).where(KnownDeviceRow.user_id == user_id))


async def forget_unused(tx: AsyncConnection, *, since: timedelta) -> int:
    """Returns how many there were."""
    unused = delete(KnownDeviceRow).where(KnownDeviceRow.last_used_at < func.now() - since)
    return (await tx.execute(unused)).rowcount
