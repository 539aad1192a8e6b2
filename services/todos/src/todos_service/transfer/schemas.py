"""What an export consists of, and what is told of an import."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    TypeAdapter,
    model_validator,
)

from todos_service.todos.documents import FIELDS
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
)
from todos_service.todos.merging import DEFAULTS
from todos_service.todos.schemas import Response

Format = Literal["daybook", "todoist", "vikunja"]

_YEARS = range(1970, 3000)


def _in_utc(moment: datetime) -> datetime:
    # Close to either end, it may be another year there than it is in UTC.
    if moment.year not in _YEARS or moment.astimezone(UTC).year not in _YEARS:
        raise ValueError(f"must be a year from {_YEARS[0]} to {_YEARS[-1]}")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
# There is room for as many writes again in what Postgres counts versions with.
PastVersion = Annotated[Version, Field(le=10**9)]
Kind = Literal["create", "update", "delete", "restore", "advance", "rebalance", "import"]


_ADAPTERS: Final[dict[str, TypeAdapter[Any]]] = {
    "title": TypeAdapter(Title | None),
    "description": TypeAdapter(Description | None),
    "tags": TypeAdapter(Tags | None),
    "recurrence": TypeAdapter(Recurrence | None),
    "completed": TypeAdapter(StrictBool | None),
    "priority": TypeAdapter(Priority | None),
    "due": TypeAdapter(Due | None),
    "position": TypeAdapter(Position | Literal[""] | None),
    "completed_at": TypeAdapter(Moment | None),
}


def _of_a_todo(fields: dict[str, Any]) -> dict[str, Any]:
    if not fields.keys() <= set(FIELDS):
        raise ValueError("must be the fields of a todo")
    return {name: _one_spelling(_ADAPTERS[name], value) for name, value in fields.items()}


class Imported(Request):
    """Beside the fields of a change that an import made: whose file it was, when it says the todo was changed, and what
    it said, as far as that is not what was written."""

    format: Format
    updated_at: Moment | None
    fields: Annotated[dict[str, Any], AfterValidator(_of_a_todo)]


# What that is called there.
IMPORT: Final = "import"
_OF_A_CHANGE: Final = _ADAPTERS | {IMPORT: TypeAdapter(Imported | None)}


def _as_a_todo_has_it(changes: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """A change can be undone: what is in it must be what a todo may be."""
    if not all(name in _OF_A_CHANGE and step.keys() == {"from", "to"} for name, step in changes.items()):
        raise ValueError("must be the fields of a todo, each with what it was and what it became")
    return {
        name: {side: _one_spelling(_OF_A_CHANGE[name], value) for side, value in step.items()}
        for name, step in changes.items()
    }


def _one_spelling(adapter: TypeAdapter[Any], value: Any) -> Any:
    return adapter.dump_python(adapter.validate_python(value), mode="json", exclude_unset=True)


class PastChange(Request):
    version: PastVersion
    kind: Kind
    at: Moment
    session_id: UUID
    changes: Annotated[dict[str, dict[str, Any]], AfterValidator(_as_a_todo_has_it)]


class ExportedTodo(Request):
    """A todo as `GET /todos/{id}` shows it, and its history, oldest first."""

    id: UUID
    title: Title
    description: Description = ""
    completed: StrictBool = False
    completed_at: Moment | None = None
    priority: Priority = "none"
    due: Due | None = None
    position: Position
    tags: Tags = Field(default_factory=list)
    recurrence: Recurrence | None = None
    version: PastVersion = 1
    created_at: Moment
    updated_at: Moment
    deleted_at: Moment | None = None
    history: list[PastChange] = Field(default_factory=list, max_length=10_000)

    @model_validator(mode="after")
    def _has_a_history_of_its_own(self) -> Self:
        versions = [change.version for change in self.history]
        if versions and (versions != sorted(set(versions)) or versions[-1] != self.version):
            raise ValueError("has a history that does not lead to its version")
        return self

    @property
    def fields(self) -> dict[str, Any]:
        """Of a todo that is one, with what it leaves out."""
        return {**DEFAULTS, **self.model_dump(include=set(FIELDS), exclude_unset=True)}


class Export(BaseModel):
    """Documented here and written in pieces: see `exporting`."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["daybook.todos"]
    version: Literal[1]
    exported_at: datetime
    todos: list[ExportedTodo]


class Note(Response):
    line: int | None = Field(description="Where in the file, for one that has lines")
    id: str | None = Field(description="Which todo, as the file calls it")
    reason: str


class Report(Response):
    imported: int = Field(description="Added")
    updated: int = Field(description="Were there already, and got what the file had changed")
    unchanged: int = Field(description="Were there already, and the file changed nothing")
    skipped: list[Note] = Field(description="Not taken over, and why")
    notes: list[Note] = Field(
        description="What could not be carried, and of what was changed here and there what the file says"
    )
    more_skipped: int = Field(description="Not taken over, beside the first thousand that are named")
    more_notes: int = Field(description="What could not be carried, beside the first thousand that are named")
