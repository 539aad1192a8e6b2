"""Which todos a list shows, and in which order.

What stands in clear is asked of the database. The texts are sealed: they are looked at once a todo has been opened.
"""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from todos_service.todos.documents import TodoDocument

Status = Literal["all", "active", "done"]
# A day, or a moment.
Bound = date | datetime

# A day begins so much earlier or later somewhere than it does in UTC.
_EARLIEST, _LATEST = timedelta(hours=14), timedelta(hours=12)


class Order(NamedTuple):
    column: Literal["position", "due", "priority", "created", "updated", "title"]
    descending: bool = False

    def __str__(self) -> str:
        return f"{'-' if self.descending else ''}{self.column}"


@dataclass(frozen=True, slots=True)
class Filter:
    """`due_from` is in the range, `due_until` is not."""

    status: Status = "all"
    priority: int | None = None
    tag: str | None = None
    words: tuple[str, ...] = ()
    due_from: Bound | None = None
    due_until: Bound | None = None

    @property
    def looks_inside(self) -> bool:
        """Whether the database alone cannot decide. What a day is depends on the time zone of each todo."""
        days = [each for each in (self.due_from, self.due_until) if each and not isinstance(each, datetime)]
        return bool(self.tag or self.words or days)

    @property
    def due_range(self) -> tuple[datetime | None, datetime | None]:
        """Between which moments a todo may be due, to the hour or a few too many."""
        return _moment(self.due_from, -_EARLIEST), _moment(self.due_until, _LATEST)

    def admits(self, todo: TodoDocument) -> bool:
        """For a todo that the database has found."""
        return (
            (self.tag is None or self.tag in todo["tags"])
            and (self.due_from is None or _compared(todo["due"], self.due_from) >= 0)
            and (self.due_until is None or _compared(todo["due"], self.due_until) < 0)
            and (not self.words or self._finds_words(todo))
        )

    def _finds_words(self, todo: TodoDocument) -> bool:
        text = folded("\n".join((todo["title"], todo["description"], *todo["tags"])))
        return all(word in text for word in self.words)


def folded(text: str) -> str:
    """Equal for what looks the same, in capitals or not."""
    return text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def words_of(text: str) -> tuple[str, ...]:
    return tuple(folded(text).split())


def _moment(bound: Bound | None, around: timedelta) -> datetime | None:
    if bound is None or isinstance(bound, datetime):
        return bound
    return datetime.combine(bound, time(), UTC) + around


def _compared(due: Any, bound: Bound) -> int:
    """-1: due before it; 1: after it. Whatever has no due date has not been found."""
    mine: Bound = _instant(due) if isinstance(bound, datetime) else _day(due)
    return (mine > bound) - (mine < bound)


def _instant(due: Any) -> datetime:
    if "date" in due:
        return datetime.combine(date.fromisoformat(due["date"]), time(), UTC)
    return datetime.fromisoformat(due["at"])


def _day(due: Any) -> date:
    if "date" in due:
        return date.fromisoformat(due["date"])
    return datetime.fromisoformat(due["at"]).astimezone(ZoneInfo(due["zone"])).date()
