"""Writes everything of an owner as one JSON document, piece by piece: no more than a page of it is in memory.

Each page is a read of its own, so that a slow reader keeps no transaction open. Each todo is in it once, as it was when
it was read, with the history that led there: what became of it after that is not told.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from chassis.database import Database
from todos_service.owners.service import DataKeys, OwnerKeys
from todos_service.todos import documents, opening
from todos_service.todos.documents import TodoDocument
from todos_service.todos.merging import DEFAULTS
from todos_service.transfer import repository
from todos_service.transfer.daybook import NAME, VERSION

_PAGE = 200
_PAGE_OF_CHANGES = 500
# So much is sent at a time.
_PIECE = 64 * 1024


class _Owner(NamedTuple):
    database: Database
    keys: DataKeys
    id: UUID


class _Todo(NamedTuple):
    """Without its history."""

    id: UUID
    version: int
    epoch: UUID
    document: dict[str, Any]


class _Change(NamedTuple):
    todo_id: UUID
    version: int
    document: dict[str, Any]


class _Sealed(NamedTuple):
    key_version: int
    sealed: bytes
    version: int


async def export(database: Database, keys: DataKeys, *, owner_id: UUID) -> AsyncIterator[bytes]:
    """The first piece comes when the first page has been read."""
    head = {"format": NAME, "version": VERSION, "exported_at": datetime.now(UTC)}
    written = bytearray(documents.to_bytes(head)[:-1] + b',"todos":[')
    owner, after, between = _Owner(database, keys, owner_id), None, b"\n"
    while page := await _page(owner, after):
        after, changes = page[-1].id, _changes(owner, page)
        change = await anext(changes, None)
        for todo in page:
            written += between + documents.to_bytes(todo.document)[:-1] + b',"history":['
            between, comma = b",\n", b""
            while change is not None and change.todo_id == todo.id:
                if change.version <= todo.version:
                    written += comma + documents.to_bytes(change.document)
                    comma = b","
                change = await anext(changes, None)
                if len(written) > _PIECE:
                    yield bytes(written)
                    written.clear()
            written += b"]}"
    yield bytes(written) + b"\n]}\n"


async def _page(owner: _Owner, after: UUID | None) -> list[_Todo]:
    async with owner.database.reads() as reads:
        rows = await repository.list_todos(reads, owner_id=owner.id, after=after, limit=_PAGE)
        if not rows:
            return []
        newest = max(max(row.key_version, row.taken_key_version or 0) for row in rows)
        keys = await opening.owner_keys(reads, owner.keys, owner_id=owner.id, epoch=rows[0].epoch, at_least=newest)
    return [_Todo(row.id, row.version, row.epoch, _document(row, keys)) for row in rows]


def _document(row: Any, keys: OwnerKeys) -> dict[str, Any]:
    todo: TodoDocument = opening.open_todo(row, keys)
    if row.deleted_at is None:
        return dict(todo)
    # A tombstone's text is in the history of its delete.
    changes = opening.open_changes(_Sealed(row.taken_key_version, row.taken_sealed, row.version), keys, row.id)
    return {**todo, **DEFAULTS, **{name: step["from"] for name, step in changes.items()}}


async def _changes(owner: _Owner, page: list[_Todo]) -> AsyncIterator[_Change]:
    """Of these todos, one after the other, the oldest first."""
    ids, after = [todo.id for todo in page], None
    while True:
        async with owner.database.reads() as reads:
            rows = await repository.list_history(reads, owner_id=owner.id, ids=ids, after=after, limit=_PAGE_OF_CHANGES)
            newest = max((row.key_version for row in rows), default=1)
            keys = await opening.owner_keys(reads, owner.keys, owner_id=owner.id, epoch=page[0].epoch, at_least=newest)
        for row in rows:
            yield _Change(row.todo_id, row.version, _told(row, keys))
        if len(rows) < _PAGE_OF_CHANGES:
            return
        after = (rows[-1].todo_id, rows[-1].version)


def _told(row: Any, keys: OwnerKeys) -> dict[str, Any]:
    return {
        "version": row.version,
        "kind": row.kind,
        "at": row.at,
        "session_id": str(row.session_id),
        "changes": opening.open_changes(row, keys, row.todo_id),
    }
