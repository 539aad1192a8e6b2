"""The statements of a write. The first one takes the owner's turn, and each one names the owner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from todos_service.owners.models import Stream
from todos_service.todos.models import HistoryRow, OperationRow, Todo
from todos_service.todos.repository import SHOWN

_OWNER = bindparam("owner", type_=Stream.owner_id.type)
_TODO_ID = bindparam("todo", type_=Todo.id.type)
_OP_ID = bindparam("op", type_=Todo.id.type)

_REMEMBERED = (
    OperationRow.todo_id.label("op_todo_id"),
    OperationRow.key_version.label("op_key_version"),
    OperationRow.sealed.label("op_sealed"),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """An owner's turn to write: the number of this write, and what it finds.

    `row` has the columns of the todo, `seq` among them (all None where there is none), and `op_…` what is remembered
    of the operation.
    """

    seq: int
    epoch: UUID
    live: int
    # The version of the owner's data key that seals now.
    newest_key: int
    row: Any


_advanced = (
    update(Stream)
    .where(Stream.owner_id == _OWNER, Stream.erased_at.is_(None))
    .values(head=Stream.head + 1)
    .returning(Stream.owner_id, Stream.head, Stream.epoch, Stream.live, Stream.key_version)
    .cte("advanced")
)
_before = aliased(Stream)
_TAKE_TURN = (
    select(
        _advanced.c.head,
        _advanced.c.epoch,
        _advanced.c.live,
        _advanced.c.key_version.label("newest_key"),
        (_before.head == _advanced.c.head - 1).label("is_current"),
        Todo.seq,
        *SHOWN,
        *_REMEMBERED,
    )
    .join_from(_advanced, _before, _before.owner_id == _advanced.c.owner_id)
    .outerjoin(Todo, and_(Todo.owner_id == _OWNER, Todo.id == _TODO_ID))
    .outerjoin(OperationRow, and_(OperationRow.owner_id == _OWNER, OperationRow.op_id == _OP_ID))
)
_LOOK_AGAIN = (
    select(Todo.seq, *SHOWN, *_REMEMBERED)
    .join_from(Stream, Todo, and_(Todo.owner_id == _OWNER, Todo.id == _TODO_ID), isouter=True)
    .outerjoin(OperationRow, and_(OperationRow.owner_id == _OWNER, OperationRow.op_id == _OP_ID))
    .where(Stream.owner_id == _OWNER)
)


async def take_turn(tx: AsyncConnection, *, owner_id: UUID, todo_id: UUID, op_id: UUID | None) -> Turn | None:
    """The first statement of every write: numbers it, and keeps the owner's other writes waiting until it is visible.

    It reads the todo as well. A statement sees what was committed when it began, so after having waited for another
    write that would be the todo of before; but then the head it saw is not the one it advanced, and it looks again.
    None when the owner has no stream, or is erased.
    """
    values = {"owner": owner_id, "todo": todo_id, "op": op_id}
    row = (await tx.execute(_TAKE_TURN, values)).one_or_none()
    if row is None:
        return None
    found = row if row.is_current else (await tx.execute(_LOOK_AGAIN, values)).one()
    return Turn(row.head, row.epoch, row.live, row.newest_key, found)


@dataclass(frozen=True, slots=True)
class Held:
    """An owner whose other writes wait. Whoever holds one takes numbers as they need them."""

    epoch: UUID
    live: int
    newest_key: int


_HOLD = (
    select(Stream.epoch, Stream.live, Stream.key_version)
    .where(Stream.owner_id == _OWNER, Stream.erased_at.is_(None))
    .with_for_update()
)


async def hold(tx: AsyncConnection, *, owner_id: UUID) -> Held | None:
    """For many writes in one transaction. None when the owner has no stream, or is erased."""
    row = (await tx.execute(_HOLD, {"owner": owner_id})).one_or_none()
    return Held(row.epoch, row.live, row.key_version) if row else None


# Bound values are not named like columns: SQLAlchemy would set those in every table of the statement.
_state = {
    column.name: bindparam(f"new_{column.name}", type_=column.type)
    for column in Todo.__table__.c
    if column.name not in {"owner_id", "id", "seq", "purged_at"}
}
_SEQ = bindparam("number", type_=Todo.seq.type)
_adding = insert(Todo).values(owner_id=_OWNER, id=_TODO_ID, seq=_SEQ, **_state)
_stored = _adding.on_conflict_do_update(
    index_elements=[Todo.owner_id, Todo.id],
    set_={name: _adding.excluded[name] for name in ("seq", *_state) if name != "created_at"} | {"purged_at": None},
)
_GAINED = bindparam("gained", type_=Stream.live.type)
_counted = update(Stream).where(Stream.owner_id == _OWNER, _GAINED != 0).values(live=Stream.live + _GAINED)
_told = insert(HistoryRow).values(
    owner_id=_OWNER,
    seq=_SEQ,
    todo_id=_TODO_ID,
    version=_state["version"],
    kind=bindparam("told_kind"),
    op_id=_OP_ID,
    session_id=bindparam("told_by"),
    at=_state["updated_at"],
    key_version=_state["key_version"],
    sealed=bindparam("told"),
)
_STORE = _told.add_cte(_stored.cte("stored"), _counted.cte("counted"))


@dataclass(frozen=True, slots=True)
class Telling:
    """What the history says about a change, beside its number and its time. `sealed` has the fields."""

    kind: str
    op_id: UUID | None
    session_id: UUID
    sealed: bytes


async def store(
    tx: AsyncConnection,
    *,
    owner_id: UUID,
    todo_id: UUID,
    seq: int,
    columns: Mapping[str, Any],
    gained: int,
    telling: Telling,
) -> None:
    """The todo as it is now, the history of how it became so, and how many there are, in one statement.

    `gained` is 1 for a todo that came to life, -1 for one that was deleted.
    """
    values = {f"new_{name}": value for name, value in columns.items()}
    values |= {"owner": owner_id, "todo": todo_id, "number": seq, "gained": gained}
    values |= {"told_kind": telling.kind, "op": telling.op_id, "told_by": telling.session_id, "told": telling.sealed}
    await tx.execute(_STORE, values)


_TAKEN = select(HistoryRow.version, HistoryRow.key_version, HistoryRow.sealed).where(
    HistoryRow.owner_id == _OWNER, HistoryRow.seq == _SEQ, HistoryRow.todo_id == _TODO_ID, HistoryRow.kind == "delete"
)


async def find_taken(tx: AsyncConnection, *, owner_id: UUID, todo_id: UUID, seq: int) -> Any | None:
    """What the delete with this number took away, sealed."""
    return (await tx.execute(_TAKEN, {"owner": owner_id, "todo": todo_id, "number": seq})).one_or_none()


_SINCE = (
    select(HistoryRow.version, HistoryRow.kind, HistoryRow.session_id, HistoryRow.key_version, HistoryRow.sealed)
    .where(HistoryRow.owner_id == _OWNER, HistoryRow.todo_id == _TODO_ID, HistoryRow.version > bindparam("since"))
    .order_by(HistoryRow.version)
)


async def list_since(tx: AsyncConnection, *, owner_id: UUID, todo_id: UUID, version: int) -> Sequence[Any]:
    """The changes of a todo after that version of it, the oldest first, sealed."""
    return (await tx.execute(_SINCE, {"owner": owner_id, "todo": todo_id, "since": version})).all()


_REMEMBER = insert(OperationRow)


async def remember(tx: AsyncConnection, *, owner_id: UUID, op_id: UUID, **result: Any) -> None:
    """What became of an operation: every other column of its row."""
    await tx.execute(_REMEMBER, {"owner_id": owner_id, "op_id": op_id, **result})
