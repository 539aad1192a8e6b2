"""The one way to write a todo, whoever asks: take the owner's turn, merge, store what came of it, all in one go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.owners import service as owners
from todos_service.owners.errors import OwnerErased
from todos_service.owners.service import DataKeys, OwnerKeys
from todos_service.todos import documents, opening, repository
from todos_service.todos.documents import TodoDocument
from todos_service.todos.errors import TooManyTodos
from todos_service.todos.merging import Kind, Operation, Outcome, Stored, merge
from todos_service.todos.repository import Telling, Turn

_GAINED = {Kind.CREATE: 1, Kind.DELETE: -1}


class Author(NamedTuple):
    """Who writes: the owner, and by which of their signed-in sessions."""

    owner_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class Write:
    """An operation on one todo. Its sender may have named it, and then its result is remembered under that name."""

    by: Author
    todo_id: UUID
    operation: Operation
    op_id: UUID | None = None
    # Remembered with the result: what tells a repetition from another operation under the same name.
    note: Mapping[str, Any] = field(default_factory=dict)
    # How many todos the owner may have, for an operation that may add one.
    limit: int | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Written:
    """The todo as it is now (None: there is none), and what the operation did to it."""

    seq: int
    todo: TodoDocument | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class WrittenBefore:
    """This operation was carried out earlier, on this todo, and this was noted. Nothing happened now."""

    todo_id: UUID
    note: Mapping[str, Any]


async def write(tx: AsyncConnection, keys: DataKeys, request: Write) -> Written | WrittenBefore:
    """Carry out an operation, or see that it has been. The caller's transaction makes it so.

    An operation that changes nothing has taken its number all the same: a gap in the numbers does no harm.
    """
    turn, owner_keys = await _take_turn(tx, keys, request)
    if request.op_id is not None and turn.row.op_todo_id is not None:
        note = opening.open_note(turn.row, owner_keys, request.op_id)
        return WrittenBefore(turn.row.op_todo_id, note)
    before = opening.open_todo(turn.row, owner_keys) if turn.row.id is not None else None
    outcome = merge(_stored(before), request.operation)
    after = before
    if outcome.steps:
        _check_limit(turn, request)
        after = _after(before, outcome, request)
        await _store(tx, turn.seq, owner_keys, request, changed=(after, outcome))
    if request.op_id is not None:
        await _remember(tx, turn.seq, owner_keys, request, outcome)
    return Written(turn.seq, after, outcome)


async def _take_turn(tx: AsyncConnection, keys: DataKeys, request: Write) -> tuple[Turn, OwnerKeys]:
    """Wait for the owner's other writes, and see what they left. The first write makes the owner."""
    owner_id = request.by.owner_id
    turn = await repository.take_turn(tx, owner_id=owner_id, todo_id=request.todo_id, op_id=request.op_id)
    if turn is None:
        await owners.add(tx, keys.ring, owner_id=owner_id)
        turn = await repository.take_turn(tx, owner_id=owner_id, todo_id=request.todo_id, op_id=request.op_id)
    if turn is None:
        raise OwnerErased
    newest_key = max(turn.row.key_version or 1, turn.row.op_key_version or 1)
    return turn, await opening.owner_keys(tx, keys, owner_id=owner_id, epoch=turn.epoch, at_least=newest_key)


def _stored(todo: TodoDocument | None) -> Stored | None:
    if todo is None:
        return None
    return Stored(documents.fields_of(todo), todo["version"], deleted=todo["deleted_at"] is not None)


def _check_limit(turn: Turn, request: Write) -> None:
    adds = request.operation.kind is Kind.CREATE
    if adds and request.limit is not None and turn.live >= request.limit:
        raise TooManyTodos(limit=request.limit)


def _after(before: TodoDocument | None, outcome: Outcome, request: Write) -> TodoDocument:
    fresh: dict[str, Any] = {
        "id": str(request.todo_id),
        "version": 0,
        "created_at": request.at,
        "completed_at": None,
        "deleted_at": None,
    }
    after: dict[str, Any] = {**(before or fresh)}
    after |= {"version": after["version"] + 1, "updated_at": request.at}
    if request.operation.kind is Kind.DELETE:
        after["deleted_at"] = request.at
    else:
        after |= {name: step.after for name, step in outcome.steps.items()}
        if "completed" in outcome.steps:
            after["completed_at"] = request.at if after["completed"] else None
    return cast("TodoDocument", {name: after[name] for name in TodoDocument.__annotations__})


async def _store(
    tx: AsyncConnection, seq: int, owner_keys: OwnerKeys, request: Write, *, changed: tuple[TodoDocument, Outcome]
) -> None:
    after, outcome = changed
    to_columns = documents.to_columns if after["deleted_at"] is None else documents.to_tombstone
    changes = {name: {"from": step.before, "to": step.after} for name, step in outcome.steps.items()}
    await repository.store(
        tx,
        owner_id=request.by.owner_id,
        todo_id=request.todo_id,
        seq=seq,
        columns=to_columns(after, owner_keys),
        gained=_GAINED.get(request.operation.kind, 0),
        telling=Telling(
            kind=request.operation.kind.value,
            op_id=request.op_id,
            session_id=request.by.session_id,
            sealed=documents.seal_changes(
                owner_keys, todo_id=request.todo_id, version=after["version"], changes=changes
            ),
        ),
    )


async def _remember(tx: AsyncConnection, seq: int, owner_keys: OwnerKeys, request: Write, outcome: Outcome) -> None:
    op_id = cast("UUID", request.op_id)
    await repository.remember(
        tx,
        owner_id=request.by.owner_id,
        op_id=op_id,
        todo_id=request.todo_id,
        seq=seq,
        verdict=outcome.verdict.value,
        at=request.at,
        key_version=owner_keys.current,
        sealed=documents.seal_note(owner_keys, op_id=op_id, note=request.note),
    )
