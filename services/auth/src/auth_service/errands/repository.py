from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.errands.models import ErrandRow

CHANNEL = func.current_schema().concat("_errands")


class WaitingErrand(NamedTuple):
    id: UUID
    kind: str
    sealed: bytes
    attempts: int


async def add(tx: AsyncConnection, errand_id: UUID, *, kind: str, sealed: bytes) -> None:
    await tx.execute(insert(ErrandRow).values(id=errand_id, kind=kind, sealed=sealed))
    await tx.execute(select(func.pg_notify(CHANNEL, "")))


async def take(tx: AsyncConnection) -> WaitingErrand | None:
    """The errand that has waited longest. It is gone when this transaction commits, and back if it does not."""
    oldest = (
        select(ErrandRow.id)
        .where(ErrandRow.due_at <= func.now())
        .order_by(ErrandRow.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    taken = (
        delete(ErrandRow)
        .where(ErrandRow.id == oldest)
        .returning(ErrandRow.id, ErrandRow.kind, ErrandRow.sealed, ErrandRow.attempts)
    )
    row = (await tx.execute(taken)).one_or_none()
    return WaitingErrand(*row) if row else None


async def postpone(tx: AsyncConnection, errand_id: UUID, *, pause: timedelta) -> None:
    later = update(ErrandRow).where(ErrandRow.id == errand_id)
    await tx.execute(later.values(due_at=func.now() + pause, attempts=ErrandRow.attempts + 1))


async def remove(tx: AsyncConnection, errand_id: UUID) -> None:
    await tx.execute(delete(ErrandRow).where(ErrandRow.id == errand_id))
