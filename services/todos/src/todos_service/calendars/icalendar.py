"""Writes RFC 5545: an event for each todo, at the moment or on the day when it is due.

Events, not to-dos: the large calendars show nothing else. Recurring ones need the rules of their time zone; those are
written as the offsets of the years around now, which is what a calendar shows.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from todos_service.todos import recurrence
from todos_service.todos.documents import TodoDocument

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"

_LONGEST_LINE = 75
_SPECIAL = re.compile(r"[\\;,]")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_PRIORITIES: Final = {"high": 1, "medium": 5, "low": 9, "none": 0}
_YEARS_BEFORE, _YEARS_AFTER = 1, 10


_BEGIN = (
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Daybook//Todos//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    "X-WR-CALNAME:Daybook",
    "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
)


class Calendar:
    """Written from its beginning to its end, a todo at a time."""

    def __init__(self, *, at: datetime) -> None:
        self._year, self._zones = at.year, set[str]()

    @staticmethod
    def begin() -> bytes:
        return _written_out(_BEGIN)

    def event(self, todo: TodoDocument) -> bytes:
        """Of a todo that has a due date; before it, its time zone, if none before needed that."""
        zone = _needed_zone(todo)
        lines = _written_out(_event(todo))
        if zone is None or zone in self._zones:
            return lines
        self._zones.add(zone)
        return _written_out(_time_zone(zone, self._year)) + lines

    @staticmethod
    def end() -> bytes:
        return _written_out(["END:VCALENDAR"])


def _written_out(lines: Iterable[str]) -> bytes:
    return b"".join(map(_folded, lines))


def _event(todo: TodoDocument) -> Iterator[str]:
    due: Any = todo["due"]
    yield "BEGIN:VEVENT"
    yield f"UID:{todo['id']}"
    yield f"DTSTAMP:{_utc(todo['updated_at'])}"
    yield f"CREATED:{_utc(todo['created_at'])}"
    yield f"LAST-MODIFIED:{_utc(todo['updated_at'])}"
    yield f"SEQUENCE:{todo['version'] - 1}"
    yield f"SUMMARY:{_escaped(todo['title'])}"
    if todo["description"]:
        yield f"DESCRIPTION:{_escaped(todo['description'])}"
    if todo["tags"]:
        yield f"CATEGORIES:{','.join(map(_escaped, todo['tags']))}"
    if todo["priority"] != "none":
        yield f"PRIORITY:{_PRIORITIES[todo['priority']]}"
    yield _start(due, _needed_zone(todo))
    # What counts from the day it is done has no days that are known before that.
    if todo["recurrence"] and todo["recurrence"]["anchor"] == "due":
        yield f"RRULE:{_rule(todo['recurrence'], due)}"
    # It is a thing to do, not an hour that is taken.
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _start(due: Any, zone: str | None) -> str:
    if "date" in due:
        return f"DTSTART;VALUE=DATE:{due['date'].replace('-', '')}"
    moment = datetime.fromisoformat(due["at"])
    if zone is None:
        return f"DTSTART:{_utc(moment)}"
    return f"DTSTART;TZID={zone}:{moment.astimezone(ZoneInfo(zone)):%Y%m%dT%H%M%S}"


def _needed_zone(todo: TodoDocument) -> str | None:
    """A moment needs none; one that recurs at the same time of day does."""
    due: Any = todo["due"]
    zone = due.get("zone") if due else None
    return zone if todo["recurrence"] and zone and zone != "UTC" else None


def _rule(stored: Any, due: Any) -> str:
    """As RFC 5545 means it: the 31st is the last day of the month that there is, see `recurrence`."""
    rule = recurrence.parse(stored["rule"])
    text = str(rule)
    start = date.fromisoformat(due["date"]) if "date" in due else _local(due).date()
    explicit = recurrence.completed_by(rule, datetime(start.year, start.month, start.day))  # noqa: DTZ001 (a day)
    days = recurrence.days_of_month(explicit)
    if len(days) > len(explicit.month_days):
        months = f"BYMONTH={explicit.months[0]};" if explicit.months else ""
        interval = f"INTERVAL={rule.interval};" if rule.interval > 1 else ""
        listed = ",".join(map(str, days))
        text = f"FREQ={rule.frequency};{interval}{months}BYMONTHDAY={listed};BYSETPOS=-1"
    text = re.sub(r";(BYHOUR|BYMINUTE|UNTIL)=[^;]*", "", text)
    return text + _until(rule, due)


def _until(rule: recurrence.Rule, due: Any) -> str:
    """A date where the start is a date, and a moment in UTC where it is one."""
    if rule.until is None:
        return ""
    if "date" in due:
        return f";UNTIL={rule.until:%Y%m%d}"
    last = datetime.combine(rule.until, datetime.max.time(), tzinfo=ZoneInfo(due["zone"]))
    return f";UNTIL={_utc(last)}"


def _local(due: Any) -> datetime:
    return datetime.fromisoformat(due["at"]).astimezone(ZoneInfo(due["zone"]))


@lru_cache(maxsize=64)
def _time_zone(name: str, year: int) -> tuple[str, ...]:
    """The offsets of a zone, each from when it holds, as far as a calendar looks."""
    zone = ZoneInfo(name)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    begin = datetime(year - _YEARS_BEFORE, 1, 1, tzinfo=UTC)
    lines += _observance(begin, zone, begin)
    for moment in _changes(zone, begin, datetime(year + _YEARS_AFTER, 1, 1, tzinfo=UTC)):
        lines += _observance(moment, zone, moment - timedelta(seconds=1))
    return (*lines, "END:VTIMEZONE")


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[datetime]:
    """The moments in which the offset changes, to the second."""
    # No zone changes twice in a week.
    week = timedelta(days=7)
    while begin < end:
        if _offset(begin, zone) != _offset(begin + week, zone):
            low, high = begin, begin + week
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                low, high = (low, middle) if _offset(middle, zone) != _offset(begin, zone) else (middle, high)
            yield high
        begin += week


def _observance(moment: datetime, zone: ZoneInfo, before: datetime) -> list[str]:
    local = moment.astimezone(zone)
    kind = "DAYLIGHT" if local.dst() else "STANDARD"
    # Its beginning is told by the clock that was right until then.
    start = (moment + _offset(before, zone)).replace(tzinfo=None)
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{start:%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{_written(_offset(before, zone))}",
        f"TZOFFSETTO:{_written(_offset(moment, zone))}",
        f"TZNAME:{local.tzname()}",
        f"END:{kind}",
    ]


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _written(offset: timedelta) -> str:
    sign, seconds = ("-", -offset.total_seconds()) if offset < timedelta() else ("+", offset.total_seconds())
    hours, rest = divmod(int(seconds), 3600)
    return f"{sign}{hours:02}{rest // 60:02}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    return _LINE_BREAK.sub(r"\\n", _SPECIAL.sub(r"\\\g<0>", text))


def _folded(line: str) -> bytes:
    """No line of more than 75 bytes, and no character cut in two."""
    content = line.encode()
    if len(content) <= _LONGEST_LINE:
        return content + b"\r\n"
    pieces, begin = list[bytes](), 0
    while begin < len(content):
        # The space that continues a line counts.
        end = min(begin + _LONGEST_LINE - (1 if pieces else 0), len(content))
        while end < len(content) and content[end] & 0xC0 == 0x80:  # noqa: PLR2004 (inside a character)
            end -= 1
        pieces.append(content[begin:end])
        begin = end
    return b"\r\n ".join(pieces) + b"\r\n"
