from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field


class EntryOut(BaseModel):
    id: UUID
    kind: str = Field(examples=["session.started"])
    at: datetime
    device: str | None = Field(examples=["Firefox on Linux"])
    address: str | None = Field(examples=["192.0.2.7"])
    session_id: UUID | None
    request_id: str | None
    details: dict[str, Any] = Field(description="What else is known of it; depends on the kind")


class EntryPage(BaseModel):
    items: list[EntryOut]
    next_cursor: str | None = Field(description="The `cursor` of the next, older page; null on the last one")
