from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, bindparam, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.owners.models import Stream
from todos_service.todos.models import HistoryRow, Todo

_OWNER = bindparam("owner", type_=Stream.owner_id.type)
_SINCE = bindparam("since", type_=Todo.deleted_at.type)

# What a tombstone has lost is in the history of its last change, which was the delete.
_DELETED = (
    select(
        Stream.epoch,
        Todo.id,
        Todo.version,
        Todo.created_at,
        Todo.updated_at,
        Todo.deleted_at,
        HistoryRow.key_version,
        HistoryRow.sealed,
    )
    .join_from(Stream, Todo, Todo.owner_id == Stream.owner_id)
    .join(HistoryRow, and_(HistoryRow.owner_id == Todo.owner_id, HistoryRow.seq == Todo.seq))
    .where(
        Stream.owner_id == _OWNER,
        Stream.erased_at.is_(None),
        Todo.owner_id == _OWNER,
        Todo.deleted_at.is_not(None),
        HistoryRow.owner_id == _OWNER,
        HistoryRow.sealed != b"",
    )
)
_ONE: Final = _DELETED.where(Todo.id == bindparam("todo", type_=Todo.id.type))
_PAGE: Final = (
    _DELETED.where(Todo.deleted_at > _SINCE).order_by(Todo.deleted_at.desc(), Todo.id.desc()).limit(bindparam("limit"))
)
_BEFORE: Final = _PAGE.where(
    tuple_(Todo.deleted_at, Todo.id)
    < tuple_(bindparam("deleted_at", type_=Todo.deleted_at.type), bindparam("before", type_=Todo.id.type))
)


async def list_deleted(
    reads: AsyncConnection, *, owner_id: UUID, since: datetime, before: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Any]:
    """The todos deleted last, with what their delete took."""
    values: dict[str, Any] = {"owner": owner_id, "since": since, "limit": limit}
    if before is not None:
        values["deleted_at"], values["before"] = before
    rows: Sequence[Any] = (await reads.execute(_PAGE if before is None else _BEFORE, values)).all()
    return rows


async def find_deleted(reads: AsyncConnection, *, owner_id: UUID, todo_id: UUID) -> Any | None:
    """The same of one todo; None where there is nothing left to read."""
    return (await reads.execute(_ONE, {"owner": owner_id, "todo": todo_id})).one_or_none()
