"""The changes of an owner's todos, page by page, from wherever a device left off."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Database
from todos_service.owners import service as owners
from todos_service.owners.errors import OwnerErased
from todos_service.owners.heads import Head
from todos_service.owners.service import DataKeys
from todos_service.sync import cursors, repository
from todos_service.sync.cursors import Cursor
from todos_service.sync.errors import ResyncRequired
from todos_service.todos import opening
from todos_service.todos.documents import TodoDocument

# How much of a history is looked at for one page. There may be nothing in it that is still so: such a page is empty.
_WALK = 2000


class Page(NamedTuple):
    changes: list[dict[str, Any]]
    cursor: str
    has_more: bool
    head: Head


@dataclass(frozen=True, slots=True)
class Wish:
    """What a device asks for; without a cursor, to begin with nothing."""

    owner_id: UUID
    cursor: Cursor | None
    limit: int


async def list_changes(database: Database, keys: DataKeys, wish: Wish) -> Page:
    """Each todo at most once, in the order of their last changes. Without a cursor: those that are not deleted."""
    page = await _read(database, keys, wish)
    if page is None:
        await _make_owner(database, keys, wish.owner_id)
        page = await _read(database, keys, wish)
    return cast("Page", page)


async def _read(database: Database, keys: DataKeys, wish: Wish) -> Page | None:
    """None while there is no stream."""
    after, since = (wish.cursor.seq, wish.cursor.since) if wish.cursor else (0, None)
    async with database.reads() as reads:
        # One more than asked for says whether there are more.
        rows = await repository.list_changes(
            reads, owner_id=wish.owner_id, after=after, since=since, limit=wish.limit + 1, walk=_WALK
        )
        if not rows:
            return None
        stream, found = rows[0], [row for row in rows if row.id is not None]
        _check(stream, wish.cursor)
        page = found[: wish.limit]
        changes = await _open(reads, keys, wish.owner_id, page)
    is_full, is_tired = len(found) > len(page), stream.walked == _WALK
    reached = page[-1].seq if is_full else stream.walked_to if is_tired else stream.head
    has_more = reached < stream.head
    cursor = Cursor(stream.epoch, reached, stream.head if since is None else since)
    return Page(changes, cursors.encode(cursor), has_more, Head(stream.epoch, stream.head))


async def _open(reads: AsyncConnection, keys: DataKeys, owner_id: UUID, rows: Sequence[Any]) -> list[dict[str, Any]]:
    if not rows:
        return []
    newest_key = max(row.key_version for row in rows)
    owner_keys = await opening.owner_keys(reads, keys, owner_id=owner_id, epoch=rows[0].epoch, at_least=newest_key)
    return [shown(opening.open_todo(row, owner_keys), row.seq) | _purged(row) for row in rows]


def _purged(row: Any) -> dict[str, bool]:
    return {"purged": True} if row.purged_at is not None else {}


def _check(stream: Any, cursor: Cursor | None) -> None:
    if stream.erased_at is not None:
        raise OwnerErased
    if cursor is None:
        return
    # What was deleted before a device began is no loss to it.
    has_seen = max(cursor.seq, cursor.since)
    if cursor.epoch != stream.epoch or cursor.seq > stream.head or has_seen < stream.floor:
        raise ResyncRequired(epoch=str(stream.epoch))


async def find_head(database: Database, keys: DataKeys, *, owner_id: UUID) -> Head:
    stream = await _find(database, owner_id)
    if stream is None:
        await _make_owner(database, keys, owner_id)
        stream = cast("Any", await _find(database, owner_id))
    if stream.erased_at is not None:
        raise OwnerErased
    return Head(stream.epoch, stream.head)


async def _find(database: Database, owner_id: UUID) -> Any | None:
    async with database.reads() as reads:
        return await repository.find_head(reads, owner_id=owner_id)


async def _make_owner(database: Database, keys: DataKeys, owner_id: UUID) -> None:
    """A device may be quicker than the news of its account. It needs an epoch to keep what it is told by."""
    async with database.transaction() as tx:
        await owners.add(tx, keys.ring, owner_id=owner_id)


def shown(todo: TodoDocument, seq: int) -> dict[str, Any]:
    """A todo with the number of its last change; of a deleted one only that it was."""
    if todo["deleted_at"] is None:
        return {**todo, "seq": seq}
    return {"id": todo["id"], "seq": seq, "version": todo["version"], "deleted_at": todo["deleted_at"]}
