from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from todos_service.todos.fields import Request, Tags, Version
from todos_service.todos.schemas import Response, TodoOut

# As many operations as one batch of `POST /sync/operations` takes: what undoes them fits in one.
_MOST = 100


class Chosen(Request):
    id: UUID
    version: Version | None = None


class Bulk(Request):
    """What to do, and with which todos: by `ids`, or by `todos` with the versions that must still be theirs.

    What would take something unseen needs a version: to delete a todo, or to complete an occurrence of one that recurs.
    """

    action: Literal["complete", "reopen", "delete", "tag", "untag", "move"]
    ids: Annotated[list[UUID], Field(min_length=1, max_length=_MOST)] | None = None
    todos: Annotated[list[Chosen], Field(min_length=1, max_length=_MOST)] | None = None
    tags: Tags | None = Field(default=None, description="For `tag` and `untag`")
    after: UUID | None = Field(
        default=None, description="For `move`: the todo that they come after, in this order; null for the beginning"
    )

    @model_validator(mode="after")
    def _says_which_and_what(self) -> Self:
        if (self.ids is None) == (self.todos is None):
            raise ValueError("must name todos by ids or by todos, not by both")
        if len({each.id for each in self.chosen}) != len(self.chosen):
            raise ValueError("must name each todo once")
        if bool(self.tags) != (self.action in {"tag", "untag"}):
            raise ValueError("tags belong to the actions tag and untag")
        if self.after is not None and self.action != "move":
            raise ValueError("after belongs to the action move")
        return self

    @property
    def chosen(self) -> list[Chosen]:
        return self.todos if self.todos is not None else [Chosen(id=each) for each in self.ids or ()]


class Clash(Response):
    base: Any
    yours: Any
    stored: Any


class BulkResult(Response):
    id: UUID
    outcome: Literal["applied", "merged", "conflict", "rejected"]
    todo: TodoOut | None = Field(description="As it is now; null if there is none, or none any more")
    clashes: dict[str, Clash]
    problem: dict[str, Any] | None = Field(description="Why it was rejected")


class Reverse(Response):
    """An operation as `POST /sync/operations` takes it."""

    op_id: UUID
    todo_id: UUID
    kind: Literal["update", "restore"]
    base_version: int
    changes: dict[str, dict[str, Any]]


class BulkAnswer(Response):
    results: list[BulkResult] = Field(description="In the order of the request")
    undo: list[Reverse] = Field(description="What takes it all back: send it to `POST /sync/operations`")
