from typing import Any, NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.keys.models import KeyState, SigningKeyRow


class StoredKey(NamedTuple):
    kid: str
    algorithm: str
    state: str
    public_jwk: dict[str, Any]
    private_key: bytes


async def list_keys(reads: AsyncConnection) -> list[StoredKey]:
    """The key that signs first, then by age."""
    rows = await reads.execute(
        select(
            SigningKeyRow.kid,
            SigningKeyRow.algorithm,
            SigningKeyRow.state,
            SigningKeyRow.public_jwk,
            SigningKeyRow.private_key,
        ).order_by(case((SigningKeyRow.state == KeyState.ACTIVE, 0), else_=1), SigningKeyRow.created_at)
    )
    return [StoredKey(*row) for row in rows]


async def add_if_missing(tx: AsyncConnection, key: StoredKey) -> bool:
    """Store a key, unless another one has its place already. The unique index decides."""
    added = (
        insert(SigningKeyRow)
        .values(**key._asdict(), activated_at=func.now() if key.state == KeyState.ACTIVE else None)
        .on_conflict_do_nothing()
        .returning(SigningKeyRow.kid)
    )
    return await tx.scalar(added) is not None
