"""What has changed in an owner's stream after a number.

The history has a row for each change and is keyed by its number, so a reader walks that, and takes each todo where
its last change is. Numbers become visible in their order (decision 0009): nothing before the last one is still to come.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, lateral, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.owners.models import Stream
from todos_service.todos.models import HistoryRow, Todo
from todos_service.todos.repository import SHOWN

_OWNER = bindparam("owner", type_=Stream.owner_id.type)
# A device that began with nothing when the head was there need not be told what was deleted before.
_SINCE = func.coalesce(bindparam("since", type_=Stream.head.type), Stream.head)

# No further than that for one page: few of the changes of a long history may be the last one of anything.
_walked = (
    select(HistoryRow.seq, HistoryRow.todo_id)
    .where(HistoryRow.owner_id == _OWNER, HistoryRow.seq > bindparam("after", type_=HistoryRow.seq.type))
    .order_by(HistoryRow.seq)
    .limit(bindparam("walk"))
    .cte("walked")
)
_changes = lateral(
    select(_walked.c.seq, Todo.purged_at, *SHOWN)
    .join_from(
        _walked,
        Todo,
        and_(Todo.owner_id == _OWNER, Todo.id == _walked.c.todo_id, Todo.seq == _walked.c.seq),
    )
    .where(or_(Todo.deleted_at.is_(None), _walked.c.seq > _SINCE))
    .order_by(_walked.c.seq)
    .limit(bindparam("limit"))
    .correlate(Stream),
    "changes",
)
_LIST = (
    select(
        Stream.epoch,
        Stream.head,
        Stream.floor,
        Stream.erased_at,
        select(func.count()).select_from(_walked).scalar_subquery().label("walked"),
        select(func.max(_walked.c.seq)).scalar_subquery().label("walked_to"),
        *_changes.c,
    )
    .join_from(Stream, _changes, true(), isouter=True)
    .where(Stream.owner_id == _OWNER)
    .order_by(_changes.c.seq)
)
_HEAD = select(Stream.epoch, Stream.head, Stream.erased_at).where(Stream.owner_id == _OWNER)


async def list_changes(
    reads: AsyncConnection, *, owner_id: UUID, after: int, since: int | None, limit: int, walk: int
) -> Sequence[Any]:
    """The stream with each todo whose last change comes after a number. One statement, so the two belong together.

    No row: there is no stream. One row without an id: no changes among those that were looked at, which are `walked`,
    at most `walk`, up to the number `walked_to`.
    """
    values = {"owner": owner_id, "after": after, "since": since, "limit": limit, "walk": walk}
    rows: Sequence[Any] = (await reads.execute(_LIST, values)).all()
    return rows


async def find_head(reads: AsyncConnection, *, owner_id: UUID) -> Any | None:
    return (await reads.execute(_HEAD, {"owner": owner_id})).one_or_none()
