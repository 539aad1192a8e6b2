"""Every query on streams and data keys. Each one names the owner."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.owners.models import DataKey, Erasure, Stream

_ADD_STREAM = insert(Stream).values(owner_id=bindparam("owner")).on_conflict_do_nothing()
# None for an erased owner: an event that comes late must not make a key for somebody who is gone.
_ADD_KEY = (
    insert(DataKey)
    .from_select(
        ["owner_id", "version", "wrapped"],
        select(
            Stream.owner_id,
            bindparam("of_version", type_=DataKey.version.type),
            bindparam("blob", type_=DataKey.wrapped.type),
        ).where(Stream.owner_id == bindparam("owner"), Stream.erased_at.is_(None)),
    )
    .on_conflict_do_nothing()
)
# Waits for a write under way, and no other one begins. The new epoch is what lets every process forget the key.
_ERASE = (
    insert(Stream)
    .values(owner_id=bindparam("owner"), erased_at=func.now())
    .on_conflict_do_update(
        index_elements=[Stream.owner_id],
        set_={"erased_at": func.coalesce(Stream.erased_at, func.now()), "epoch": func.gen_random_uuid(), "live": 0},
    )
)
# NOTIFY reaches every schema of a database; the name says whose it is.
ERASURES = func.current_schema().concat("_erasures")
_KEYS = select(DataKey.version, DataKey.wrapped).where(DataKey.owner_id == bindparam("owner"))


async def add(tx: AsyncConnection, *, owner_id: UUID, key_version: int, wrapped: bytes) -> None:
    """Adds what is missing. Of several at once one adds and the others wait for it, then add nothing."""
    await tx.execute(_ADD_STREAM, {"owner": owner_id})
    await tx.execute(_ADD_KEY, {"owner": owner_id, "of_version": key_version, "blob": wrapped})


async def list_keys(connection: AsyncConnection, *, owner_id: UUID) -> list[tuple[int, bytes]]:
    rows = await connection.execute(_KEYS, {"owner": owner_id})
    return [(version, wrapped) for version, wrapped in rows]


async def erase(tx: AsyncConnection, *, owner_id: UUID) -> None:
    """No write is possible any more, the keys are gone, and the rows are on the list of what is to be removed."""
    await tx.execute(_ERASE, {"owner": owner_id})
    await tx.execute(delete(DataKey).where(DataKey.owner_id == owner_id))
    await tx.execute(insert(Erasure).values(owner_id=owner_id).on_conflict_do_nothing())
    await tx.execute(select(func.pg_notify(ERASURES, "")))


async def is_erased(reads: AsyncConnection, *, owner_id: UUID) -> bool:
    erased = select(Stream.erased_at).where(Stream.owner_id == owner_id, Stream.erased_at.is_not(None))
    has_key = select(DataKey.version).where(DataKey.owner_id == owner_id)
    return bool(await reads.scalar(select(erased.exists() & ~has_key.exists())))


async def list_all_keys(tx: AsyncConnection, *, after: tuple[UUID, int] | None, limit: int) -> Sequence[Any]:
    """Of every owner, by their ids: for the command that wraps them anew."""
    keys = select(DataKey.owner_id, DataKey.version, DataKey.wrapped)
    if after is not None:
        keys = keys.where(tuple_(DataKey.owner_id, DataKey.version) > tuple_(*after))
    rows: Sequence[Any] = (await tx.execute(keys.order_by(DataKey.owner_id, DataKey.version).limit(limit))).all()
    return rows


async def replace_key(tx: AsyncConnection, row: Any, *, wrapped: bytes) -> int:
    """Returns how many: none if it is not what it was."""
    the_same = (
        DataKey.owner_id == row.owner_id,
        DataKey.version == row.version,
        DataKey.wrapped == row.wrapped,
    )
    return (await tx.execute(update(DataKey).where(*the_same).values(wrapped=wrapped))).rowcount


async def find_erasure(tx: AsyncConnection) -> UUID | None:
    """An erased owner whose rows nobody else is removing."""
    oldest = select(Erasure.owner_id).order_by(Erasure.erased_at).limit(1).with_for_update(skip_locked=True)
    owner_id: UUID | None = await tx.scalar(oldest)
    return owner_id


async def end_erasure(tx: AsyncConnection, *, owner_id: UUID) -> None:
    await tx.execute(delete(Erasure).where(Erasure.owner_id == owner_id))


async def touch(reads: AsyncConnection) -> None:
    """Reads no row, but needs the table."""
    await reads.execute(select(Stream.owner_id).limit(0))
