"""Every query on todos. Each one names the owner: there is no way to ask for somebody else's.

The statements are built once, here; a request only binds its values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, lateral, or_, select, true, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from todos_service.owners.models import Stream
from todos_service.todos.models import HistoryRow, OperationRow, Todo

Status = Literal["all", "active", "done"]

_OWNER = bindparam("owner", type_=Stream.owner_id.type)
_TODO_ID = bindparam("todo", type_=Todo.id.type)
_OP_ID = bindparam("op", type_=Todo.id.type)

# What a todo is shown from.
_SHOWN = (
    Todo.id,
    Todo.version,
    Todo.key_version,
    Todo.sealed,
    Todo.completed,
    Todo.completed_at,
    Todo.priority,
    Todo.due_date,
    Todo.due_at,
    Todo.due_zone,
    Todo.position,
    Todo.created_at,
    Todo.updated_at,
    Todo.deleted_at,
)
_REMEMBERED = (
    OperationRow.todo_id.label("op_todo_id"),
    OperationRow.key_version.label("op_key_version"),
    OperationRow.sealed.label("op_sealed"),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """An owner's turn to write: the number of this write, and what it finds.

    `row` has the columns of the todo (all None where there is none) and `op_…` what is remembered of the operation.
    """

    seq: int
    epoch: UUID
    live: int
    row: Any


# --- writing ---------------------------------------------------------------------------------------------------

_advanced = (
    update(Stream)
    .where(Stream.owner_id == _OWNER, Stream.erased_at.is_(None))
    .values(head=Stream.head + 1)
    .returning(Stream.owner_id, Stream.head, Stream.epoch, Stream.live)
    .cte("advanced")
)
_before = aliased(Stream)
_TAKE_TURN = (
    select(
        _advanced.c.head,
        _advanced.c.epoch,
        _advanced.c.live,
        (_before.head == _advanced.c.head - 1).label("is_current"),
        *_SHOWN,
        *_REMEMBERED,
    )
    .join_from(_advanced, _before, _before.owner_id == _advanced.c.owner_id)
    .outerjoin(Todo, and_(Todo.owner_id == _OWNER, Todo.id == _TODO_ID))
    .outerjoin(OperationRow, and_(OperationRow.owner_id == _OWNER, OperationRow.op_id == _OP_ID))
)
_LOOK_AGAIN = (
    select(*_SHOWN, *_REMEMBERED)
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
    return Turn(row.head, row.epoch, row.live, found)


# Bound values are not named like columns: SQLAlchemy would set those in every table of the statement.
_state = {
    column.name: bindparam(f"new_{column.name}", type_=column.type)
    for column in Todo.__table__.c
    if column.name not in {"owner_id", "id", "seq"}
}
_SEQ = bindparam("number", type_=Todo.seq.type)
_adding = insert(Todo).values(owner_id=_OWNER, id=_TODO_ID, seq=_SEQ, **_state)
_stored = _adding.on_conflict_do_update(
    index_elements=[Todo.owner_id, Todo.id],
    set_={name: _adding.excluded[name] for name in ("seq", *_state) if name != "created_at"},
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


_REMEMBER = insert(OperationRow)


async def remember(tx: AsyncConnection, *, owner_id: UUID, op_id: UUID, **result: Any) -> None:
    """What became of an operation: every other column of its row."""
    await tx.execute(_REMEMBER, {"owner_id": owner_id, "op_id": op_id, **result})


# --- reading ---------------------------------------------------------------------------------------------------

_FIND = (
    select(Stream.epoch, *_SHOWN)
    .join_from(Stream, Todo, Todo.owner_id == Stream.owner_id)
    .where(
        Stream.owner_id == _OWNER,
        Stream.erased_at.is_(None),
        Todo.owner_id == _OWNER,
        Todo.id == _TODO_ID,
        Todo.deleted_at.is_(None),
    )
)


async def find(reads: AsyncConnection, *, owner_id: UUID, todo_id: UUID) -> Any | None:
    """A todo that is not deleted, and the epoch of its owner's stream."""
    return (await reads.execute(_FIND, {"owner": owner_id, "todo": todo_id})).one_or_none()


def _list_statement(status: Status, *, after: bool) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [Todo.owner_id == _OWNER, Todo.deleted_at.is_(None)]
    if status != "all":
        conditions.append(Todo.completed.is_(status == "done"))
    if after:
        conditions.append(
            tuple_(Todo.position, Todo.id)
            > tuple_(bindparam("position", type_=Todo.position.type), bindparam("after", type_=Todo.id.type))
        )
    # A reader who has this very list is not sent it: then no todo is read.
    changed = or_(
        Stream.head.is_distinct_from(bindparam("known_head", type_=Stream.head.type)),
        Stream.epoch.is_distinct_from(bindparam("known_epoch", type_=Stream.epoch.type)),
    )
    page = lateral(
        select(*_SHOWN)
        .where(*conditions, changed)
        .order_by(Todo.position, Todo.id)
        .limit(bindparam("limit"))
        .correlate(Stream),
        "page",
    )
    return (
        select(Stream.epoch, Stream.head, *page.c)
        .join_from(Stream, page, true(), isouter=True)
        .where(Stream.owner_id == _OWNER, Stream.erased_at.is_(None))
        .order_by(page.c.position, page.c.id)
    )


_LISTS = {
    (status, after): _list_statement(status, after=after)
    for status in ("all", "active", "done")
    for after in (False, True)
}


async def list_page(
    reads: AsyncConnection,
    *,
    owner_id: UUID,
    status: Status,
    after: tuple[str, UUID] | None,
    known: tuple[UUID, int] | None,
    limit: int,
) -> Sequence[Any]:
    """The head of the stream with each todo of the page. One statement, so the two belong together.

    No row: the owner has no stream yet. One row without an id: no todos, or `known` is the head as it is.
    """
    values: dict[str, Any] = {"owner": owner_id, "limit": limit}
    values["known_epoch"], values["known_head"] = known or (None, None)
    if after is not None:
        values["position"], values["after"] = after
    rows: Sequence[Any] = (await reads.execute(_LISTS[status, after is not None], values)).all()
    return rows
