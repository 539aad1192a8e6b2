from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.keys.models import KeyState, SigningKeyRow


class StoredKey(NamedTuple):
    kid: str
    algorithm: str
    state: str
    public_jwk: dict[str, Any]
    private_key: bytes | None
    created_at: datetime
    activated_at: datetime | None = None
    retired_at: datetime | None = None


_COLUMNS = tuple(getattr(SigningKeyRow, name) for name in StoredKey._fields)


async def list_keys(reads: AsyncConnection) -> list[StoredKey]:
    """The key that signs first, then by age."""
    active_first = case((SigningKeyRow.state == KeyState.ACTIVE, 0), else_=1)
    rows = await reads.execute(select(*_COLUMNS).order_by(active_first, SigningKeyRow.created_at))
    return [StoredKey(*row) for row in rows]


async def find_active(reads: AsyncConnection) -> str | None:
    """The id of the key that signs, by the index that lets it be one."""
    kid: str | None = await reads.scalar(select(SigningKeyRow.kid).where(SigningKeyRow.state == KeyState.ACTIVE))
    return kid


async def lock_keys(tx: AsyncConnection) -> list[StoredKey]:
    """All keys, which nobody else changes until this transaction ends."""
    rows = await tx.execute(select(*_COLUMNS).order_by(SigningKeyRow.kid).with_for_update())
    return [StoredKey(*row) for row in rows]


async def add_if_missing(tx: AsyncConnection, key: StoredKey) -> bool:
    """Store a key, unless another one has its place already. The unique index decides."""
    added = insert(SigningKeyRow).values(**key._asdict()).on_conflict_do_nothing().returning(SigningKeyRow.kid)
    return await tx.scalar(added) is not None


async def activate(tx: AsyncConnection, kid: str, *, at: datetime) -> None:
    await tx.execute(
        update(SigningKeyRow).where(SigningKeyRow.kid == kid).values(state=KeyState.ACTIVE, activated_at=at)
    )


async def retire(tx: AsyncConnection, kid: str, *, at: datetime) -> None:
    """What it has signed is verified with its public half; the private one is not needed any more."""
    await tx.execute(
        update(SigningKeyRow)
        .where(SigningKeyRow.kid == kid)
        .values(state=KeyState.RETIRING, retired_at=at, private_key=None)
    )


async def remove(tx: AsyncConnection, kid: str) -> None:
    await tx.execute(delete(SigningKeyRow).where(SigningKeyRow.kid == kid))


async def withdraw(tx: AsyncConnection, *, before: datetime) -> list[str]:
    """Keys that stopped signing by then are published no more."""
    withdrawn = (
        update(SigningKeyRow)
        .where(SigningKeyRow.state == KeyState.RETIRING, SigningKeyRow.retired_at < before)
        .values(state=KeyState.RETIRED)
        .returning(SigningKeyRow.kid)
    )
    return list(await tx.scalars(withdrawn))


async def remove_retired(tx: AsyncConnection, *, before: datetime) -> list[str]:
    removed = (
        delete(SigningKeyRow)
        .where(SigningKeyRow.state == KeyState.RETIRED, SigningKeyRow.retired_at < before)
        .returning(SigningKeyRow.kid)
    )
    return list(await tx.scalars(removed))


async def remove_next_unless(tx: AsyncConnection, algorithm: str) -> str | None:
    """A next key of another algorithm makes room. It has signed nothing, so nobody misses it."""
    removed = (
        delete(SigningKeyRow)
        .where(SigningKeyRow.state == KeyState.NEXT, SigningKeyRow.algorithm != algorithm)
        .returning(SigningKeyRow.kid)
    )
    kid: str | None = await tx.scalar(removed)
    return kid
