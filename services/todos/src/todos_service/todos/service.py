"""What can be done with todos. Runs inside the caller's transaction and never commits."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast
from uuid import UUID, uuid5

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from todos_service.owners.service import DataKeys
from todos_service.todos import documents, opening, positions, repository, writing
from todos_service.todos.documents import TodoDocument
from todos_service.todos.errors import (
    IdempotencyKeyReused,
    PreconditionRequired,
    TodoDeleted,
    TodoExists,
    TodoNotFound,
)
from todos_service.todos.expectations import ANY_VERSION, Expectation
from todos_service.todos.merging import Change, Kind, Operation, Special, Verdict
from todos_service.todos.writing import Author, Write, Written, WrittenBefore


class Created(NamedTuple):
    todo: TodoDocument
    is_new: bool


@dataclass(frozen=True, slots=True)
class NewTodo:
    """`fields` are those its sender named. A name for the request makes repeating it harmless."""

    id: UUID | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    idempotency_key: str | None = None

    @property
    def digest(self) -> str:
        """Equal for equal requests."""
        content = {"id": self.id, "fields": self.fields}
        return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


async def find(reads: AsyncConnection, keys: DataKeys, *, owner_id: UUID, todo_id: UUID) -> TodoDocument:
    row = await repository.find(reads, owner_id=owner_id, todo_id=todo_id)
    if row is None:
        raise TodoNotFound
    owner_keys = await opening.owner_keys(reads, keys, owner_id=owner_id, epoch=row.epoch, at_least=row.key_version)
    return opening.open_todo(row, owner_keys)


async def create(tx: AsyncConnection, keys: DataKeys, *, by: Author, new: NewTodo, limit: int) -> Created:
    """Add a todo, unless it is there already. `limit` is how many its owner may have."""
    written = await writing.write(tx, keys, _creation(by, new, limit))
    if isinstance(written, WrittenBefore):
        if written.note["request"] != new.digest:
            raise IdempotencyKeyReused
        try:
            return Created(await find(tx, keys, owner_id=by.owner_id, todo_id=written.todo_id), is_new=True)
        except TodoNotFound as error:
            raise TodoDeleted from error
    if written.outcome.verdict is Verdict.REJECTED:
        raise TodoDeleted
    todo = cast("TodoDocument", written.todo)
    if written.outcome.verdict is Verdict.CONFLICT:
        raise TodoExists(current=documents.to_json(todo))
    return Created(todo, is_new=bool(written.outcome.steps))


def _creation(by: Author, new: NewTodo, limit: int) -> Write:
    now = datetime.now(UTC)
    operation = Operation(
        Kind.CREATE,
        {name: Change(to=value) for name, value in new.fields.items()},
        assumed={"position": positions.before_all(now)},
    )
    named = new.idempotency_key is not None
    return Write(
        by=by,
        todo_id=new.id or uuid7(),
        operation=operation,
        op_id=uuid5(by.owner_id, f"create {new.idempotency_key}") if named else None,
        note={"request": new.digest} if named else {},
        limit=limit,
        at=now,
    )


async def update(
    tx: AsyncConnection,
    keys: DataKeys,
    *,
    by: Author,
    todo_id: UUID,
    fields: Mapping[str, Any],
    expected: Expectation = ANY_VERSION,
) -> TodoDocument:
    """Change the named fields."""
    changes = {name: Change(to=value) for name, value in fields.items()}
    operation = Operation(Kind.UPDATE, changes, versions=expected.versions)
    return await _of_one_occurrence(tx, keys, Write(by, todo_id, operation), expected)


async def toggle(
    tx: AsyncConnection,
    keys: DataKeys,
    *,
    by: Author,
    todo_id: UUID,
    completed: bool | None,
    expected: Expectation = ANY_VERSION,
) -> TodoDocument:
    """Make the todo completed or not; None makes it the opposite of what it is."""
    change = Change(to=Special.OPPOSITE if completed is None else completed)
    operation = Operation(Kind.UPDATE, {"completed": change}, versions=expected.versions)
    return await _of_one_occurrence(tx, keys, Write(by, todo_id, operation), expected)


async def delete(
    tx: AsyncConnection, keys: DataKeys, *, by: Author, todo_id: UUID, expected: Expectation = ANY_VERSION
) -> None:
    """Leave a tombstone. What was in the todo is in its history, sealed, until that is purged."""
    await _changed(tx, keys, Write(by, todo_id, Operation(Kind.DELETE, versions=expected.versions)), expected)


async def _of_one_occurrence(
    tx: AsyncConnection, keys: DataKeys, request: Write, expected: Expectation
) -> TodoDocument:
    written = await _changed(tx, keys, request, expected)
    if expected.versions is None and written.advanced:
        # Sent twice, it would complete two.
        raise PreconditionRequired("This todo recurs: say which occurrence you mean, by its version")
    return cast("TodoDocument", written.todo)


async def _changed(tx: AsyncConnection, keys: DataKeys, request: Write, expected: Expectation) -> Written:
    written = await writing.write(tx, keys, request)
    assert isinstance(written, Written)  # noqa: S101 (it has no name to be known by)
    nothing_to_delete = request.operation.kind is Kind.DELETE and written.was_deleted
    if written.outcome.verdict is Verdict.REJECTED or nothing_to_delete:
        raise TodoNotFound
    if written.outcome.verdict is Verdict.CONFLICT:
        raise expected.otherwise(current=documents.to_json(cast("TodoDocument", written.todo)))
    return written
