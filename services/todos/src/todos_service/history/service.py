"""Shows the changes of a todo, and takes one back. Taking back is a write like any other."""

from datetime import datetime
from typing import Any, Final, NamedTuple, TypedDict, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.history import repository
from todos_service.history.errors import ChangeNotFound
from todos_service.owners.service import DataKeys
from todos_service.todos import documents, opening, writing
from todos_service.todos.documents import FIELDS, TodoDocument
from todos_service.todos.errors import TodoNotFound, VersionConflict
from todos_service.todos.merging import Change, Kind, Operation, Verdict
from todos_service.todos.writing import Author, Write, Written, clash_to_json

# What takes back a change that was not one of fields.
_OPPOSITES: Final = {"create": Kind.DELETE, "import": Kind.DELETE, "restore": Kind.DELETE, "delete": Kind.RESTORE}
# Not what an import notes for the next one.
_SHOWN: Final = frozenset({*FIELDS, "completed_at"})


class ChangeDocument(TypedDict):
    seq: int
    version: int
    kind: str
    at: datetime
    session_id: str
    changes: dict[str, dict[str, Any]]


class Page(NamedTuple):
    changes: list[ChangeDocument]
    next_cursor: str | None


async def list_page(
    reads: AsyncConnection, keys: DataKeys, *, owner_id: UUID, todo_id: UUID, before: int | None, limit: int
) -> Page:
    """Newest first, below a version."""
    rows = await repository.list_changes(reads, owner_id=owner_id, todo_id=todo_id, before=before, limit=limit + 1)
    if not rows:
        if before is None:
            raise TodoNotFound
        return Page([], None)
    newest = max(row.key_version for row in rows)
    owner_keys = await opening.owner_keys(reads, keys, owner_id=owner_id, epoch=rows[0].epoch, at_least=newest)
    changes = [_document(row, opening.open_changes(row, owner_keys, todo_id)) for row in rows[:limit]]
    return Page(changes, f"v{rows[limit - 1].version}" if len(rows) > limit else None)


def _document(row: Any, changes: dict[str, dict[str, Any]]) -> ChangeDocument:
    return {
        "seq": row.seq,
        "version": row.version,
        "kind": row.kind,
        "at": row.at,
        "session_id": str(row.session_id),
        "changes": {name: step for name, step in changes.items() if name in _SHOWN},
    }


async def undo(
    tx: AsyncConnection, keys: DataKeys, *, by: Author, todo_id: UUID, seq: int, version: int, limit: int
) -> TodoDocument | None:
    """Take one change back: all of it, or, where something changed the same since, nothing.

    `version` is the one its author sees. Returns the todo as it is then; None when what was taken back is that there
    is one.
    """
    row = await repository.find_change(tx, owner_id=by.owner_id, todo_id=todo_id, seq=seq)
    if row is None:
        raise ChangeNotFound
    owner_keys = await opening.owner_keys(tx, keys, owner_id=by.owner_id, epoch=row.epoch, at_least=row.key_version)
    operation = _reverse(row.kind, opening.open_changes(row, owner_keys, todo_id), version)
    written = await writing.write(tx, keys, Write(by, todo_id, operation, limit=limit))
    assert isinstance(written, Written)  # noqa: S101 (it has no name to be known by)
    if written.outcome.verdict is Verdict.REJECTED:
        raise TodoNotFound
    todo = cast("TodoDocument", written.todo)
    if written.outcome.verdict is Verdict.CONFLICT:
        clashes = {name: clash_to_json(clash) for name, clash in written.outcome.clashes.items()}
        raise VersionConflict(current=documents.to_json(todo), clashes=clashes)
    return None if todo["deleted_at"] else todo


def _reverse(kind: str, changes: dict[str, dict[str, Any]], version: int) -> Operation:
    if kind in _OPPOSITES:
        return Operation(_OPPOSITES[kind], base_version=version)
    back = {name: Change(to=step["from"], base=step["to"]) for name, step in changes.items() if name in FIELDS}
    return Operation(Kind.UPDATE, back, base_version=version, whole=True, takes_back=True)
