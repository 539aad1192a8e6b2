"""Shows what was deleted, and brings it back. Both for 30 days: see `housekeeping`."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.owners.service import DataKeys
from todos_service.todos import documents, opening, writing
from todos_service.todos.documents import TodoDocument
from todos_service.todos.errors import TodoNotFound
from todos_service.todos.expectations import Expectation
from todos_service.todos.merging import DEFAULTS, Kind, Operation, Verdict
from todos_service.todos.writing import Author, Write, Written
from todos_service.trash import cursors, repository
from todos_service.trash.cursors import Cursor

KEPT = timedelta(days=30)


class Page(NamedTuple):
    todos: list[TodoDocument]
    next_cursor: str | None


async def list_page(reads: AsyncConnection, keys: DataKeys, *, owner_id: UUID, cursor: str | None, limit: int) -> Page:
    """What was deleted last comes first."""
    rows = await repository.list_deleted(
        reads,
        owner_id=owner_id,
        since=datetime.now(UTC) - KEPT,
        before=cursors.decode(cursor) if cursor else None,
        limit=limit + 1,
    )
    if not rows:
        return Page([], None)
    newest = max(row.key_version for row in rows)
    owner_keys = await opening.owner_keys(reads, keys, owner_id=owner_id, epoch=rows[0].epoch, at_least=newest)
    todos = [_as_it_was(row, opening.open_changes(row, owner_keys, row.id)) for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(todos, cursors.encode(Cursor(last.deleted_at, last.id)) if last else None)


def _as_it_was(row: Any, taken: dict[str, dict[str, Any]]) -> TodoDocument:
    """What the delete took away, with what the tombstone still says."""
    todo: dict[str, Any] = {**DEFAULTS, "completed_at": None} | {name: step["from"] for name, step in taken.items()}
    todo |= {
        "id": str(row.id),
        "version": row.version,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "deleted_at": row.deleted_at,
    }
    return cast("TodoDocument", {name: todo[name] for name in TodoDocument.__annotations__})


async def restore(
    tx: AsyncConnection, keys: DataKeys, *, by: Author, todo_id: UUID, expected: Expectation, limit: int
) -> TodoDocument:
    """Bring a todo back as it was deleted. One that is there already is left as it is.

    `limit` is how many todos its owner may have.
    """
    operation = Operation(Kind.RESTORE, versions=expected.versions)
    written = await writing.write(tx, keys, Write(by, todo_id, operation, limit=limit))
    assert isinstance(written, Written)  # noqa: S101 (it has no name to be known by)
    if written.outcome.verdict is Verdict.REJECTED:
        raise TodoNotFound
    todo = cast("TodoDocument", written.todo)
    if written.outcome.verdict is Verdict.CONFLICT:
        raise expected.otherwise(current=documents.to_json(await _find(tx, keys, todo, owner_id=by.owner_id)))
    return todo


async def _find(tx: AsyncConnection, keys: DataKeys, tombstone: TodoDocument, *, owner_id: UUID) -> TodoDocument:
    """What lies in the trash, which the tombstone no longer says. The tombstone itself once that is purged."""
    row = await repository.find_deleted(tx, owner_id=owner_id, todo_id=UUID(tombstone["id"]))
    if row is None:
        return tombstone
    owner_keys = await opening.owner_keys(tx, keys, owner_id=owner_id, epoch=row.epoch, at_least=row.key_version)
    return _as_it_was(row, opening.open_changes(row, owner_keys, row.id))
