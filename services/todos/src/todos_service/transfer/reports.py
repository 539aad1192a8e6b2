"""What a report says of the todos of a file: counted, and where something was lost or left out, named in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from todos_service.transfer.candidates import Source

# The rest is counted.
_MOST_NOTES = 1000


@dataclass(slots=True)
class Tally:
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


# Fields and values are named by their beginning, where they are long.
_LONGEST = 100


def quoted(said: Any) -> str:
    try:
        text = str(said)
    except RecursionError:
        text = "a list of lists of lists"
    return f"“{text}”" if len(text) <= _LONGEST else f"“{text[:_LONGEST]}…”"


def of_value(name: str, value: Any) -> str:
    """“Water the ferns”, high, nothing."""
    return _OF_FIELD.get(name, str)(value) if value not in (None, "", []) else "nothing"


def _of_due(due: Mapping[str, str]) -> str:
    return due.get("date") or f"{due['at']} ({due['zone']})"


_OF_FIELD: Final[Mapping[str, Callable[[Any], str]]] = {
    "title": quoted,
    "description": quoted,
    "completed": lambda done: "done" if done else "not done",
    "due": _of_due,
    "tags": lambda tags: ", ".join(quoted(tag) for tag in tags),
    "recurrence": lambda recurrence: f"{recurrence['rule']}, from the {recurrence['anchor']}",
}
_NAMES: Final = {"due": "due date", "completed": "state"}


def of_field(name: str) -> str:
    return _NAMES.get(name, name)
