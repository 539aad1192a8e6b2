"""Brings todos in, some hundred in a transaction: new ones as they are, known ones by an ordinary write."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.owners import heads
from todos_service.owners.heads import Head
from todos_service.owners.service import DataKeys, OwnerKeys
from todos_service.todos import documents, opening, writing
from todos_service.todos.writing import Author
from todos_service.transfer import reconciling, repository
from todos_service.transfer.candidates import Candidate
from todos_service.transfer.reconciling import Import, Wanted
from todos_service.transfer.reports import Tally
from todos_service.transfer.schemas import ExportedTodo, Format

_KIND: Final = "import"
_MOMENTS: Final = ("created_at", "updated_at", "completed_at", "deleted_at")


async def bring_in(
    tx: AsyncConnection,
    keys: DataKeys,
    *,
    by: Author,
    format_: Format,
    candidates: Sequence[Candidate],
    limit: int,
    tally: Tally,
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
    import_ = Import(keys, owner_keys, by, format_, tally)
    await _add(tx, import_, turn.epoch, _within(limit - turn.live, new, limit, tally))
    for each in wanted:
        if each.todo.id in existing:
            await reconciling.bring_together(tx, import_, each, existing[each.todo.id])


def _checked(candidates: Sequence[Candidate], tally: Tally) -> Iterator[Wanted]:
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
            yield Wanted(candidate.source, _until(now, todo), todo.fields, candidate.losses, is_dated)


def _until(now: datetime, todo: ExportedTodo) -> ExportedTodo:
    """Nothing has happened later than now: it would be newer than every edit, and never old enough to be removed."""
    moments = {name: getattr(todo, name) for name in _MOMENTS}
    later = {name: now for name, moment in moments.items() if moment is not None and moment > now}
    return todo.model_copy(update=later) if later else todo


def _within(room: int, new: list[Wanted], limit: int, tally: Tally) -> list[Wanted]:
    """As many as their owner may still have; what is in the trash does not count."""
    taken: list[Wanted] = []
    for each in new:
        counts = each.todo.deleted_at is None
        if counts and room <= 0:
            tally.skip(each.source, f"an account may have {limit} todos")
            continue
        room -= counts
        taken.append(each)
    return taken


async def _add(tx: AsyncConnection, import_: Import, epoch: UUID, new: list[Wanted]) -> None:
    if not new:
        return
    keys, by, tally = import_.owner_keys, import_.by, import_.tally
    past = {each.todo.id: _past(each, import_) for each in new}
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


def _past(each: Wanted, import_: Import) -> list[dict[str, Any]]:
    """The changes that led to it. What a delete took must be in the last one, to be brought back from there."""
    todo, by = each.todo, import_.by
    past = [change.model_dump() for change in todo.history]
    if todo.deleted_at is not None:
        deletion = past.pop() if past else {"session_id": by.session_id}
        taken = each.fields | {"completed_at": todo.completed_at}
        told = {name: {"from": value, "to": None} for name, value in taken.items()}
        past.append(deletion | {"version": todo.version, "kind": "delete", "at": todo.deleted_at, "changes": told})
    if not past:
        told = {name: {"from": None, "to": value} for name, value in each.fields.items()} | import_.mark(each, {})
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


def _todo_row(keys: OwnerKeys, each: Wanted, seq: int) -> dict[str, Any]:
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
