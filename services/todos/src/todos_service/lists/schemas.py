from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from todos_service.lists.filters import Bound, Filter, Order, words_of
from todos_service.todos.documents import PRIORITIES
from todos_service.todos.fields import DayOrMoment, Priority, Request, Tag, one_line

Sort = Literal[
    "position", "due", "priority", "created", "updated", "title",
    "-position", "-due", "-priority", "-created", "-updated", "-title",
]  # fmt: skip
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(one_line)]


class ListQuery(Request):
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=4000, description="`next_cursor` of the page before")
    status: Literal["all", "active", "done"] = "all"
    tag: Tag | None = Field(default=None, description="Only todos that have this tag")
    priority: Priority | None = None
    due_after: DayOrMoment | None = Field(
        default=None,
        description="Due on this day (in the todo's own time zone) or at this moment, or later; a todo that is due on "
        "a date begins at midnight UTC where it is compared with a moment",
    )
    due_before: DayOrMoment | None = Field(default=None, description="Due before this day or moment")
    q: Words | None = Field(
        default=None, description="All of these words, or parts of them, in title, description or tags"
    )
    sort: Sort = Field(default="position", description="With `-` before it: the other way round")

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        after, before = bound_of(self.due_after), bound_of(self.due_before)
        if type(after) is type(before) and after is not None and before is not None and after >= before:
            raise ValueError("due_after must be before due_before")
        return self

    @property
    def filter(self) -> Filter:
        return Filter(
            status=self.status,
            priority=PRIORITIES.index(self.priority) if self.priority else None,
            tag=self.tag,
            words=words_of(self.q or ""),
            due_from=bound_of(self.due_after),
            due_until=bound_of(self.due_before),
        )

    @property
    def order(self) -> Order:
        column: Any = self.sort.removeprefix("-")
        return Order(column, descending=self.sort.startswith("-"))

    @property
    def repeated(self) -> dict[str, Any]:
        """What the next page is asked for with, beside its cursor."""
        return {"limit": self.limit} | self.model_dump(exclude_defaults=True, exclude={"cursor"})


def bound_of(text: str | None) -> Bound | None:
    """Both spellings are ISO 8601; the shorter one is a day."""
    if text is None:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
