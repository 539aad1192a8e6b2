"""The JSON a client sends and receives. Output fields have no defaults: a client always gets them."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, Literal, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator

from todos_service.todos import positions

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Further away than this, calendars and clients disagree about what a date is.
_YEARS = range(1900, 3000)
# Files beside the zones whose meaning depends on the machine.
_NO_ZONES = frozenset({"Factory", "localtime", "posixrules"})


def _one_line(value: str) -> str:
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
    if moment.year not in _YEARS:
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


def _without_defaults(schema: dict[str, Any]) -> None:
    """For fields that mean something only when they were sent: `model_fields_set` tells."""
    for each in schema["properties"].values():
        each.pop("default", None)


def _one_of_two(schema: dict[str, Any]) -> None:
    _without_defaults(schema)
    schema["oneOf"] = [{"required": ["date"]}, {"required": ["at", "zone"]}]
    schema["examples"] = [{"date": "2026-11-22"}, {"at": "2026-11-22T17:30:00Z", "zone": "Europe/Berlin"}]


Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_one_line),
    Field(examples=["Water the plants"]),
]
Description = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_text)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50), AfterValidator(_one_line)]
Tags = Annotated[list[Tag], Field(max_length=20, examples=[["home"]]), AfterValidator(_each_once)]
Priority = Literal["none", "low", "medium", "high"]
Position = Annotated[
    str,
    StringConstraints(pattern=positions.PATTERN, max_length=positions.LONGEST),
    Field(description="A fractional key: todos are listed by it, byte by byte", examples=["a0"]),
]
Version = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1, description="The version you last saw")]
_Day = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    AfterValidator(_date),
    Field(examples=["2026-11-22"], json_schema_extra={"format": "date"}),
]
_Moment = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
    ),
    AfterValidator(_moment),
    Field(examples=["2026-11-22T17:30:00Z"], json_schema_extra={"format": "date-time"}),
]
_Zone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_zone), Field(examples=["Europe/Berlin"])]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Due(_Request):
    """Either a day, `{"date"}`, or a moment in a time zone, `{"at", "zone"}`."""

    model_config = ConfigDict(json_schema_extra=_one_of_two)

    date: _Day = ""
    at: _Moment = ""
    zone: _Zone = ""

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if self.model_fields_set not in ({"date"}, {"at", "zone"}):
            raise ValueError("must be a date, or a time and its zone")
        return self


class _Changes(_Request):
    """A request that names the fields it is about."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    def changes(self, *, without: frozenset[str] = frozenset({"id", "version"})) -> dict[str, Any]:
        """The fields the client sent, as the JSON they are stored as."""
        return self.model_dump(exclude_unset=True, exclude=set(without))


class TodoCreate(_Changes):
    id: UUID | None = Field(
        default=None,
        description="Made by the client, if it wants to: sending the same todo twice then adds one",
        examples=["01939b4c-4a6e-7b3c-9d55-0f6a2b1c3d4e"],
    )
    title: Title
    description: Description = ""
    completed: StrictBool = False
    priority: Priority = "none"
    due: Due | None = None
    tags: Tags = []
    position: Position = ""


class TodoUpdate(_Changes):
    """Fields left out keep their value, so that an older client does not erase what it does not know."""

    title: Title = ""
    description: Description = ""
    completed: StrictBool = False
    priority: Priority = "none"
    due: Due | None = None
    tags: Tags = []
    position: Position = ""
    version: Version | None = None


class TodoPatch(_Changes):
    """A JSON merge patch (RFC 7396): null clears a field that can be empty."""

    title: Title = ""
    description: Description | None = None
    completed: StrictBool | None = None
    priority: Priority | None = None
    due: Due | None = None
    tags: Tags | None = None
    position: Position = ""
    version: Version | None = None

    def changes_over(self, defaults: Mapping[str, Any]) -> dict[str, Any]:
        """The fields the client sent, cleared ones with their default."""
        return {name: defaults[name] if value is None else value for name, value in self.changes().items()}


class TodoToggle(_Request):
    """Without `completed` the todo becomes the opposite of what it is."""

    completed: StrictBool | None = None
    version: Version | None = None


class TodoDelete(_Request):
    version: Version | None = None


class ListQuery(_Request):
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=400, description="`next_cursor` of the page before")
    status: Literal["all", "active", "done"] = "all"


class _Response(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DueDate(_Response):
    date: date


class DueTime(_Response):
    at: datetime
    zone: str


class TodoOut(_Response):
    id: UUID
    title: str
    description: str
    completed: bool
    completed_at: datetime | None
    priority: Priority
    due: DueDate | DueTime | None
    position: str
    tags: list[str]
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = Field(description="Always null here: deleted todos are told to be, not shown")


class TodoPage(_Response):
    items: list[TodoOut]
    next_cursor: str | None = Field(description="For the next page; null on the last one")
