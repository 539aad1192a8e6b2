"""Brings todos in, some hundred in a transaction: new ones as they are, known ones by an ordinary write."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.owners import heads
from todos_service.owners.heads import Head
from todos_service.owners.service import DataKeys, OwnerKeys
from todos_service.todos import documents, opening, writing
from todos_service.todos.documents import TodoDocument
from todos_service.todos.merging import Change, Kind, Operation
from todos_service.todos.writing import Author, Write, Written
from todos_service.transfer import repository
from todos_service.transfer.candidates import Candidate, Source
from todos_service.transfer.schemas import ExportedTodo

_KIND: Final = "import"
# Of a report; the rest is counted.
_MOST_NOTES = 1000
_MOMENTS: Final = ("created_at", "updated_at", "completed_at", "deleted_at")


@dataclass(slots=True)
class Tally:
    """What became of the todos of a file."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    more_skipped: int = 0
    more_notes: int = 0

    def skip(self, source: Source, reason: str) -> None:
        if len(self.skipped) < _MOST_NOTES:
            self.skipped.append(source.note(reason))
        else:
            self.more_skipped += 1

    def note(self, source: Source, losses: Sequence[str]) -> None:
        room = max(_MOST_NOTES - len(self.notes), 0)
        self.notes += [source.note(loss) for loss in losses[:room]]
        self.more_notes += len(losses[room:])


class _Import(NamedTuple):
    """Whose import it is, and what has become of it so far."""

    keys: DataKeys
    by: Author
    tally: Tally


class _Wanted(NamedTuple):
    source: Source
    todo: ExportedTodo
    fields: dict[str, Any]
    losses: list[str]
    # Whether it is known when it was changed last.
    is_dated: bool


async def bring_in(
    tx: AsyncConnection, keys: DataKeys, *, by: Author, candidates: Sequence[Candidate], limit: int, tally: Tally
) -> None:
    """`limit` is how many todos their owner may have."""
    wanted = list(_checked(candidates, tally))
    if not wanted:
        return
    turn = await writing.hold(tx, keys, owner_id=by.owner_id)
    owner_keys = await opening.owner_keys(tx, keys, owner_id=by.owner_id, epoch=turn.epoch, at_least=turn.newest_key)
    rows = await repository.list_existing(tx, owner_id=by.owner_id, ids=[each.todo.id for each in wanted])
    existing = {row.id: opening.open_todo(row, owner_keys) for row in rows}
    new = [each for each in wanted if each.todo.id not in existing]
    import_ = _Import(keys, by, tally)
    await _add(tx, import_, owner_keys, turn.epoch, _within(limit - turn.live, new, limit, tally))
    for each in wanted:
        if each.todo.id in existing:
            await _bring_together(tx, import_, each, existing[each.todo.id])


def _checked(candidates: Sequence[Candidate], tally: Tally) -> Iterator[_Wanted]:
    seen, now = set[UUID](), datetime.now(UTC)
    for candidate in candidates:
        todo = candidate.checked()
        if isinstance(todo, str):
            tally.skip(candidate.source, todo)
        elif todo.id in seen:
            tally.skip(candidate.source, "the file has another todo with this id")
        else:
            seen.add(todo.id)
            # What is still to come would be newer than what this very file brought, however often it is sent.
            is_dated = candidate.is_dated and todo.updated_at <= now
            yield _Wanted(candidate.source, _until(now, todo), todo.fields, candidate.losses, is_dated)


def _until(now: datetime, todo: ExportedTodo) -> ExportedTodo:
    """Nothing has happened later than now: it would be newer than every edit, and never old enough to be removed."""
    moments = {name: getattr(todo, name) for name in _MOMENTS}
    later = {name: now for name, moment in moments.items() if moment is not None and moment > now}
    return todo.model_copy(update=later) if later else todo


def _within(room: int, new: list[_Wanted], limit: int, tally: Tally) -> list[_Wanted]:
    """As many as their owner may still have; what is in the trash does not count."""
    taken: list[_Wanted] = []
    for each in new:
        counts = each.todo.deleted_at is None
        if counts and room <= 0:
            tally.skip(each.source, f"an account may have {limit} todos")
            continue
        room -= counts
        taken.append(each)
    return taken


async def _add(tx: AsyncConnection, import_: _Import, keys: OwnerKeys, epoch: UUID, new: list[_Wanted]) -> None:
    if not new:
        return
    _, by, tally = import_
    past = {each.todo.id: _past(each, by) for each in new}
    count = sum(map(len, past.values()))
    gained = sum(each.todo.deleted_at is None for each in new)
    head = await repository.advance(tx, owner_id=by.owner_id, count=count, gained=gained)
    todos, history, number = [], [], head - count
    for each in new:
        changes = past[each.todo.id]
        history += [
            _history_row(keys, each.todo.id, number + nth, change) for nth, change in enumerate(changes, start=1)
        ]
        number += len(changes)
        todos.append(_todo_row(keys, each, number))
        tally.note(each.source, each.losses)
    await repository.add(tx, todos, history)
    heads.moved(tx, by.owner_id, Head(epoch, head))
    tally.imported += len(new)


def _past(each: _Wanted, by: Author) -> list[dict[str, Any]]:
    """The changes that led to it. What a delete took must be in the last one, to be brought back from there."""
    todo = each.todo
    past = [change.model_dump() for change in todo.history]
    if todo.deleted_at is not None:
        deletion = past.pop() if past else {"session_id": by.session_id}
        taken = each.fields | {"completed_at": todo.completed_at}
        told = {name: {"from": value, "to": None} for name, value in taken.items()}
        past.append(deletion | {"version": todo.version, "kind": "delete", "at": todo.deleted_at, "changes": told})
    if not past:
        told = {name: {"from": None, "to": value} for name, value in each.fields.items()}
        past.append({"version": todo.version, "kind": _KIND, "at": datetime.now(UTC), "changes": told})
    return [{"session_id": by.session_id} | change for change in past]


def _history_row(keys: OwnerKeys, todo_id: UUID, seq: int, change: Mapping[str, Any]) -> dict[str, Any]:
    version = change["version"]
    return {
        "owner_id": keys.owner_id,
        "seq": seq,
        "todo_id": todo_id,
        "version": version,
        "kind": change["kind"],
        "session_id": change["session_id"],
        "at": change["at"],
        "key_version": keys.current,
        "sealed": documents.seal_changes(keys, todo_id=todo_id, version=version, changes=change["changes"]),
    }


def _todo_row(keys: OwnerKeys, each: _Wanted, seq: int) -> dict[str, Any]:
    todo = each.todo
    document: Any = each.fields | {
        "id": str(todo.id),
        "version": todo.version,
        "completed_at": todo.completed_at,
        "created_at": todo.created_at,
        "updated_at": todo.updated_at,
        "deleted_at": todo.deleted_at,
    }
    to_columns = documents.to_columns if todo.deleted_at is None else documents.to_tombstone
    return {"owner_id": keys.owner_id, "id": todo.id, "seq": seq, **to_columns(document, keys)}


async def _bring_together(tx: AsyncConnection, import_: _Import, each: _Wanted, existing: TodoDocument) -> None:
    """A todo that is here already: nothing that was written here later is lost to an older file."""
    keys, by, tally = import_
    todo, is_deleted = each.todo, existing["deleted_at"] is not None
    if is_deleted and todo.deleted_at is None:
        tally.skip(each.source, "it was deleted here; it can be restored from the trash")
    elif not is_deleted and todo.deleted_at is not None:
        tally.skip(each.source, "it was deleted there, and is not here")
    elif is_deleted or documents.fields_of(existing) == each.fields:
        tally.unchanged += 1
    elif not each.is_dated:
        tally.skip(each.source, "it is here already, and the file does not tell which one is newer")
    elif todo.updated_at <= existing["updated_at"]:
        tally.skip(each.source, "it was changed here since")
    else:
        changes = {name: Change(to=value) for name, value in each.fields.items()}
        written = await writing.write(tx, keys, Write(by, todo.id, Operation(Kind.UPDATE, changes)))
        assert isinstance(written, Written)  # noqa: S101 (it has no name to be known by)
        tally.updated += 1
        tally.note(each.source, each.losses)
        if written.advanced:
            tally.note(each.source, ["it recurs: one occurrence was completed"])
