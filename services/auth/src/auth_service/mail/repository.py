from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.mail.models import MailRow

# NOTIFY reaches every schema of a database; the name says whose mail it is.
CHANNEL = func.current_schema().concat("_mails")


class WaitingMail(NamedTuple):
    id: UUID
    template: str
    sealed: bytes
    attempts: int


async def add(tx: AsyncConnection, mail_id: UUID, *, template: str, sealed: bytes, lifetime: timedelta) -> None:
    expires_at = func.now() + lifetime
    await tx.execute(insert(MailRow).values(id=mail_id, template=template, sealed=sealed, expires_at=expires_at))
    await tx.execute(select(func.pg_notify(CHANNEL, "")))


async def borrow(tx: AsyncConnection, *, lease: timedelta) -> WaitingMail | None:
    """The mail that has waited longest. If its borrower dies, it is due again after the lease."""
    oldest = (
        select(MailRow.id)
        .where(MailRow.due_at <= func.now(), MailRow.expires_at > func.now())
        .order_by(MailRow.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    borrowed = (
        update(MailRow)
        .where(MailRow.id == oldest)
        .values(due_at=func.now() + lease, attempts=MailRow.attempts + 1)
        .returning(MailRow.id, MailRow.template, MailRow.sealed, MailRow.attempts)
    )
    row = (await tx.execute(borrowed)).one_or_none()
    return WaitingMail(*row) if row else None


async def postpone(tx: AsyncConnection, mail_id: UUID, *, pause: timedelta) -> None:
    await tx.execute(update(MailRow).where(MailRow.id == mail_id).values(due_at=func.now() + pause))


async def remove(tx: AsyncConnection, mail_id: UUID) -> None:
    await tx.execute(delete(MailRow).where(MailRow.id == mail_id))


async def remove_expired(tx: AsyncConnection) -> int:
    """Returns how many there were."""
    return (await tx.execute(delete(MailRow).where(MailRow.expires_at <= func.now()))).rowcount


async def seconds_until_due(reads: AsyncConnection) -> float | None:
    """None if nothing waits."""
    soonest = select(func.extract("epoch", func.min(MailRow.due_at) - func.now())).where(
        MailRow.expires_at > func.now()
    )
    seconds = await reads.scalar(soonest)
    return None if seconds is None else max(0.0, float(seconds))
