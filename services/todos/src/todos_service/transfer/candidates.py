"""A todo that somebody wants to bring in, before anybody knows whether it is one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self

from pydantic import ValidationError

from chassis.problems import InvalidRequest
from todos_service.transfer.schemas import ExportedTodo

_LONGEST_ID, _LONGEST_REASON = 100, 300
# More than a todo may have, so that what is cut off for it is known to be too much.
LONGEST_TEXT: Final = 40_000
# The same of what becomes a tag. One of a project or a section is read again for each of its todos.
LONGEST_LABEL: Final = 1000


class Source(NamedTuple):
    """Where in its file a todo is."""

    line: int | None = None
    id: str | None = None

    @classmethod
    def of_id(cls, said: Any) -> Self:
        """What the file calls it, if that is a name at all: it may be anything, and of any size."""
        return cls(id=str(said)[:_LONGEST_ID] if isinstance(said, str | int) else None)

    def note(self, reason: str) -> dict[str, Any]:
        """Reasons quote the file."""
        cut = reason if len(reason) <= _LONGEST_REASON else reason[: _LONGEST_REASON - 1] + "…"
        return {"line": self.line, "id": self.id, "reason": cut}


class Remark(NamedTuple):
    """What is lost of something else in a file than a todo: of a project, say."""

    source: Source
    losses: list[str]


@dataclass(slots=True)
class Candidate:
    source: Source
    # As `ExportedTodo` has it, if it is right.
    content: Any
    # What its program knows of it, and a todo of ours has no place for.
    losses: list[str] = field(default_factory=list)
    # Why it cannot even be tried.
    fault: str | None = None
    # Whether its file says when it was changed last. If not, nobody knows whether what is here is newer.
    is_dated: bool = True
    _outcome: ExportedTodo | str | None = field(default=None, init=False)

    @property
    def size(self) -> int:
        """How many rows it may take."""
        past = self.content.get("history") if isinstance(self.content, dict) else None
        return 1 + (len(past) if isinstance(past, list) else 0)

    def settle(self) -> None:
        """Forget what was read: it may be anything, and far larger than a todo, while many are kept for their turn."""
        self.checked()
        self.content = None

    def checked(self) -> ExportedTodo | str:
        """The todo, or what is wrong with it."""
        if self._outcome is None:
            self._outcome = _checked(self.content) if self.fault is None else self.fault
        return self._outcome


def _checked(content: Any) -> ExportedTodo | str:
    try:
        return ExportedTodo.model_validate(content)
    except ValidationError as error:
        return _in_words(error.errors(include_url=False, include_input=False)[0])


def _in_words(fault: Mapping[str, Any]) -> str:
    place, kind, limits = "/".join(str(part) for part in fault["loc"]), fault["type"], fault.get("ctx", {})
    if (place, kind) in _NO_TITLE:
        return "it has no title"
    if kind in _TOO_LONG:
        return f"{place}: {_TOO_LONG[kind].format(limits['max_length'])}"
    said = "is empty" if kind == "string_too_short" else _WORDS.get(kind) or InvalidRequest.words(fault)
    return f"{place}: {said}" if place else said


_NO_TITLE: Final = {("title", "string_too_short"), ("title", "missing")}
_TOO_LONG: Final = {"string_too_long": "is longer than {} characters", "too_long": "has more than {} entries"}
_WORDS: Final = {
    "literal_error": "has a value that is not known here",
    "string_pattern_mismatch": "is not written as it has to be",
    "datetime_parsing": "is no time",
    "datetime_from_date_parsing": "is no time",
    "timezone_aware": "is a time without a time zone",
}
