"""The JSON a client sends and receives. Output fields have no defaults: a client always gets them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from todos_service.todos.fields import (
    Description,
    Due,
    Position,
    Priority,
    Recurrence,
    Request,
    Tags,
    Title,
    Version,
    without_defaults,
)


class Changes(Request):
    """A request that names the fields it is about."""

    model_config = ConfigDict(json_schema_extra=without_defaults)

    def changes(self, *, without: frozenset[str] = frozenset({"id", "version"})) -> dict[str, Any]:
        """The fields the client sent, as the JSON they are stored as."""
        return self.model_dump(exclude_unset=True, exclude=set(without))


class TodoCreate(Changes):
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
    tags: Tags = Field(default_factory=list)
    position: Position = ""
    recurrence: Recurrence | None = None


class TodoUpdate(Changes):
    """Fields left out keep their value, so that an older client does not erase what it does not know."""

    title: Title = ""
    description: Description = ""
    completed: StrictBool = False
    priority: Priority = "none"
    due: Due | None = None
    tags: Tags = Field(default_factory=list)
    position: Position = ""
    recurrence: Recurrence | None = None
    version: Version | None = None


class TodoPatch(Changes):
    """A JSON merge patch (RFC 7396): null clears a field that can be empty."""

    title: Title = ""
    description: Description | None = None
    completed: StrictBool | None = None
    priority: Priority | None = None
    due: Due | None = None
    tags: Tags | None = None
    position: Position = ""
    recurrence: Recurrence | None = None
    version: Version | None = None

    def changes_over(self, defaults: Mapping[str, Any]) -> dict[str, Any]:
        """The fields the client sent, cleared ones with their default."""
        return {name: defaults[name] if value is None else value for name, value in self.changes().items()}


class TodoToggle(Request):
    """Without `completed` the todo becomes the opposite of what it is."""

    completed: StrictBool | None = None
    version: Version | None = None


class TodoDelete(Request):
    version: Version | None = None


class Response(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DueDate(Response):
    date: date


class DueTime(Response):
    at: datetime
    zone: str


class RecurrenceOut(Response):
    rule: str
    anchor: Literal["due", "completion"]


class TodoOut(Response):
    id: UUID
    title: str
    description: str
    completed: bool
    completed_at: datetime | None
    priority: Priority
    due: DueDate | DueTime | None
    position: str
    tags: list[str]
    recurrence: RecurrenceOut | None
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = Field(description="Null unless the todo is in the trash")


class TodoPage(Response):
    items: list[TodoOut]
    next_cursor: str | None = Field(description="For the next page; null on the last one")
