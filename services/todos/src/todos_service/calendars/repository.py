from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.calendars.models import Calendar
from todos_service.owners.models import Stream
from todos_service.todos.models import DUE_ORDER, NEVER_DUE, Todo
from todos_service.todos.repository import SHOWN

_OWNER = bindparam("owner", type_=Stream.owner_id.type)
_FIND: Final = (
    select(Calendar.secret_hash, Calendar.created_at, Stream.epoch, Stream.head)
    .join_from(Calendar, Stream, Stream.owner_id == Calendar.owner_id)
    .where(Calendar.owner_id == _OWNER, Stream.owner_id == _OWNER, Stream.erased_at.is_(None))
)
_DUE: Final = (
    select(*SHOWN, DUE_ORDER.label("due"))
    .where(Todo.owner_id == _OWNER, Todo.deleted_at.is_(None), DUE_ORDER < NEVER_DUE, Todo.completed.is_(False))
    .order_by(DUE_ORDER, Todo.id)
    .limit(bindparam("limit"))
)
_DUE_AFTER: Final = _DUE.where(
    tuple_(DUE_ORDER, Todo.id) > tuple_(bindparam("due", type_=DUE_ORDER.type), bindparam("after", type_=Todo.id.type))
)


async def find(reads: AsyncConnection, *, owner_id: UUID) -> Any | None:
    """The owner's calendar with the head of their stream."""
    return (await reads.execute(_FIND, {"owner": owner_id})).one_or_none()


async def store(tx: AsyncConnection, *, owner_id: UUID, secret_hash: bytes) -> datetime:
    """In place of the one there was. Returns when."""
    adding = insert(Calendar).values(owner_id=owner_id, secret_hash=secret_hash)
    replacing = adding.on_conflict_do_update(
        index_elements=[Calendar.owner_id],
        set_={"secret_hash": adding.excluded.secret_hash, "created_at": func.now()},
    ).returning(Calendar.created_at)
    created_at: datetime = (await tx.execute(replacing)).scalar_one()
    return created_at


async def remove(tx: AsyncConnection, *, owner_id: UUID) -> None:
    await tx.execute(delete(Calendar).where(Calendar.owner_id == owner_id))


async def remove_made_between(tx: AsyncConnection, *, owner_id: UUID, since: datetime | None, until: datetime) -> bool:
    """Whether there was one. Without `since` it may be as old as it likes."""
    made = [Calendar.created_at <= until] + ([] if since is None else [Calendar.created_at >= since])
    removed = delete(Calendar).where(Calendar.owner_id == owner_id, *made).returning(Calendar.owner_id)
    return await tx.scalar(removed) is not None


async def list_due(
    reads: AsyncConnection, *, owner_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Any]:
    """Todos that are neither done nor deleted, by when they are due."""
    values: dict[str, Any] = {"owner": owner_id, "limit": limit}
    if after is not None:
        values["due"], values["after"] = after
    rows: Sequence[Any] = (await reads.execute(_DUE if after is None else _DUE_AFTER, values)).all()
    return rows
