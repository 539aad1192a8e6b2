"""Every query on lists of todos. Each one names the owner: there is no way to ask for somebody else's.

A statement is built once for each shape of a list that somebody asked for; a request only binds its values.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, bindparam, lateral, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.lists.cursors import Cursor
from todos_service.lists.filters import Filter, Order, Status
from todos_service.owners.models import Stream
from todos_service.todos.models import DUE_ORDER, NEVER_DUE, Todo
from todos_service.todos.repository import SHOWN

_OWNER = bindparam("owner", type_=Stream.owner_id.type)
_COLUMNS: Final[Mapping[str, ColumnElement[Any]]] = {
    "position": Todo.__table__.c.position,
    "due": DUE_ORDER,
    "priority": Todo.__table__.c.priority,
    "created": Todo.__table__.c.created_at,
    "updated": Todo.__table__.c.updated_at,
}


class _Shape(NamedTuple):
    status: Status
    order: Order
    priority: bool
    due_from: bool
    due_until: bool
    after: bool


def _conditions(shape: _Shape) -> list[ColumnElement[bool]]:
    column, due = _COLUMNS[shape.order.column], DUE_ORDER
    last = tuple_(bindparam("key", type_=column.type), bindparam("after", type_=Todo.id.type))
    here = tuple_(column, Todo.id)
    wanted: list[tuple[bool, ColumnElement[bool]]] = [
        (True, Todo.owner_id == _OWNER),
        (True, Todo.deleted_at.is_(None)),
        (shape.status != "all", Todo.completed.is_(shape.status == "done")),
        (shape.priority, Todo.priority == bindparam("priority", type_=Todo.priority.type)),
        (shape.due_from, due >= bindparam("due_from", type_=due.type)),
        (shape.due_until, due < bindparam("due_until", type_=due.type)),
        (shape.due_from and not shape.due_until, due < NEVER_DUE),
        (shape.after, here < last if shape.order.descending else here > last),
    ]
    return [condition for is_wanted, condition in wanted if is_wanted]


@cache
def _statement(shape: _Shape) -> Select[Any]:
    # A reader who has this very list is not sent it: then no todo is read.
    changed = or_(
        Stream.head.is_distinct_from(bindparam("known_head", type_=Stream.head.type)),
        Stream.epoch.is_distinct_from(bindparam("known_epoch", type_=Stream.epoch.type)),
    )
    column = _COLUMNS[shape.order.column].label("sort_key")
    found = select(*SHOWN, column).where(*_conditions(shape), changed)
    page = lateral(
        found.order_by(*_ordered(_COLUMNS[shape.order.column], Todo.id, shape.order))
        .limit(bindparam("limit"))
        .correlate(Stream),
        "page",
    )
    return (
        select(Stream.epoch, Stream.head, *page.c)
        .join_from(Stream, page, true(), isouter=True)
        .where(Stream.owner_id == _OWNER, Stream.erased_at.is_(None))
        .order_by(*_ordered(page.c.sort_key, page.c.id, shape.order))
    )


_BY_IDS: Final = (
    select(Stream.epoch, *SHOWN)
    .join_from(Stream, Todo, Todo.owner_id == Stream.owner_id)
    .where(
        Stream.owner_id == _OWNER,
        Stream.erased_at.is_(None),
        Todo.owner_id == _OWNER,
        Todo.id == bindparam("ids", type_=ARRAY(Uuid())).any_(),
        Todo.deleted_at.is_(None),
    )
)


async def list_by_ids(reads: AsyncConnection, *, owner_id: UUID, ids: Sequence[UUID]) -> Sequence[Any]:
    """Those of them that are not deleted, in no order."""
    rows: Sequence[Any] = (await reads.execute(_BY_IDS, {"owner": owner_id, "ids": list(ids)})).all()
    return rows


def _ordered(key: Any, todo_id: Any, order: Order) -> tuple[Any, Any]:
    return (key.desc(), todo_id.desc()) if order.descending else (key, todo_id)


async def list_rows(
    reads: AsyncConnection,
    *,
    owner_id: UUID,
    wanted: Filter,
    order: Order,
    after: Cursor | None,
    known: tuple[UUID, int] | None,
    limit: int,
) -> Sequence[Any]:
    """The head of the stream with each todo of the page. One statement, so the two belong together.

    No row: the owner has no stream yet. One row without an id: no todos, or `known` is the head as it is. The texts
    of the filter are not looked for, and a few todos may be out of its range by some hours.
    """
    due_from, due_until = wanted.due_range
    values: dict[str, Any] = {"owner": owner_id, "limit": limit}
    values["known_epoch"], values["known_head"] = known or (None, None)
    optional = {"priority": wanted.priority, "due_from": due_from, "due_until": due_until}
    values |= {name: value for name, value in optional.items() if value is not None}
    if after is not None:
        values["key"], values["after"] = after
    shape = _Shape(wanted.status, order, *(value is not None for value in (*optional.values(), after)))
    rows: Sequence[Any] = (await reads.execute(_statement(shape), values)).all()
    return rows
