"""Completing a todo that recurs completes the occurrence its writer saw, once; the server alone moves it on."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.owners.service import OwnerKeys
from todos_service.todos import opening, recurrence, turns
from todos_service.todos.merging import Change, Fields, Kind, Operation, Outcome, Step


def completes_one(stored: Fields, outcome: Outcome) -> bool:
    completed = outcome.steps.get("completed")
    after = outcome.steps.get("recurrence", Step(None, stored["recurrence"])).after
    return completed is not None and completed.after is True and after is not None


async def is_over(tx: AsyncConnection, keys: OwnerKeys, stored: Fields, *, todo_id: UUID, operation: Operation) -> bool:
    """Whether somebody else has completed the occurrence that the operation is about, and has left it at that."""
    seen = operation.base_version
    if seen is None:
        return False
    since = await turns.list_since(tx, owner_id=keys.owner_id, todo_id=todo_id, version=seen)
    if not any(row.kind == Kind.ADVANCE for row in since):
        return False
    # Who takes a completion back brings its day back: then it is the one that was seen, and not done.
    told = (opening.open_changes(row, keys, todo_id) for row in since if row.sealed)
    was_due = next((changes["due"]["from"] for changes in told if "due" in changes), stored["due"])
    return bool(was_due != stored["due"])


async def taken_back(
    tx: AsyncConnection, keys: OwnerKeys, stored: Fields, *, todo_id: UUID, operation: Operation, session_id: UUID
) -> Operation | None:
    """What an operation comes to that ticks off no more what the same device had ticked off, without knowing yet that
    the todo moved on then: it takes that back. None if it is anything else.
    """
    unticks, seen = operation.changes.get("completed"), operation.base_version
    is_late = unticks is not None and unticks.base is True and unticks.to is False and not stored["completed"]
    if operation.kind is not Kind.UPDATE or not is_late or seen is None:
        return None
    since = await turns.list_since(tx, owner_id=keys.owner_id, todo_id=todo_id, version=seen)
    mine = [row for row in since if row.kind == Kind.ADVANCE and row.session_id == session_id and row.sealed]
    if not mine:
        return None
    moved = {
        name: Change(to=step["from"], base=step["to"])
        for name, step in opening.open_changes(mine[-1], keys, todo_id).items()
        if name in stored
    }
    return replace(operation, changes={**moved, **operation.changes}, takes_back=True)


def without_completion(outcome: Outcome) -> Outcome:
    return replace(outcome, steps={name: step for name, step in outcome.steps.items() if name != "completed"})


def advanced(stored: Fields, outcome: Outcome, *, completed_at: datetime) -> Outcome | None:
    """The todo becomes its next occurrence instead of being completed. None: that was the last one."""
    after = {**stored, **{name: step.after for name, step in outcome.steps.items()}}
    following = recurrence.advanced(after["due"], after["recurrence"], completed_at=completed_at)
    if following is None:
        return None
    steps = {name: Step(stored[name], {**after, **following}[name]) for name in {*outcome.steps, *following}}
    moved = {name: step for name, step in steps.items() if name != "completed" and step.before != step.after}
    return replace(outcome, steps=moved)
