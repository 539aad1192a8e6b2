from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.owners.models import Stream
from todos_service.todos.models import HistoryRow

_OWNER = bindparam("owner", type_=Stream.owner_id.type)
_TODO_ID = bindparam("todo", type_=HistoryRow.todo_id.type)

# A purged todo keeps one row, that it was deleted, without what was in it.
_CHANGES = (
    select(
        Stream.epoch,
        HistoryRow.seq,
        HistoryRow.version,
        HistoryRow.kind,
        HistoryRow.session_id,
        HistoryRow.at,
        HistoryRow.key_version,
        HistoryRow.sealed,
    )
    .join_from(Stream, HistoryRow, HistoryRow.owner_id == Stream.owner_id)
    .where(
        Stream.owner_id == _OWNER,
        Stream.erased_at.is_(None),
        HistoryRow.owner_id == _OWNER,
        HistoryRow.todo_id == _TODO_ID,
        HistoryRow.sealed != b"",
    )
)
_PAGE: Final = _CHANGES.order_by(HistoryRow.version.desc()).limit(bindparam("limit"))
_BEFORE: Final = _PAGE.where(HistoryRow.version < bindparam("before", type_=HistoryRow.version.type))
_FIND: Final = _CHANGES.where(HistoryRow.seq == bindparam("number", type_=HistoryRow.seq.type))


async def list_changes(
    reads: AsyncConnection, *, owner_id: UUID, todo_id: UUID, before: int | None, limit: int
) -> Sequence[Any]:
    """Newest first, from below a version."""
    values: dict[str, Any] = {"owner": owner_id, "todo": todo_id, "limit": limit}
    if before is not None:
        values["before"] = before
    rows: Sequence[Any] = (await reads.execute(_PAGE if before is None else _BEFORE, values)).all()
    return rows


async def find_change(reads: AsyncConnection, *, owner_id: UUID, todo_id: UUID, seq: int) -> Any | None:
    values = {"owner": owner_id, "todo": todo_id, "number": seq}
    return (await reads.execute(_FIND, values)).one_or_none()
