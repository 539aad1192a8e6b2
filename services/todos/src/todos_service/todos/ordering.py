"""Keeps the keys of the manual order short: where they have become long, some neighbours get new ones.

These are changes like any other, numbered in the owner's stream and told in the history, so that every device has them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Integer, LargeBinary, Text, Uuid, bindparam, func, insert, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.owners.models import Stream
from todos_service.owners.service import OwnerKeys
from todos_service.todos import documents, positions
from todos_service.todos.models import HistoryRow, Todo

KIND: Final = "rebalance"

_OWNER = bindparam("owner", type_=Stream.owner_id.type)
_HERE = tuple_(bindparam("position", type_=Todo.position.type), bindparam("todo", type_=Todo.id.type))
_LIVE = (
    select(Todo.id, Todo.position, Todo.version)
    .where(Todo.owner_id == _OWNER, Todo.deleted_at.is_(None))
    .limit(bindparam("limit"))
)
_BEFORE: Final = _LIVE.where(tuple_(Todo.position, Todo.id) < _HERE).order_by(Todo.position.desc(), Todo.id.desc())
_FROM: Final = _LIVE.where(tuple_(Todo.position, Todo.id) >= _HERE).order_by(Todo.position, Todo.id)

_moves = (
    func.unnest(
        bindparam("ids", type_=ARRAY(Uuid())),
        bindparam("positions", type_=ARRAY(Text())),
        bindparam("versions", type_=ARRAY(Integer())),
        bindparam("told", type_=ARRAY(LargeBinary())),
    )
    .table_valued("id", "position", "version", "sealed", with_ordinality="nth", name="moves")
    .render_derived()
)
_advanced = (
    update(Stream)
    .where(Stream.owner_id == _OWNER)
    .values(head=Stream.head + bindparam("count", type_=Integer()))
    .returning(Stream.head)
    .cte("advanced")
)
_head = select(_advanced.c.head).scalar_subquery()
_seq = _head - bindparam("count", type_=Integer()) + _moves.c.nth
_moved = (
    update(Todo)
    .where(Todo.owner_id == _OWNER, Todo.id == _moves.c.id)
    .values(position=_moves.c.position, version=_moves.c.version, seq=_seq)
    .cte("moved")
)
_told = insert(HistoryRow).from_select(
    ["owner_id", "seq", "todo_id", "version", "kind", "session_id", "at", "key_version", "sealed"],
    select(
        _OWNER,
        _seq,
        _moves.c.id,
        _moves.c.version,
        literal(KIND),
        bindparam("told_by", type_=HistoryRow.session_id.type),
        bindparam("told_at", type_=HistoryRow.at.type),
        bindparam("told_key", type_=HistoryRow.key_version.type),
        _moves.c.sealed,
    ),
)
_MOVE: Final = _told.add_cte(_moved).returning(HistoryRow.todo_id, HistoryRow.seq)


class Place(NamedTuple):
    """Where somebody wants to put something: at or before the todo with this position and id."""

    position: str
    id: UUID


class Moved(NamedTuple):
    """What a todo has become by making room."""

    seq: int
    version: int
    position: str


async def make_room(
    tx: AsyncConnection, keys: OwnerKeys, *, place: Place, live: int, session_id: UUID, at: datetime
) -> Mapping[UUID, Moved]:
    """Give the neighbours of a place shorter keys: as few of them as it takes, all of `live` if it must be.

    The caller has the owner's turn.
    """
    for size in positions.windows(live):
        before, following = await _neighbours(tx, keys.owner_id, place, size // 2 + 1)
        fresh = positions.plan([row.position for row in before], [row.position for row in following], size)
        if fresh is not None:
            window = [*reversed(before[: size // 2]), *following[: size // 2]]
            return await _move(tx, keys, window, fresh, session_id=session_id, at=at)
    return {}


async def _neighbours(
    tx: AsyncConnection, owner_id: UUID, place: Place, limit: int
) -> tuple[Sequence[Any], Sequence[Any]]:
    values = {"owner": owner_id, "position": place.position, "todo": place.id, "limit": limit}
    return (await tx.execute(_BEFORE, values)).all(), (await tx.execute(_FROM, values)).all()


async def _move(
    tx: AsyncConnection, keys: OwnerKeys, window: Sequence[Any], fresh: Sequence[str], *, session_id: UUID, at: datetime
) -> Mapping[UUID, Moved]:
    moves = [(row, position) for row, position in zip(window, fresh, strict=True) if row.position != position]
    if not moves:
        return {}
    told = [
        documents.seal_changes(
            keys,
            todo_id=row.id,
            version=row.version + 1,
            changes={"position": {"from": row.position, "to": position}},
        )
        for row, position in moves
    ]
    values = {
        "owner": keys.owner_id,
        "ids": [row.id for row, _ in moves],
        "positions": [position for _, position in moves],
        "versions": [row.version + 1 for row, _ in moves],
        "told": told,
        "count": len(moves),
        "told_by": session_id,
        "told_at": at,
        "told_key": keys.current,
    }
    numbers = {row.todo_id: row.seq for row in await tx.execute(_MOVE, values)}
    return {row.id: Moved(numbers[row.id], row.version + 1, position) for row, position in moves}
