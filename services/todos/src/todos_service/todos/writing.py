"""The one way to write a todo, whoever asks: take the owner's turn, merge, store what came of it, all in one go."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.owners import heads
from todos_service.owners import service as owners
from todos_service.owners.errors import OwnerErased
from todos_service.owners.heads import Head
from todos_service.owners.service import DataKeys, OwnerKeys
from todos_service.todos import documents, occurrences, opening, ordering, positions, turns
from todos_service.todos.documents import TodoDocument
from todos_service.todos.errors import TooManyTodos
from todos_service.todos.merging import Clash, Kind, Operation, Outcome, Special, Stored, merge
from todos_service.todos.turns import Held, Telling, Turn

_GAINED = {Kind.CREATE: 1, Kind.RESTORE: 1, Kind.DELETE: -1}
# Not a field of its owner's, but gone with a delete all the same.
_COMPLETED_AT = "completed_at"


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
    # When it was completed, for an operation that completes it and tells of something earlier.
    completed_at: datetime | None = None
    # What the history tells of the change beside its fields, in the form of one.
    beside: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Written:
    """The todo as it is now (None: there is none) with the number of its last change, and what the operation did."""

    head: Head
    seq: int | None
    todo: TodoDocument | None
    outcome: Outcome
    was_deleted: bool = False
    # One occurrence was completed, and the todo has become the next one: carried out again, it would do so again.
    advanced: bool = False


@dataclass(frozen=True, slots=True)
class WrittenBefore:
    """This operation was carried out earlier, on the todo `todo_id`. Nothing happened now.

    `note` is what was noted then, with the `verdict`, the `clashes` and the `reason`; `seq` and `todo` are of the todo
    that was asked for, as it is now.
    """

    head: Head
    seq: int | None
    todo: TodoDocument | None
    todo_id: UUID
    note: Mapping[str, Any]


async def write(tx: AsyncConnection, keys: DataKeys, request: Write) -> Written | WrittenBefore:
    """Carry out an operation, or see that it has been. The caller's transaction makes it so.

    An operation that changes nothing has taken its number all the same: a gap in the numbers does no harm.
    """
    turn, owner_keys = await _take_turn(tx, keys, request)
    head, row = Head(turn.epoch, turn.seq), turn.row
    before = opening.open_todo(row, owner_keys) if row.id is not None else None
    if request.op_id is not None and row.op_todo_id is not None:
        note = opening.open_note(row, owner_keys, request.op_id)
        return WrittenBefore(head, row.seq, before, row.op_todo_id, note)
    trash = await _open_trash(tx, turn, owner_keys, request) if _restores(before, request) else {}
    request = await _what_it_comes_to(tx, owner_keys, before, request)
    outcome = merge(_stored(before, trash), request.operation)
    # What comes back from the trash comes back as it was, also an occurrence that was completed.
    lives = before is not None and before["deleted_at"] is None
    follows = not request.operation.takes_back
    if before is not None and lives and follows and occurrences.completes_one(before, outcome):
        request, outcome = await _complete_occurrence(tx, owner_keys, before, request, outcome)
    after, seq = before, row.seq
    if outcome.steps:
        _check_limit(turn, request)
        after, seq = _after(before, outcome, request, trash), turn.seq
        await _store(tx, turn.seq, owner_keys, request, change=_Change(before, after, outcome))
        if "position" in outcome.steps and len(after["position"]) > positions.LONG:
            after, seq, head = await _make_room(tx, turn, owner_keys, request, after)
        heads.moved(tx, request.by.owner_id, head)
    if request.op_id is not None:
        await _remember(tx, turn.seq, owner_keys, request, outcome)
    was_deleted = before is not None and before["deleted_at"] is not None
    advanced = request.operation.kind is Kind.ADVANCE
    return Written(head, seq, after, outcome, was_deleted, advanced)


async def _make_room(
    tx: AsyncConnection, turn: Turn, owner_keys: OwnerKeys, request: Write, after: TodoDocument
) -> tuple[TodoDocument, int, Head]:
    """The todo as it is when its neighbours and itself have got shorter keys."""
    place = ordering.Place(after["position"], request.todo_id)
    moved = await ordering.make_room(
        tx, owner_keys, place=place, live=turn.live + 1, session_id=request.by.session_id, at=request.at
    )
    head = Head(turn.epoch, turn.seq + len(moved))
    mine = moved.get(request.todo_id)
    if mine is None:
        return after, turn.seq, head
    return {**after, "position": mine.position, "version": mine.version}, mine.seq, head


async def _what_it_comes_to(tx: AsyncConnection, keys: OwnerKeys, before: TodoDocument | None, request: Write) -> Write:
    if before is None or before["deleted_at"] is not None or before["recurrence"] is None:
        return request
    operation = await occurrences.taken_back(
        tx,
        keys,
        documents.fields_of(before),
        todo_id=request.todo_id,
        operation=request.operation,
        session_id=request.by.session_id,
    )
    return request if operation is None else replace(request, operation=operation)


async def _complete_occurrence(
    tx: AsyncConnection, keys: OwnerKeys, before: Mapping[str, Any], request: Write, outcome: Outcome
) -> tuple[Write, Outcome]:
    operation = request.operation
    if await occurrences.is_over(tx, keys, before, todo_id=request.todo_id, operation=operation):
        return request, occurrences.without_completion(outcome)
    advanced = occurrences.advanced(before, outcome, completed_at=request.completed_at or request.at)
    if advanced is None:
        return request, outcome
    return replace(request, operation=replace(operation, kind=Kind.ADVANCE)), advanced


async def _take_turn(tx: AsyncConnection, keys: DataKeys, request: Write) -> tuple[Turn, OwnerKeys]:
    """Wait for the owner's other writes, and see what they left. The first write makes the owner."""
    owner_id = request.by.owner_id
    turn = await turns.take_turn(tx, owner_id=owner_id, todo_id=request.todo_id, op_id=request.op_id)
    if turn is None:
        await owners.add(tx, keys.ring, owner_id=owner_id)
        turn = await turns.take_turn(tx, owner_id=owner_id, todo_id=request.todo_id, op_id=request.op_id)
    if turn is None:
        raise OwnerErased
    return turn, await opening.owner_keys(tx, keys, owner_id=owner_id, epoch=turn.epoch, at_least=turn.newest_key)


async def hold(tx: AsyncConnection, keys: DataKeys, *, owner_id: UUID) -> Held:
    """Keep the owner's other writes waiting, for a transaction that makes many."""
    held = await turns.hold(tx, owner_id=owner_id)
    if held is None:
        await owners.add(tx, keys.ring, owner_id=owner_id)
        held = await turns.hold(tx, owner_id=owner_id)
    if held is None:
        raise OwnerErased
    return held


def _restores(before: TodoDocument | None, request: Write) -> bool:
    return request.operation.kind is Kind.RESTORE and before is not None and before["deleted_at"] is not None


async def _open_trash(tx: AsyncConnection, turn: Turn, owner_keys: OwnerKeys, request: Write) -> Mapping[str, Any]:
    """What the delete took, which is in its history; nothing once that is purged."""
    taken = await turns.find_taken(tx, owner_id=request.by.owner_id, todo_id=request.todo_id, seq=turn.row.seq)
    if taken is None or not taken.sealed:
        return {}
    changes = opening.open_changes(taken, owner_keys, request.todo_id)
    return {name: change["from"] for name, change in changes.items()}


def _stored(todo: TodoDocument | None, trash: Mapping[str, Any]) -> Stored | None:
    if todo is None:
        return None
    if todo["deleted_at"] is not None:
        fields = {name: value for name, value in trash.items() if name in documents.FIELDS}
        return Stored(fields, todo["version"], deleted=True)
    return Stored(documents.fields_of(todo), todo["version"])


def _check_limit(turn: Turn, request: Write) -> None:
    adds = _GAINED.get(request.operation.kind, 0) > 0
    if adds and request.limit is not None and turn.live >= request.limit:
        raise TooManyTodos(limit=request.limit)


def _after(before: TodoDocument | None, outcome: Outcome, request: Write, trash: Mapping[str, Any]) -> TodoDocument:
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
        after |= {name: step.after for name, step in outcome.steps.items()} | {"deleted_at": None}
        if "completed" in outcome.steps:
            completed_at = _moment(trash.get(_COMPLETED_AT)) or request.completed_at or request.at
            after["completed_at"] = completed_at if after["completed"] else None
    return cast("TodoDocument", {name: after[name] for name in TodoDocument.__annotations__})


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


class _Change(NamedTuple):
    before: TodoDocument | None
    after: TodoDocument
    outcome: Outcome

    @property
    def told(self) -> dict[str, dict[str, Any]]:
        """For the history. A delete tells all that it took, so that a restore can bring it back."""
        told = {name: {"from": step.before, "to": step.after} for name, step in self.outcome.steps.items()}
        if self.before and self.before["completed_at"] and self.after["deleted_at"]:
            told[_COMPLETED_AT] = {"from": self.before["completed_at"], "to": None}
        return told


async def _store(tx: AsyncConnection, seq: int, owner_keys: OwnerKeys, request: Write, *, change: _Change) -> None:
    after = change.after
    to_columns = documents.to_columns if after["deleted_at"] is None else documents.to_tombstone
    told = {**change.told, **request.beside}
    sealed = documents.seal_changes(owner_keys, todo_id=request.todo_id, version=after["version"], changes=told)
    await turns.store(
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
            sealed=sealed,
        ),
    )


async def _remember(tx: AsyncConnection, seq: int, owner_keys: OwnerKeys, request: Write, outcome: Outcome) -> None:
    op_id = cast("UUID", request.op_id)
    result = {
        "verdict": outcome.verdict,
        "reason": outcome.reason,
        "clashes": {name: clash_to_json(clash) for name, clash in outcome.clashes.items()},
    }
    await turns.remember(
        tx,
        owner_id=request.by.owner_id,
        op_id=op_id,
        todo_id=request.todo_id,
        seq=seq,
        verdict=outcome.verdict.value,
        at=request.at,
        key_version=owner_keys.current,
        sealed=documents.seal_note(owner_keys, op_id=op_id, note={**request.note, **result}),
    )


def clash_to_json(clash: Clash) -> dict[str, Any]:
    """`{"base", "yours", "stored"}`. A writer who did not say what they saw saw nothing: null."""
    return clash._asdict() | {"base": None if clash.base is Special.ANYTHING else clash.base}
