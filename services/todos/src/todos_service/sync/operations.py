"""Carries out what a device did while it was away: one operation after the other, each in a transaction of its own.

Every operation has a name, so that a device which lost the answer sends the same again and nothing happens twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chassis.database import Database
from chassis.problems import InvalidRequest, Problem, ServiceUnavailable
from todos_service.owners.service import DataKeys
from todos_service.sync import feed, parsing
from todos_service.sync.errors import IdempotencyConflict, TodoPurged
from todos_service.sync.parsing import Parsed
from todos_service.todos import positions, writing
from todos_service.todos.errors import (
    KeyUnreadable,
    PreconditionRequired,
    TodoDeleted,
    TodoNotFound,
    TodoUnreadable,
    TooManyTodos,
)
from todos_service.todos.merging import Change, Kind, Operation, Reason, Special, Verdict
from todos_service.todos.writing import Author, Write, Written, WrittenBefore, clash_to_json

Result = dict[str, Any]

_DUPLICATE = "duplicate"
# Somebody has to mend it.
_KEY_SECONDS = 60
_OF_REASON: Mapping[str, type[Problem]] = {
    Reason.MISSING: TodoNotFound,
    Reason.DELETED: TodoDeleted,
    Reason.PURGED: TodoPurged,
}
# What is wrong with one operation only: the others go on.
_OF_ONE = (TooManyTodos, TodoUnreadable, PreconditionRequired)


@dataclass(frozen=True, slots=True)
class Sender:
    by: Author
    # How many todos the owner may have.
    limit: int


async def carry_out(database: Database, keys: DataKeys, sender: Sender, operations: Sequence[Any]) -> list[Result]:
    """The results in the order of the operations. Raises what has nothing to do with any one of them.

    What was carried out before it raised stays so: sent again, it is a duplicate.
    """
    return [await _carry_out(database, keys, sender, said, number=number) for number, said in enumerate(operations)]


async def _carry_out(database: Database, keys: DataKeys, sender: Sender, said: Any, *, number: int) -> Result:
    try:
        parsed = parsing.parse(said, pointer=f"#/operations/{number}")
    except InvalidRequest as problem:
        return _result(parsing.op_id_of(said), Verdict.REJECTED, problem=problem)
    request = _write(parsed, sender)
    try:
        async with database.transaction() as tx:
            written = await writing.write(tx, keys, request)
            if isinstance(written, Written) and written.advanced and request.operation.base_version is None:
                # Two devices that tick off the same occurrence would complete two.
                raise PreconditionRequired("This todo recurs: say which occurrence you mean, in base_version")
    except KeyUnreadable as problem:
        # Nothing is wrong with what was sent: whoever took a rejection for the last word would give it up.
        raise ServiceUnavailable("The todos of this account cannot be read now", retry_after=_KEY_SECONDS) from problem
    except _OF_ONE as problem:
        return _result(parsed.op_id, Verdict.REJECTED, problem=problem)
    if isinstance(written, WrittenBefore):
        return _of_repetition(parsed, written)
    return _of(parsed, written)


def _write(parsed: Parsed, sender: Sender) -> Write:
    now, said = datetime.now(UTC), parsed.said
    kind = Kind(said.kind)
    creates = kind is Kind.CREATE
    return Write(
        by=sender.by,
        todo_id=said.todo_id,
        operation=Operation(
            kind,
            # Whoever makes something new has seen nothing before it.
            {name: Change(to, Special.ANYTHING if creates else base) for name, (base, to) in parsed.steps.items()},
            base_version=said.base_version,
            assumed={"position": positions.before_all(now)} if creates else {},
            force=said.force,
        ),
        op_id=said.op_id,
        note={"request": parsed.digest},
        limit=sender.limit,
        at=now,
    )


def _of(parsed: Parsed, written: Written) -> Result:
    outcome = written.outcome
    return _result(
        parsed.op_id,
        outcome.verdict,
        written=written,
        clashes={name: clash_to_json(clash) for name, clash in outcome.clashes.items()},
        problem=_OF_REASON[outcome.reason]() if outcome.reason else None,
    )


def _of_repetition(parsed: Parsed, written: WrittenBefore) -> Result:
    first = written.note
    if first.get("request") != parsed.digest:
        return _result(parsed.op_id, Verdict.REJECTED, problem=IdempotencyConflict())
    reason = first.get("reason")
    result = _result(
        parsed.op_id,
        _DUPLICATE,
        written=written,
        clashes=first["clashes"],
        problem=_OF_REASON[reason]() if reason else None,
    )
    return {**result, "first": first["verdict"]}


def _result(
    op_id: str | None,
    outcome: str,
    *,
    written: Written | WrittenBefore | None = None,
    clashes: Mapping[str, Any] | None = None,
    problem: Problem | None = None,
) -> Result:
    todo = written.todo if written else None
    seq = written.seq if written else None
    return {
        "op_id": op_id,
        "outcome": outcome,
        "first": None,
        "todo": feed.shown(todo, seq) if todo is not None and seq is not None else None,
        "seq": seq,
        "clashes": clashes or {},
        "problem": problem.document() if problem else None,
    }
