from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from todos_service.todos.fields import Request, Version
from todos_service.todos.schemas import Response

_LARGEST_VERSION = 2**31 - 1


def _is_of_a_version(cursor: str) -> str:
    if int(cursor.removeprefix("v")) > _LARGEST_VERSION:
        raise ValueError("This is not a cursor of this list")
    return cursor


class HistoryQuery(Request):
    limit: int = Field(default=50, ge=1, le=200)
    cursor: (
        Annotated[str, StringConstraints(pattern=r"^v[1-9][0-9]{0,9}$"), AfterValidator(_is_of_a_version)] | None
    ) = Field(default=None, max_length=16, description="`next_cursor` of the page before")


class Step(Response):
    """What a field was, and what it became."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    before: Any = Field(alias="from")
    to: Any


class ChangeOut(Response):
    seq: int
    version: int = Field(description="The todo's, after this change")
    kind: str = Field(
        description="create, update, delete, restore, import, rebalance (its neighbours needed room), "
        "or advance (one occurrence was completed, and the next one is due)"
    )
    at: datetime
    session_id: UUID = Field(description="The signed-in session that did it: see `GET /auth/sessions`")
    changes: dict[str, Step]


class HistoryPage(Response):
    items: list[ChangeOut]
    next_cursor: str | None = Field(description="For the next page; null on the last one")


class TodoUndo(Request):
    seq: Annotated[int, Field(strict=True, ge=1, le=2**63 - 1, description="The change to take back, by its `seq`")]
    version: Version
