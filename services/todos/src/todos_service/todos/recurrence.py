"""When a todo that recurs is due again: a part of RFC 5545, and pure functions of it.

Days after the 28th mean the last day of a month that is shorter; RFC 5545 would leave such a month out, and so would
nobody who pays the rent on the 31st.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MO, MONTHLY, WEEKLY, YEARLY, rrule, weekday

Frequency = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]

_DATEUTIL: Final[Mapping[str, Any]] = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY, "YEARLY": YEARLY}
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY = re.compile(r"(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(T[0-9]{6}Z?)?")
_LONGEST_INTERVAL = 400
# Every month has it.
_LAST_COMMON_DAY = 28
# No todo is due later than that.
_END = datetime(2999, 12, 31, 23, 59, 59)  # noqa: DTZ001 (wall-clock time, as everything a rule speaks of)


class Weekday(NamedTuple):
    """`nth` counts within the month, backwards if negative; None means each."""

    day: str
    nth: int | None = None

    def __str__(self) -> str:
        return f"{self.nth or ''}{self.day}"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule says, no more: a part it leaves out is taken from the due date."""

    frequency: Frequency
    interval: int = 1
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    weekdays: tuple[Weekday, ...] = ()
    at: time | None = None
    until: date | None = None

    def __str__(self) -> str:
        """The one spelling of this rule, so that rules can be compared."""
        parts = {
            "FREQ": self.frequency,
            "INTERVAL": str(self.interval) if self.interval > 1 else "",
            "BYMONTH": _listed(self.months),
            "BYMONTHDAY": _listed(self.month_days),
            "BYDAY": _listed(self.weekdays),
            "BYHOUR": str(self.at.hour) if self.at else "",
            "BYMINUTE": str(self.at.minute) if self.at else "",
            "UNTIL": f"{self.until:%Y%m%d}" if self.until else "",
        }
        return ";".join(f"{name}={value}" for name, value in parts.items() if value)


def _listed(values: tuple[object, ...]) -> str:
    return ",".join(map(str, values))


# --- reading a rule --------------------------------------------------------------------------------------------


def parse(text: str) -> Rule:
    """Raises ValueError, whose message is for people."""
    parts = _parts(text)
    frequency = parts.pop("FREQ", "")
    if frequency not in _DATEUTIL:
        raise ValueError("must say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
    rule = Rule(
        frequency=frequency,  # type: ignore[arg-type]  # looked up above
        interval=_numbers(parts, "INTERVAL", range(1, _LONGEST_INTERVAL + 1), most=1)[0] if "INTERVAL" in parts else 1,
        months=_numbers(parts, "BYMONTH", range(1, 13)),
        month_days=_numbers(parts, "BYMONTHDAY", (-1, *range(1, 32))),
        weekdays=_weekdays(parts),
        at=_time(parts),
        until=_until(parts),
    )
    if parts:
        raise ValueError(f"says {', '.join(sorted(parts))}, which is not supported here")
    _check(rule)
    return rule


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if not (name and equals and value) or name in parts:
            raise ValueError("must be parts like FREQ=WEEKLY;BYDAY=MO, each of them once")
        parts[name] = value
    return parts


def _numbers(parts: dict[str, str], name: str, allowed: Any, *, most: int = 31) -> tuple[int, ...]:
    text = parts.pop(name, "")
    words = text.split(",") if text else []
    if not all(re.fullmatch(r"-?[0-9]{1,3}", word) and int(word) in allowed for word in words) or len(words) > most:
        raise ValueError(f"has a {name} that is not supported here")
    return tuple(sorted({int(word) for word in words}))


def _weekdays(parts: dict[str, str]) -> tuple[Weekday, ...]:
    found = [(_WEEKDAY.fullmatch(word), word) for word in parts.pop("BYDAY", "").split(",") if word]
    if wrong := [word for match, word in found if not match]:
        raise ValueError(f"has a BYDAY that is not supported here: {wrong[0][:20]}")
    days = {Weekday(match[2], int(match[1]) if match[1] else None) for match, _ in found if match}
    return tuple(sorted(days, key=lambda each: (each.nth or 0, _WEEKDAYS.index(each.day))))


def _time(parts: dict[str, str]) -> time | None:
    if ("BYHOUR" in parts) != ("BYMINUTE" in parts):
        raise ValueError("must say BYHOUR and BYMINUTE together")
    hours = _numbers(parts, "BYHOUR", range(24), most=1)
    minutes = _numbers(parts, "BYMINUTE", range(60), most=1)
    return time(hours[0], minutes[0]) if hours else None


def _until(parts: dict[str, str]) -> date | None:
    text = parts.pop("UNTIL", "")
    if not text:
        return None
    match = _UNTIL.fullmatch(text)
    if match is None:
        raise ValueError("has an UNTIL that is not a date")
    until = date(*map(int, match.groups()[:3]))
    if until.year > _END.year:
        raise ValueError("has an UNTIL that is too far away")
    return until


def _check(rule: Rule) -> None:
    """What RFC 5545 allows together, less what would have no one meaning here."""
    nth = any(each.nth for each in rule.weekdays)
    refused = {
        "BYMONTH belongs to FREQ=YEARLY": bool(rule.months) and rule.frequency != "YEARLY",
        "BYMONTHDAY belongs to FREQ=MONTHLY or YEARLY": bool(rule.month_days) and rule.frequency in {"DAILY", "WEEKLY"},
        "BYDAY does not belong to FREQ=DAILY": bool(rule.weekdays) and rule.frequency == "DAILY",
        "BYDAY of a week has no number": nth and rule.frequency == "WEEKLY",
        "BYDAY and BYMONTHDAY exclude each other": bool(rule.weekdays) and bool(rule.month_days),
        "FREQ=YEARLY needs BYMONTH beside a day": rule.frequency == "YEARLY"
        and bool(rule.weekdays or rule.month_days)
        and not rule.months,
        "a day that not every month has stands alone": len(rule.month_days) > 1
        and not set(rule.month_days) <= set(range(1, _LAST_COMMON_DAY + 1)),
    }
    if faults := [fault for fault, is_so in refused.items() if is_so]:
        raise ValueError(f"cannot be followed: {faults[0]}")


# --- the next occurrence ---------------------------------------------------------------------------------------


def advanced(
    due: Mapping[str, str] | None, recurrence: Mapping[str, str], *, completed_at: datetime
) -> dict[str, Any] | None:
    """The fields of the next occurrence: when it is due, and its rule. None after the last one.

    By due date it is the first one after the one completed that is not before the day of completion: what was missed
    meanwhile does not pile up. Days are those of the todo's time zone, and of UTC for a todo that is due on a date.
    """
    rule = parse(recurrence["rule"])
    zone = ZoneInfo(due["zone"]) if due and "zone" in due else UTC
    today = datetime.combine(completed_at.astimezone(zone).date(), time())
    start = _wall_clock(due, zone) if due else today
    if due is None or recurrence["anchor"] == "completion":
        start = datetime.combine(today, start.time())
    if rule.at and due and "at" in due:
        start = datetime.combine(start, rule.at)
    following = _first(rule, start, not_before=today)
    if following is None or (rule.until and following.date() > rule.until):
        return None
    pinned = _pinned(rule, start, following)
    if due is None or "date" in due:
        following_due = {"date": following.date().isoformat()}
    else:
        moment = following.replace(tzinfo=zone).astimezone(UTC)
        if moment.year > _END.year:
            return None
        following_due = {"at": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "zone": due["zone"]}
        if not rule.at and moment.astimezone(zone).replace(tzinfo=None) != following:
            # That hour is left out on this day; the next one is at the usual time again.
            pinned = replace(pinned, at=time(following.hour, following.minute))
    return {"due": following_due, "recurrence": {**recurrence, "rule": str(pinned)}}


def _wall_clock(due: Mapping[str, str], zone: Any) -> datetime:
    if "date" in due:
        return datetime.combine(date.fromisoformat(due["date"]), time())
    return datetime.fromisoformat(due["at"]).astimezone(zone).replace(tzinfo=None)


def _pinned(rule: Rule, start: datetime, following: datetime) -> Rule:
    """The rule, with the day in it if the next due date could no longer say it: the 31st, moved to the 30th."""
    says_day = rule.month_days or rule.weekdays or rule.frequency in {"DAILY", "WEEKLY"}
    if says_day or following.day == start.day:
        return rule
    months = (rule.months or (start.month,)) if rule.frequency == "YEARLY" else ()
    return replace(rule, months=months, month_days=(start.day,))


def _first(rule: Rule, start: datetime, *, not_before: datetime) -> datetime | None:
    """The first occurrence after `start` that is not before that day."""
    explicit = completed_by(rule, start)
    skipped = _whole_periods(rule, start, not_before)
    occurrences = rrule(dtstart=skipped, until=_END, wkst=MO, **_arguments(explicit, start))
    return next((each for each in occurrences if each > start and each.date() >= not_before.date()), None)


def completed_by(rule: Rule, start: datetime) -> Rule:
    """The rule with everything in it that it takes from the due date."""
    if rule.frequency == "WEEKLY" and not rule.weekdays:
        return replace(rule, weekdays=(Weekday(_WEEKDAYS[start.weekday()]),))
    if rule.frequency == "YEARLY" and not rule.months:
        rule = replace(rule, months=(start.month,))
    if rule.frequency in {"MONTHLY", "YEARLY"} and not rule.weekdays and not rule.month_days:
        return replace(rule, month_days=(start.day,))
    return rule


def _arguments(rule: Rule, start: datetime) -> dict[str, Any]:
    days = days_of_month(rule)
    return {
        "freq": _DATEUTIL[rule.frequency],
        "interval": rule.interval,
        "bymonth": rule.months or None,
        "bymonthday": days or None,
        "bysetpos": -1 if len(days) > len(rule.month_days) else None,
        "byweekday": [weekday(_WEEKDAYS.index(each.day), each.nth) for each in rule.weekdays] or None,
        "byhour": start.hour,
        "byminute": start.minute,
        "bysecond": start.second,
    }


def days_of_month(rule: Rule) -> tuple[int, ...]:
    """The 31st is the last of the days from the 28th to the 31st that a month has."""
    if not rule.month_days or max(rule.month_days) <= _LAST_COMMON_DAY:
        return rule.month_days
    return tuple(range(_LAST_COMMON_DAY, rule.month_days[0] + 1))


def _whole_periods(rule: Rule, start: datetime, not_before: datetime) -> datetime:
    """Where counting begins: so many whole intervals after `start` that none is missed, and that few are walked."""
    return _BEGINNINGS[rule.frequency](start, max(not_before - start, timedelta()), rule.interval)


def _days(start: datetime, away: timedelta, interval: int) -> datetime:
    return start + timedelta(days=away.days // interval * interval)


def _weeks(start: datetime, away: timedelta, interval: int) -> datetime:
    monday = start - timedelta(days=start.weekday())
    return monday + timedelta(weeks=away.days // 7 // interval * interval)


def _months(start: datetime, away: timedelta, interval: int) -> datetime:
    # Rather a month too few than one too many.
    months = start.month - 1 + max(away.days // 31 - 1, 0) // interval * interval
    return start.replace(year=start.year + months // 12, month=months % 12 + 1, day=1)


def _years(start: datetime, away: timedelta, interval: int) -> datetime:
    years = max(away.days // 366 - 1, 0) // interval * interval
    return start.replace(year=start.year + years, month=1, day=1)


_BEGINNINGS: Final[Mapping[str, Callable[[datetime, timedelta, int], datetime]]] = {
    "DAILY": _days,
    "WEEKLY": _weeks,
    "MONTHLY": _months,
    "YEARLY": _years,
}
