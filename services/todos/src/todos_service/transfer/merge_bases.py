"""What a todo in a file and the same todo here have had in common: the base of a three-way merge. Pure functions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final, NamedTuple

from todos_service.todos.documents import FIELDS, TodoDocument, fields_of
from todos_service.transfer.schemas import IMPORT, ExportedTodo, Format

# Stands for the value of a field of which nobody knows what it was.
UNKNOWN: Final = object()


class PastStep(NamedTuple):
    """A change in the history of a todo that is here."""

    version: int
    kind: str
    at: datetime
    changes: Mapping[str, Mapping[str, Any]]


class MergeBase(NamedTuple):
    """The fields, as far as they are known, and the version here in which the todo was known to be completed or not."""

    fields: Mapping[str, Any]
    version: int
    # Whether it is of both histories, not of what was imported.
    is_shared: bool = False
    # When the todo was changed last by what the file of then said.
    updated_at: datetime | None = None


def of_history(here: TodoDocument, past: Sequence[PastStep], theirs: ExportedTodo) -> MergeBase | None:
    """As the todo was after the newest change that both histories have. `past` is newest first.

    It is what is here, with all that came after taken back: the file's own history is not believed for that.
    """
    known = {(change.version, change.kind, change.at) for change in theirs.history}
    shared = next((nth for nth, step in enumerate(past) if (step.version, step.kind, step.at) in known), None)
    if shared is None or not _is_whole(here, past[: shared + 1]):
        return None
    since, base = past[:shared], past[shared]
    fields = fields_of(here)
    for step in since:
        fields |= {name: change["from"] for name, change in step.changes.items() if name in FIELDS}
    return MergeBase(fields | _learned(since, theirs, base.version), base.version, is_shared=True)


def _is_whole(here: TodoDocument, steps: Sequence[PastStep]) -> bool:
    """Whether no change is missing between the first of these and the todo as it is."""
    versions = [step.version for step in steps]
    return versions[0] == here["version"] and all(newer == older + 1 for newer, older in pairwise(versions))


def _learned(since: Sequence[PastStep], theirs: ExportedTodo, version: int) -> dict[str, Any]:
    """What a file said that was imported here since, and this one has had as well: so far both went together."""
    learned: dict[str, Any] = {}
    for step in _imports(since, "daybook"):
        said = _said(step)
        learned = {name: value for name, value in said.items() if _had(theirs, name, value, version)} | learned
    return learned


def _had(theirs: ExportedTodo, name: str, value: Any, version: int) -> bool:
    later = (change.changes for change in theirs.history if change.version > version)
    return any(name in changes and changes[name]["to"] == value for changes in later)


def of_imports(past: Sequence[PastStep], format_: Format) -> MergeBase | None:
    """What such a file said when one was imported last. `past` is newest first."""
    last = next(iter(_imports(past, format_)), None)
    if last is None:
        return None
    updated_at = last.changes[IMPORT]["to"]["updated_at"]
    return MergeBase(_said(last), last.version, updated_at=datetime.fromisoformat(updated_at) if updated_at else None)


def _imports(past: Sequence[PastStep], format_: Format) -> list[PastStep]:
    return [step for step in past if ((step.changes.get(IMPORT) or {}).get("to") or {}).get("format") == format_]


def _said(step: PastStep) -> dict[str, Any]:
    """The fields as the file had them, which is not what was written where both had changed."""
    written = {name: change["to"] for name, change in step.changes.items() if name in FIELDS}
    return {**written, **step.changes[IMPORT]["to"]["fields"]}


def mark(format_: Format, updated_at: datetime | None, fields: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What the history keeps of a change that an import made, to be the base of the next one: whose file it was, what
    it said beside what was written, and when it says the todo was changed."""
    return {IMPORT: {"from": None, "to": {"format": format_, "updated_at": updated_at, "fields": fields}}}
