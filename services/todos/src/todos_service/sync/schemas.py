"""The JSON of synchronisation."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import orjson
from pydantic import AfterValidator, Field, SkipValidation, StrictBool, model_validator

from todos_service.todos.fields import Request, Version
from todos_service.todos.schemas import Response, TodoOut

MOST_OPERATIONS = 100
MOST_CHANGES = 500

FieldName = Literal["title", "description", "completed", "priority", "due", "tags", "position", "recurrence"]


# How deep what is kept of an operation, and what answers it, puts a value: to be written, it must fit there too.
_DEPTH = 8


def _can_be_kept(value: Any) -> Any:
    """There is JSON that is no Unicode, or deeper than anything of ours."""
    wrapped = value
    for _ in range(_DEPTH):
        wrapped = [wrapped]
    try:
        orjson.dumps(wrapped)
    except TypeError as error:
        raise ValueError("is not a value that can be kept") from error
    return value


class ChangeIn(Request):
    """One field, as its writer saw it and as they want it. For a new todo only `to` counts."""

    base: Annotated[Any, AfterValidator(_can_be_kept)] = Field(
        alias="from", description="What its writer saw: exactly as it was sent to them", examples=["Water the plants"]
    )
    to: Annotated[Any, AfterValidator(_can_be_kept)] = Field(
        description="As in `TodoUpdate`", examples=["Water the garden"]
    )


class OperationIn(Request):
    op_id: UUID = Field(description="Its name, made by the client: sent again, it acts once for 30 days")
    todo_id: UUID
    kind: Literal["create", "update", "delete", "restore"]
    base_version: Version | None = Field(
        default=None, description="The version its writer saw. A delete needs it, and completing a todo that recurs"
    )
    force: StrictBool = Field(default=False, description="Delete, even what was changed since `base_version`")
    changes: dict[FieldName, ChangeIn] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.changes and self.kind in {"delete", "restore"}:
            raise ValueError(f"a {self.kind} changes no field")
        if self.force and self.kind != "delete":
            raise ValueError("only a delete can be forced")
        if self.kind == "delete" and self.base_version is None and not self.force:
            raise ValueError("a delete says in base_version what its writer saw, unless it is forced")
        return self


class OperationsIn(Request):
    # Each is looked at by itself (`parsing`): a wrong one does not fail the others.
    operations: Annotated[list[SkipValidation[OperationIn]], Field(min_length=1, max_length=MOST_OPERATIONS)]


class ChangesQuery(Request):
    cursor: str | None = Field(default=None, max_length=200, description="`cursor` of the page before; none at first")
    limit: int = Field(default=200, ge=1, le=MOST_CHANGES)


class SyncedTodo(TodoOut):
    seq: int = Field(description="The number of its last change")


class Tombstone(Response):
    """What is left of a deleted todo."""

    id: UUID
    seq: int
    version: int
    deleted_at: datetime
    purged: bool = Field(default=False, description="Only where it is true: it cannot be brought back any more")


class ChangesOut(Response):
    changes: list[SyncedTodo | Tombstone] = Field(description="Each todo at most once, by `seq`")
    cursor: str = Field(description="Where to go on, now or later")
    has_more: bool = Field(description="Whether there is more to read at once, after an empty page as well")
    epoch: UUID = Field(description="Another one after the data were restored from a backup: then begin again")
    head: int = Field(description="How far the stream has come")


class ClashOut(Response):
    """Three values of one field. The stored one was kept."""

    base: Any
    yours: Any
    stored: Any


class ResultOut(Response):
    op_id: UUID | None = Field(description="Null for an operation so wrong that it has no name")
    outcome: Literal["applied", "merged", "duplicate", "conflict", "rejected"] = Field(
        description="`merged`: applied beside changes that its writer had not seen. `conflict`: what would have "
        "overwritten such a change was not done, see `clashes`. `duplicate`: carried out before, see `first`"
    )
    first: Literal["applied", "merged", "conflict", "rejected"] | None = Field(
        description="Of a duplicate: what became of it the first time"
    )
    todo: SyncedTodo | Tombstone | None = Field(description="As it is now; null if there is none")
    seq: int | None = Field(description="The number of the last change of the todo")
    clashes: dict[str, ClashOut]
    problem: dict[str, Any] | None = Field(description="Of a rejected one: the problem, as in RFC 9457")


class ResultsOut(Response):
    results: list[ResultOut] = Field(description="In the order of the operations")
    epoch: UUID
    head: int
