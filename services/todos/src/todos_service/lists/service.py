"""Finds todos. The database follows an index where there is one; for what is sealed one owner's todos are opened."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.lists import cursors, repository
from todos_service.lists.cursors import Cursor
from todos_service.lists.filters import Filter, Order, folded
from todos_service.owners.heads import Head
from todos_service.owners.service import DataKeys, OwnerKeys
from todos_service.todos import opening
from todos_service.todos.documents import TodoDocument

# How many are read at a time where each has to be looked at. Others get their turn between two of those.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Listing:
    """What a reader asks for. `known` is the head of which they have this very page."""

    owner_id: UUID
    wanted: Filter
    order: Order
    cursor: str | None
    limit: int
    known: Head | None


class Page(NamedTuple):
    """`todos` is None for a reader who has this page already; `head` is None while nothing was ever written."""

    head: Head | None
    todos: list[TodoDocument] | None
    next_cursor: str | None


class _Titled(NamedTuple):
    """What todos are sorted by where it is by title."""

    title: str
    id: str


class _Found(NamedTuple):
    """Some todos with what they were sorted by."""

    head: Head
    keys: OwnerKeys | None
    todos: list[tuple[Any, TodoDocument]]


async def list_page(reads: AsyncConnection, keys: DataKeys, listing: Listing) -> Page:
    if listing.order.column == "title":
        return await _page_by_title(reads, keys, listing)
    after = cursors.decode(listing.cursor, listing.order) if listing.cursor else None
    # One more than asked for says whether there is a next page.
    size = _BATCH if listing.wanted.looks_inside else listing.limit + 1
    head, found = None, list[tuple[Any, TodoDocument]]()
    async for some in _batches(reads, keys, listing, order=listing.order, after=after, size=size):
        head = head or some.head
        found += some.todos
        if len(found) > listing.limit:
            break
    if head is not None and head == listing.known:
        return Page(head, None, None)
    next_cursor = None
    if len(found) > listing.limit:
        key, last = found[listing.limit - 1]
        next_cursor = cursors.encode(Cursor(key, UUID(last["id"])), listing.order)
    return Page(head, [todo for _, todo in found[: listing.limit]], next_cursor)


async def _page_by_title(reads: AsyncConnection, keys: DataKeys, listing: Listing) -> Page:
    """Titles are sealed: all are opened and sorted here. How many that can be is a setting, `todos_per_owner`."""
    head, owner_keys, found = None, None, list[_Titled]()
    async for some in _batches(reads, keys, listing, order=Order("position"), after=None, size=_BATCH):
        head, owner_keys = head or some.head, some.keys or owner_keys
        # No more of them than that: the texts of all are more than a process has room for.
        found += [_Titled(folded(todo["title"]), todo["id"]) for _, todo in some.todos]
    if head is not None and head == listing.known:
        return Page(head, None, None)
    if owner_keys is None:
        return Page(head, [], None)
    found.sort(reverse=listing.order.descending)
    if listing.cursor:
        found = _after(found, cursors.unseal(listing.cursor, listing.order, owner_keys), listing.order)
    next_cursor = None
    if len(found) > listing.limit:
        title, todo_id = found[listing.limit - 1]
        next_cursor = cursors.seal(Cursor(title, UUID(todo_id)), listing.order, owner_keys)
    ids = [UUID(each.id) for each in found[: listing.limit]]
    return Page(head, await _open_again(reads, keys, listing.owner_id, ids), next_cursor)


def _after(found: list["_Titled"], cursor: Cursor, order: Order) -> list["_Titled"]:
    last = _Titled(cursor.key, str(cursor.id))
    return [each for each in found if (each < last if order.descending else each > last)]


async def _open_again(reads: AsyncConnection, keys: DataKeys, owner_id: UUID, ids: list[UUID]) -> list[TodoDocument]:
    """In this order; without those that were deleted meanwhile."""
    rows = {row.id: row for row in await repository.list_by_ids(reads, owner_id=owner_id, ids=ids)}
    if not rows:
        return []
    newest = max(row.key_version for row in rows.values())
    epoch = next(iter(rows.values())).epoch
    owner_keys = await opening.owner_keys(reads, keys, owner_id=owner_id, epoch=epoch, at_least=newest)
    return [opening.open_todo(rows[each], owner_keys) for each in ids if each in rows]


async def _batches(
    reads: AsyncConnection, keys: DataKeys, listing: Listing, *, order: Order, after: Cursor | None, size: int
) -> AsyncIterator[_Found]:
    """The todos of a list, opened, so many at a time; those that the filter does not admit are left out."""
    known = listing.known
    while True:
        rows = await repository.list_rows(
            reads,
            owner_id=listing.owner_id,
            wanted=listing.wanted,
            order=order,
            after=after,
            known=known,
            limit=size,
        )
        if not rows:
            return
        head = Head(rows[0].epoch, rows[0].head)
        if rows[0].id is None:
            yield _Found(head, None, [])
            return
        newest = max(row.key_version for row in rows)
        owner_keys = await opening.owner_keys(reads, keys, owner_id=listing.owner_id, epoch=head.epoch, at_least=newest)
        opened = ((row.sort_key, opening.open_todo(row, owner_keys)) for row in rows)
        yield _Found(head, owner_keys, [each for each in opened if listing.wanted.admits(each[1])])
        if len(rows) < size:
            return
        after, known = Cursor(rows[-1].sort_key, rows[-1].id), None
