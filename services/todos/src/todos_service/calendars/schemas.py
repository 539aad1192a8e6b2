from datetime import datetime

from pydantic import Field

from todos_service.todos.schemas import Response


class CalendarLink(Response):
    url: str = Field(description="For a calendar program to subscribe to. Shown this once; whoever has it can read")
    created_at: datetime


class CalendarState(Response):
    created_at: datetime | None = Field(description="Since when there is a link; null without one")
