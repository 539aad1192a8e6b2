"""Brings a todo of a file together with the same one here, field by field: no edit of either is lost without a word."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.owners.service import DataKeys, OwnerKeys
from todos_service.todos import documents, opening, writing
from todos_service.todos.documents import TodoDocument
from todos_service.todos.merging import Change, Kind, Operation, Outcome, Special, Stored, merge
from todos_service.todos.writing import Author, Write, Written
from todos_service.transfer import merge_bases, reports, repository
from todos_service.transfer.candidates import Source
from todos_service.transfer.merge_bases import UNKNOWN, MergeBase, PastStep
from todos_service.transfer.reports import Tally
from todos_service.transfer.schemas import ExportedTodo, Format

# A base that is further away is not looked for.
_LONGEST_PAST = 1000
# Nobody typed it: that it was changed here and there is nothing to tell a person.
_UNTOLD: Final = frozenset({"position"})


class Wanted(NamedTuple):
    """A todo of a file."""

    source: Source
    todo: ExportedTodo
    fields: dict[str, Any]
    losses: list[str]
    # Whether it is known when it was changed last.
    is_dated: bool


class Import(NamedTuple):
    """Whose import it is and of what, and what has become of it so far."""

    keys: DataKeys
    owner_keys: OwnerKeys
    by: Author
    format: Format
    tally: Tally

    def mark(self, each: Wanted, fields: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        return merge_bases.mark(self.format, each.todo.updated_at if each.is_dated else None, fields)


async def bring_together(tx: AsyncConnection, import_: Import, each: Wanted, here: TodoDocument) -> None:
    tally, is_deleted = import_.tally, here["deleted_at"] is not None
    if is_deleted and each.todo.deleted_at is None:
        tally.skip(each.source, "it was deleted here; it can be restored from the trash")
    elif not is_deleted and each.todo.deleted_at is not None:
        tally.skip(each.source, "it was deleted there, and is not here")
    # What Todoist writes is known by all that it says, so it cannot have changed.
    elif is_deleted or import_.format == "todoist" or documents.fields_of(here) == each.fields:
        tally.unchanged += 1
    else:
        await _merge(tx, import_, each, here)


async def _merge(tx: AsyncConnection, import_: Import, each: Wanted, here: TodoDocument) -> None:
    base = await _base(tx, import_, each, here)
    operation = _operation(import_.format, each, base)
    outcome = merge(Stored(documents.fields_of(here), here["version"]), operation)
    if not outcome.steps and not outcome.clashes:
        import_.tally.unchanged += 1
    elif why := _why_not(each, here, base):
        import_.tally.skip(each.source, why)
        theirs = {name: each.fields[name] for name in (*outcome.steps, *outcome.clashes)}
        import_.tally.note(each.source, _told("{}: not taken over; the file says {}", theirs))
    else:
        await _carry_out(tx, import_, each, operation, outcome)
        if base is None:
            replaced = {name: step.before for name, step in outcome.steps.items()}
            import_.tally.note(each.source, _told("{}: replaced; here it was {}", replaced))


async def _base(tx: AsyncConnection, import_: Import, each: Wanted, here: TodoDocument) -> MergeBase | None:
    rows = await repository.list_past(tx, owner_id=import_.by.owner_id, todo_id=each.todo.id, limit=_LONGEST_PAST)
    past = [
        PastStep(row.version, row.kind, row.at, opening.open_changes(row, import_.owner_keys, each.todo.id))
        for row in rows
    ]
    return merge_bases.of_history(here, past, each.todo) or merge_bases.of_imports(past, import_.format)


def _operation(format_: Format, each: Wanted, base: MergeBase | None) -> Operation:
    # The place of a todo in the list is ours, not one that another program's file says.
    fields = {name: value for name, value in each.fields.items() if format_ == "daybook" or name != "position"}
    seen = base.fields if base else dict.fromkeys(fields, Special.ANYTHING)
    changes = {name: Change(to=value, base=seen.get(name, UNKNOWN)) for name, value in fields.items()}
    return Operation(Kind.UPDATE, changes, base_version=base.version if base else None)


def _why_not(each: Wanted, here: TodoDocument, base: MergeBase | None) -> str | None:
    """Why the file decides nothing. Where both histories are known, it does not matter which one is newer."""
    if base is not None and base.is_shared:
        return None
    if not each.is_dated:
        return "it is here already, and the file does not tell which one is newer"
    if base is None:
        return "it was changed here since" if each.todo.updated_at <= here["updated_at"] else None
    if base.updated_at is not None and each.todo.updated_at < base.updated_at:
        return "a newer file was imported already"
    return None


async def _carry_out(
    tx: AsyncConnection, import_: Import, each: Wanted, operation: Operation, outcome: Outcome
) -> None:
    tally, clashes = import_.tally, {name: clash.yours for name, clash in outcome.clashes.items()}
    if outcome.steps and (written := await _write(tx, import_, each, operation)).outcome.steps:
        tally.updated += 1
        tally.note(each.source, each.losses)
        if written.advanced:
            tally.note(each.source, ["it recurs: one occurrence was completed"])
    else:
        tally.unchanged += 1
    tally.note(each.source, _told("{}: changed here and there, and kept as it is here; the file says {}", clashes))


async def _write(tx: AsyncConnection, import_: Import, each: Wanted, operation: Operation) -> Written:
    completed_at, beside = each.todo.completed_at, import_.mark(each, each.fields)
    request = Write(import_.by, each.todo.id, operation, completed_at=completed_at, beside=beside)
    written = await writing.write(tx, import_.keys, request)
    assert isinstance(written, Written)  # noqa: S101 (it has no name to be known by)
    return written


def _told(sentence: str, values: Mapping[str, Any]) -> list[str]:
    return [
        sentence.format(reports.of_field(name), reports.of_value(name, value))
        for name, value in values.items()
        if name not in _UNTOLD
    ]
