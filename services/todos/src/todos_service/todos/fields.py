"""The types of what a client may say of a todo: what is accepted, and the one spelling it is stored in."""

import re
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from todos_service.todos import positions, recurrence

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Further away than this, calendars and clients disagree about what a date is.
_YEARS = range(1900, 3000)
_DAY_LENGTH = len("2026-11-22")
# Files beside the zones whose meaning depends on the machine.
_NO_ZONES = frozenset({"Factory", "localtime", "posixrules"})


def one_line(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("must not contain line breaks or control characters")
    return value


def _text(value: str) -> str:
    if _CONTROL_IN_TEXT.search(value):
        raise ValueError("must not contain control characters")
    return value


def _each_once(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


def _date(value: str) -> str:
    if date.fromisoformat(value).year not in _YEARS:
        raise ValueError(f"must be a year from {_YEARS[0]} to {_YEARS[-1]}")
    return value


def _moment(value: str) -> str:
    """One spelling for one moment: UTC, to the second."""
    moment = datetime.fromisoformat(value.upper())
    # Close to either end, it may be another year there than it is in UTC.
    if moment.year not in _YEARS or moment.astimezone(UTC).year not in _YEARS:
        raise ValueError(f"must be a year from {_YEARS[0]} to {_YEARS[-1]}")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def time_zones() -> frozenset[str]:
    """Every zone of the tz database, read from disk the first time."""
    return frozenset(available_timezones()) - _NO_ZONES


def _zone(value: str) -> str:
    if value not in time_zones():
        raise ValueError("must be the name of a time zone, such as Europe/Berlin")
    return value


def without_defaults(schema: dict[str, Any]) -> None:
    """For fields that mean something only when they were sent: `model_fields_set` tells."""
    for each in schema["properties"].values():
        each.pop("default", None)


def _one_of_two(schema: dict[str, Any]) -> None:
    without_defaults(schema)
    schema["oneOf"] = [{"required": ["date"]}, {"required": ["at", "zone"]}]
    schema["examples"] = [{"date": "2026-11-22"}, {"at": "2026-11-22T17:30:00Z", "zone": "Europe/Berlin"}]


def _rule(value: str) -> str:
    return str(recurrence.parse(value))


Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(one_line),
    Field(examples=["Water the plants"]),
]
Description = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_text)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50), AfterValidator(one_line)]
Tags = Annotated[list[Tag], Field(max_length=20, examples=[["home"]]), AfterValidator(_each_once)]
Priority = Literal["none", "low", "medium", "high"]
Position = Annotated[
    str,
    StringConstraints(pattern=positions.PATTERN, max_length=positions.LONGEST),
    Field(description="A fractional key: todos are listed by it, byte by byte", examples=["a0"]),
]
Version = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1, description="The version you last saw")]
Day = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    AfterValidator(_date),
    Field(examples=["2026-11-22"], json_schema_extra={"format": "date"}),
]
Moment = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
    ),
    AfterValidator(_moment),
    Field(examples=["2026-11-22T17:30:00Z"], json_schema_extra={"format": "date-time"}),
]
DayOrMoment = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2}))?$"
    ),
    AfterValidator(lambda value: _moment(value) if len(value) > _DAY_LENGTH else _date(value)),
    Field(examples=["2026-11-22", "2026-11-22T17:30:00Z"]),
]
Zone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_zone), Field(examples=["Europe/Berlin"])]


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Due(Request):
    """Either a day, `{"date"}`, or a moment in a time zone, `{"at", "zone"}`."""

    model_config = ConfigDict(json_schema_extra=_one_of_two)

    date: Day = ""
    at: Moment = ""
    zone: Zone = ""

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if self.model_fields_set not in ({"date"}, {"at", "zone"}):
            raise ValueError("must be a date, or a time and its zone")
        return self


class Recurrence(Request):
    """How a todo comes back when it is completed: by its due date, or by the day on which it was completed."""

    rule: Annotated[
        str,
        StringConstraints(max_length=200),
        AfterValidator(_rule),
        Field(
            description="A part of RFC 5545: FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, BYHOUR with BYMINUTE, UNTIL",
            examples=["FREQ=WEEKLY;BYDAY=MO"],
        ),
    ]
    anchor: Literal["due", "completion"] = "due"

    @model_validator(mode="after")
    def _always_says_its_anchor(self) -> Self:
        self.model_fields_set.add("anchor")
        return self
