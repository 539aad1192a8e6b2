from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.audit.chains import Entry, Head
from auth_service.audit.models import EntryRow, HeadRow, KeyRow


class End(NamedTuple):
    """Where a chain ends, and the wrapped key of whoever the next entry is about."""

    sequence: int
    hash: bytes
    wrapped_key: bytes | None


_ENTRY = tuple(getattr(EntryRow, name) for name in Entry._fields)
_END = (
    select(HeadRow.sequence, HeadRow.hash, KeyRow.wrapped)
    .select_from(HeadRow)
    .outerjoin(KeyRow, KeyRow.subject_id == bindparam("subject"))
    .where(HeadRow.chain == bindparam("number"))
    .with_for_update(of=HeadRow)
)
_MOVED = (
    update(HeadRow)
    .where(HeadRow.chain == bindparam("of_chain"))
    .values(sequence=bindparam("to_sequence"), hash=bindparam("to_hash"), seal=bindparam("to_seal"))
)
_ADDED = insert(EntryRow).add_cte(_MOVED.cte("moved"))


async def hold_end(tx: AsyncConnection, chain: int, *, subject_id: UUID) -> End:
    """Until this transaction is over nobody else adds to the chain."""
    return End(*(await tx.execute(_END, {"number": chain, "subject": subject_id})).one())


async def add(tx: AsyncConnection, entry: Entry, head: Head) -> None:
    """The entry, and the head moved to it, in one statement."""
    moved = {"of_chain": head.chain, "to_sequence": head.sequence, "to_hash": head.hash, "to_seal": head.seal}
    await tx.execute(_ADDED.values(**entry._asdict(), hash=head.hash), moved)


async def add_key(tx: AsyncConnection, subject_id: UUID, wrapped: bytes, *, forget_at: datetime | None) -> bytes:
    """Returns the key that is stored, which is another one if somebody was quicker."""
    added = (
        postgresql.insert(KeyRow)
        .values(subject_id=subject_id, wrapped=wrapped, forget_at=forget_at)
        .on_conflict_do_nothing()
        .returning(KeyRow.wrapped)
    )
    stored: bytes | None = await tx.scalar(added)
    return stored or (await find_keys(tx, [subject_id]))[subject_id]


async def find_keys(reads: AsyncConnection, subject_ids: Sequence[UUID]) -> dict[UUID, bytes]:
    found = await reads.execute(select(KeyRow.subject_id, KeyRow.wrapped).where(KeyRow.subject_id.in_(subject_ids)))
    return {row.subject_id: row.wrapped for row in found}


async def destroy_key(tx: AsyncConnection, subject_id: UUID) -> None:
    await tx.execute(delete(KeyRow).where(KeyRow.subject_id == subject_id))


async def destroy_old_keys(tx: AsyncConnection) -> int:
    """Returns how many there were."""
    return (await tx.execute(delete(KeyRow).where(KeyRow.forget_at < func.now()))).rowcount


async def list_entries(reads: AsyncConnection, *, user_id: UUID, before: UUID | None, limit: int) -> list[Entry]:
    """Newest first."""
    of_user: Select[Any] = select(*_ENTRY).where(EntryRow.user_id == user_id)
    if before is not None:
        of_user = of_user.where(EntryRow.id < before)
    rows = await reads.execute(of_user.order_by(EntryRow.id.desc()).limit(limit))
    return [Entry(*row) for row in rows]


async def list_heads(reads: AsyncConnection) -> list[Head]:
    rows = await reads.execute(
        select(HeadRow.chain, HeadRow.sequence, HeadRow.hash, HeadRow.seal).order_by(HeadRow.chain)
    )
    return [Head(*row) for row in rows]


async def list_links(reads: AsyncConnection, chain: int, *, after: int, limit: int) -> list[tuple[Entry, bytes]]:
    """The entries of a chain in order, each with its hash."""
    rows = await reads.execute(
        select(*_ENTRY, EntryRow.hash)
        .where(EntryRow.chain == chain, EntryRow.sequence > after)
        .order_by(EntryRow.sequence)
        .limit(limit)
    )
    return [(Entry(*row[:-1]), row[-1]) for row in rows]


async def find_hash(reads: AsyncConnection, chain: int, sequence: int) -> bytes | None:
    found = select(EntryRow.hash).where(EntryRow.chain == chain, EntryRow.sequence == sequence)
    stored: bytes | None = await reads.scalar(found)
    return stored
