"""Every query on streams and data keys. Each one names the owner."""

from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.owners.models import DataKey, Stream

_ADD_STREAM = insert(Stream).values(owner_id=bindparam("owner")).on_conflict_do_nothing()
_ADD_KEY = (
    insert(DataKey)
    .values(owner_id=bindparam("owner"), version=bindparam("of_version"), wrapped=bindparam("blob"))
    .on_conflict_do_nothing()
)
_KEYS = select(DataKey.version, DataKey.wrapped).where(DataKey.owner_id == bindparam("owner"))


async def add(tx: AsyncConnection, *, owner_id: UUID, key_version: int, wrapped: bytes) -> None:
    """Adds what is missing. Of several at once one adds and the others wait for it, then add nothing."""
    await tx.execute(_ADD_STREAM, {"owner": owner_id})
    await tx.execute(_ADD_KEY, {"owner": owner_id, "of_version": key_version, "blob": wrapped})


async def list_keys(connection: AsyncConnection, *, owner_id: UUID) -> list[tuple[int, bytes]]:
    rows = await connection.execute(_KEYS, {"owner": owner_id})
    return [(version, wrapped) for version, wrapped in rows]


async def touch(reads: AsyncConnection) -> None:
    """Reads no row, but needs the table."""
    await reads.execute(select(Stream.owner_id).limit(0))
