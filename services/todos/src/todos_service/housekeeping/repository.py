"""What looks across owners for what is old. Each removal is one owner's, in a few rows at a time."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.messaging.inbox import InboxRow
from todos_service.owners.models import Stream
from todos_service.todos.models import HistoryRow, OperationRow, Todo


async def find_owner_of_trash(tx: AsyncConnection, *, before: datetime, but: Collection[UUID]) -> UUID | None:
    """Of the oldest, and none of those in `but`."""
    oldest = select(Todo.owner_id).where(Todo.deleted_at < before, Todo.purged_at.is_(None))
    others = oldest.where(Todo.owner_id.not_in(but)).order_by(Todo.deleted_at).limit(1)
    owner_id: UUID | None = await tx.scalar(others)
    return owner_id


async def find_owner_of_tombstones(tx: AsyncConnection, *, before: datetime, but: Collection[UUID]) -> UUID | None:
    oldest = select(Todo.owner_id).where(Todo.deleted_at < before, Todo.purged_at.is_not(None))
    others = oldest.where(Todo.owner_id.not_in(but)).order_by(Todo.deleted_at).limit(1)
    owner_id: UUID | None = await tx.scalar(others)
    return owner_id


async def keep_waiting(tx: AsyncConnection, *, owner_id: UUID) -> None:
    """As a write does: nobody restores meanwhile what is about to be removed."""
    await tx.execute(select(Stream.owner_id).where(Stream.owner_id == owner_id).with_for_update())


async def list_trash(tx: AsyncConnection, *, owner_id: UUID, before: datetime, limit: int) -> Sequence[Any]:
    rows: Sequence[Any] = (
        await tx.execute(
            select(Todo.id, Todo.seq)
            .where(Todo.owner_id == owner_id, Todo.deleted_at < before, Todo.purged_at.is_(None))
            # The same ones each time, until they are done with.
            .order_by(Todo.deleted_at, Todo.id)
            .limit(limit)
        )
    ).all()
    return rows


async def empty_deletes(tx: AsyncConnection, *, owner_id: UUID, todos: Sequence[Any]) -> None:
    """What they were when they were deleted. From here on nobody brings them back; that they were stays to be told."""
    numbers = [todo.seq for todo in todos]
    of_deletes = (HistoryRow.owner_id == owner_id, HistoryRow.seq.in_(numbers))
    await tx.execute(update(HistoryRow).where(*of_deletes, HistoryRow.sealed != b"").values(sealed=b""))


async def remove_past(tx: AsyncConnection, *, owner_id: UUID, todos: Sequence[Any], limit: int) -> int:
    """Some of what they were before. Returns how much: less than `limit` when that was all."""
    ids = [todo.id for todo in todos]
    some = (
        select(HistoryRow.seq)
        .join(Todo, and_(Todo.owner_id == HistoryRow.owner_id, Todo.id == HistoryRow.todo_id))
        .where(HistoryRow.owner_id == owner_id, Todo.owner_id == owner_id, HistoryRow.todo_id.in_(ids))
        .where(HistoryRow.seq < Todo.seq)
        .limit(limit)
    )
    removed = await tx.execute(delete(HistoryRow).where(HistoryRow.owner_id == owner_id, HistoryRow.seq.in_(some)))
    return removed.rowcount


async def mark_as_purged(tx: AsyncConnection, *, owner_id: UUID, todos: Sequence[Any], at: datetime) -> None:
    ids = [todo.id for todo in todos]
    await tx.execute(update(Todo).where(Todo.owner_id == owner_id, Todo.id.in_(ids)).values(purged_at=at))


async def remove_tombstones(tx: AsyncConnection, *, owner_id: UUID, before: datetime, limit: int) -> int:
    """Returns how many. Who has not heard of them yet must start anew: the floor says so."""
    some = (
        select(Todo.id)
        .where(Todo.owner_id == owner_id, Todo.deleted_at < before, Todo.purged_at.is_not(None))
        .order_by(Todo.deleted_at)
        .limit(limit)
    )
    removed = (
        await tx.execute(delete(Todo).where(Todo.owner_id == owner_id, Todo.id.in_(some)).returning(Todo.id, Todo.seq))
    ).all()
    if removed:
        ids = [row.id for row in removed]
        await tx.execute(delete(HistoryRow).where(HistoryRow.owner_id == owner_id, HistoryRow.todo_id.in_(ids)))
        floor = func.greatest(Stream.floor, max(row.seq for row in removed))
        await tx.execute(update(Stream).where(Stream.owner_id == owner_id).values(floor=floor))
    return len(removed)


async def remove_operations(tx: AsyncConnection, *, before: datetime, limit: int) -> int:
    key = tuple_(OperationRow.owner_id, OperationRow.op_id)
    some = select(OperationRow.owner_id, OperationRow.op_id).where(OperationRow.at < before)
    oldest = some.order_by(OperationRow.at).limit(limit).with_for_update(skip_locked=True)
    return (await tx.execute(delete(OperationRow).where(key.in_(oldest)))).rowcount


async def remove_handled_events(tx: AsyncConnection, *, before: datetime, limit: int) -> int:
    some = select(InboxRow.event_id).where(InboxRow.handled_at < before)
    oldest = some.order_by(InboxRow.handled_at).limit(limit).with_for_update(skip_locked=True)
    return (await tx.execute(delete(InboxRow).where(InboxRow.event_id.in_(oldest)))).rowcount
