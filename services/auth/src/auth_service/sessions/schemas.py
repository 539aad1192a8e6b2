from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class SessionOut(BaseModel):
    id: UUID
    current: bool = Field(description="Whether it is the one that asks")
    device: str | None = Field(examples=["Firefox on Linux"])
    address: str | None = Field(description="Where it was last used from", examples=["192.0.2.1"])
    created_at: datetime
    last_used_at: datetime


class SessionPage(BaseModel):
    items: list[SessionOut]
    next_cursor: UUID | None
