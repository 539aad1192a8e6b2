from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Uuid, and_, bindparam, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.owners.models import Stream
from todos_service.todos.models import HistoryRow, Todo
from todos_service.todos.repository import SHOWN

_OWNER = bindparam("owner", type_=Stream.owner_id.type)
_IDS = bindparam("ids", type_=ARRAY(Uuid()))
# So many are added in the time that one statement has.
_ROWS = 500

# A tombstone comes with what its delete took. One of which that is gone, as a purge begins, is not worth carrying.
_PAGE = (
    select(
        Stream.epoch,
        *SHOWN,
        HistoryRow.key_version.label("taken_key_version"),
        HistoryRow.sealed.label("taken_sealed"),
    )
    .join_from(Stream, Todo, Todo.owner_id == Stream.owner_id)
    .outerjoin(
        HistoryRow,
        and_(HistoryRow.owner_id == _OWNER, HistoryRow.seq == Todo.seq, Todo.deleted_at.is_not(None)),
    )
    .where(
        Stream.owner_id == _OWNER,
        Stream.erased_at.is_(None),
        Todo.owner_id == _OWNER,
        or_(Todo.deleted_at.is_(None), HistoryRow.sealed != b""),
    )
    .order_by(Todo.id)
    .limit(bindparam("limit"))
)
_AFTER: Final = _PAGE.where(Todo.id > bindparam("after", type_=Todo.id.type))
_HISTORY: Final = (
    select(
        HistoryRow.todo_id,
        HistoryRow.version,
        HistoryRow.kind,
        HistoryRow.at,
        HistoryRow.session_id,
        HistoryRow.key_version,
        HistoryRow.sealed,
    )
    .where(HistoryRow.owner_id == _OWNER, HistoryRow.todo_id == _IDS.any_(), HistoryRow.sealed != b"")
    .order_by(HistoryRow.todo_id, HistoryRow.version)
    .limit(bindparam("limit"))
)
_HISTORY_AFTER: Final = _HISTORY.where(
    tuple_(HistoryRow.todo_id, HistoryRow.version)
    > tuple_(
        bindparam("after_todo", type_=HistoryRow.todo_id.type),
        bindparam("after_version", type_=HistoryRow.version.type),
    )
)
_PAST: Final = (
    select(HistoryRow.version, HistoryRow.kind, HistoryRow.at, HistoryRow.key_version, HistoryRow.sealed)
    .where(
        HistoryRow.owner_id == _OWNER,
        HistoryRow.todo_id == bindparam("todo", type_=HistoryRow.todo_id.type),
        HistoryRow.sealed != b"",
    )
    .order_by(HistoryRow.version.desc())
    .limit(bindparam("limit"))
)
_EXISTING: Final = select(*SHOWN).where(Todo.owner_id == _OWNER, Todo.id == _IDS.any_())
_ADVANCE: Final = (
    update(Stream)
    .where(Stream.owner_id == _OWNER)
    .values(
        head=Stream.head + bindparam("count", type_=Integer()), live=Stream.live + bindparam("gained", type_=Integer())
    )
    .returning(Stream.head)
)


async def list_todos(reads: AsyncConnection, *, owner_id: UUID, after: UUID | None, limit: int) -> Sequence[Any]:
    """All of an owner's, by id, those in the trash too."""
    values: dict[str, Any] = {"owner": owner_id, "limit": limit}
    if after is not None:
        values["after"] = after
    rows: Sequence[Any] = (await reads.execute(_PAGE if after is None else _AFTER, values)).all()
    return rows


async def list_history(
    reads: AsyncConnection, *, owner_id: UUID, ids: Sequence[UUID], after: tuple[UUID, int] | None, limit: int
) -> Sequence[Any]:
    """Of these todos by their ids, of each the oldest first, from above a version of one of them."""
    values: dict[str, Any] = {"owner": owner_id, "ids": list(ids), "limit": limit}
    if after is not None:
        values["after_todo"], values["after_version"] = after
    rows: Sequence[Any] = (await reads.execute(_HISTORY if after is None else _HISTORY_AFTER, values)).all()
    return rows


async def list_past(tx: AsyncConnection, *, owner_id: UUID, todo_id: UUID, limit: int) -> Sequence[Any]:
    """The changes of one todo, the newest first."""
    values = {"owner": owner_id, "todo": todo_id, "limit": limit}
    rows: Sequence[Any] = (await tx.execute(_PAST, values)).all()
    return rows


async def list_existing(tx: AsyncConnection, *, owner_id: UUID, ids: Sequence[UUID]) -> Sequence[Any]:
    """Those of these ids that the owner has used, tombstones too."""
    rows: Sequence[Any] = (await tx.execute(_EXISTING, {"owner": owner_id, "ids": list(ids)})).all()
    return rows


async def advance(tx: AsyncConnection, *, owner_id: UUID, count: int, gained: int) -> int:
    """Take so many numbers at once; the last of them is the head."""
    head: int = (await tx.execute(_ADVANCE, {"owner": owner_id, "count": count, "gained": gained})).scalar_one()
    return head


async def add(tx: AsyncConnection, todos: Sequence[Mapping[str, Any]], history: Sequence[Mapping[str, Any]]) -> None:
    for table, rows in ((Todo, todos), (HistoryRow, history)):
        for begin in range(0, len(rows), _ROWS):
            await tx.execute(insert(table), [dict(row) for row in rows[begin : begin + _ROWS]])
