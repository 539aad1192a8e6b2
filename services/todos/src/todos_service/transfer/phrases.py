"""What Todoist writes for a due date: a few ways to write a date, and "every …" in English.

What is not understood here is kept as text and told of; nothing is guessed.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

from todos_service.todos import recurrence


class Phrase(NamedTuple):
    day: date
    at: time | None = None
    rule: str | None = None
    # "every!": from the day of completion.
    by_completion: bool = False


_DATES: Final = ("%Y-%m-%d", "%d %b %Y", "%b %d %Y", "%d %B %Y", "%B %d %Y")
_DATES_OF_THIS_YEAR: Final = ("%d %b", "%b %d", "%d %B", "%B %d")
_TIME = re.compile(
    r"(?:^|[\sT])(?:(?:at|@)\s*)?([0-9]{1,2})(?::([0-9]{2}))?(?::[0-9]{2})?\s*(am|pm)?Z?$", re.IGNORECASE
)
_EVERY = re.compile(r"every(!)?\s+(.+)|(daily|weekly|monthly|yearly|annually)", re.IGNORECASE)
_UNITS: Final = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_COUNTED = re.compile(r"(?:(other|[0-9]{1,3})\s+)?(day|week|month|year)s?")
_DAY_OF_MONTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)")
_WEEKDAYS: Final = ("mo", "tu", "we", "th", "fr", "sa", "su")
_WEEKDAY_NAMES = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*")
_WHOLE_WEEKS: Final = {
    "weekday": "BYDAY=MO,TU,WE,TH,FR",
    "workday": "BYDAY=MO,TU,WE,TH,FR",
    "weekend": "BYDAY=SU,SA",
}
_ADVERBS: Final = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year", "annually": "year"}
_TWELVE = 12
# No way to write a date is longer. A file may have anything in that column.
_LONGEST = 200
# Years that a todo may be due in.
_YEARS = range(1900, 3000)


def read(text: str, *, today: date) -> Phrase | None:
    """None for what is not understood."""
    if len(text) > _LONGEST:
        return None
    words = " ".join(text.replace(",", " , ").split()).replace(" , ", ", ").strip()
    if match := _EVERY.match(words):
        return _read_recurring(match, today)
    if day := _date(words, today):
        return Phrase(day)
    found = _TIME.search(words)
    at = _time(found) if found else None
    day = _date(words[: found.start()], today) if found and at else None
    return Phrase(day, at) if day else None


def _read_recurring(match: re.Match[str], today: date) -> Phrase | None:
    rest = (match[2] or _ADVERBS[match[3].lower()]).lower()
    found = re.search(r"\sat\s.+$|\s[0-9]{1,2}:[0-9]{2}.*$", rest)
    at = None
    if found:
        time_of_day = _TIME.search(found[0])
        at = _time(time_of_day) if time_of_day else None
        if at is None:
            return None
        rest = rest[: found.start()]
    rule = _rule(rest.strip())
    if rule is None:
        return None
    return Phrase(_first(rule, today), at, rule, by_completion=bool(match[1]))


def _rule(rest: str) -> str | None:
    if rest in _WHOLE_WEEKS:
        return f"FREQ=WEEKLY;{_WHOLE_WEEKS[rest]}"
    if match := _COUNTED.fullmatch(rest):
        count = 2 if match[1] == "other" else int(match[1] or 1)
        return _valid(f"FREQ={_UNITS[match[2]]};INTERVAL={count}")
    if match := _DAY_OF_MONTH.fullmatch(rest):
        return _valid(f"FREQ=MONTHLY;BYMONTHDAY={int(match[1])}")
    names = [each for each in re.split(r",\s*|\s+and\s+|\s+", rest) if each]
    if names and all(_WEEKDAY_NAMES.fullmatch(name) for name in names):
        return _valid(f"FREQ=WEEKLY;BYDAY={','.join(name[:2].upper() for name in names)}")
    return None


def _valid(rule: str) -> str | None:
    try:
        return str(recurrence.parse(rule))
    except ValueError:
        return None


def _first(rule: str, today: date) -> date:
    """The first day that the rule names, today if it does; today if it names none."""
    if "BY" not in rule:
        return today
    before = {"date": (today - timedelta(days=1)).isoformat()}
    at = datetime.combine(today, time(12), tzinfo=UTC)
    found = recurrence.advanced(before, {"rule": rule, "anchor": "due"}, completed_at=at)
    return date.fromisoformat(found["due"]["date"]) if found else today


def _date(words: str, today: date) -> date | None:
    plain = " ".join(words.replace(",", " ").split())
    for layout in _DATES:
        if found := _parsed(plain, layout):
            return found
    for layout in _DATES_OF_THIS_YEAR:
        if found := _parsed(f"{plain} {today.year}", f"{layout} %Y"):
            return found
    return None


def _parsed(words: str, layout: str) -> date | None:
    try:
        found = datetime.strptime(words, layout).date()  # noqa: DTZ007 (a day)
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def _time(match: re.Match[str]) -> time | None:
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if not half and match[2] is None:
        return None
    if half and not 1 <= hour <= _TWELVE:
        return None
    hour = hour % _TWELVE + (_TWELVE if half == "pm" else 0) if half else hour
    try:
        return time(hour, minute)
    except ValueError:
        return None
