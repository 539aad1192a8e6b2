from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.revocations.models import RevocationCounterRow, RevocationRow


class Revocation(NamedTuple):
    sequence: int
    user_id: UUID
    session_id: UUID | None
    not_before: datetime | None
    until: datetime
    kid: str | None = None


_REVOCATION = (
    RevocationRow.sequence,
    RevocationRow.user_id,
    RevocationRow.session_id,
    RevocationRow.not_before,
    RevocationRow.until,
    RevocationRow.kid,
)


class Revocations(NamedTuple):
    """Those after a certain number, and how far the numbers go."""

    epoch: UUID
    sequence: int
    items: list[Revocation]


async def take_numbers(tx: AsyncConnection, count: int) -> tuple[UUID, range]:
    """The epoch, and the next numbers. From here to the end of the transaction nobody else gets one."""
    taken = (
        update(RevocationCounterRow)
        .values(sequence=RevocationCounterRow.sequence + count)
        .returning(RevocationCounterRow.epoch, RevocationCounterRow.sequence)
    )
    epoch, last = (await tx.execute(taken)).one()
    return epoch, range(last - count + 1, last + 1)


async def add(tx: AsyncConnection, revocations: Sequence[Revocation]) -> None:
    await tx.execute(insert(RevocationRow), [each._asdict() for each in revocations])


async def list_after(reads: AsyncConnection, sequence: int) -> Revocations:
    """In one statement, so that the last number and the rows are of the same moment."""
    counter, row = RevocationCounterRow, RevocationRow
    holds = and_(row.sequence > sequence, row.until > func.now())
    rows = await reads.execute(
        select(counter.epoch, counter.sequence.label("last"), *_REVOCATION)
        .select_from(counter)
        .outerjoin(row, holds)
        .order_by(row.sequence)
    )
    found = rows.mappings().all()
    items = [
        Revocation(*(each[name] for name in Revocation._fields))
        for each in found
        # Without any, the outer join gives one that is empty.
        if each["sequence"] is not None
    ]
    return Revocations(found[0]["epoch"], found[0]["last"], items)


async def remove_expired(tx: AsyncConnection) -> int:
    removed = await tx.execute(delete(RevocationRow).where(RevocationRow.until < func.now()))
    return removed.rowcount
