from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class RevocationOut(BaseModel):
    sequence: int
    user_id: UUID
    session_id: UUID | None = Field(description="One session; without it, everything issued before `not_before`")
    not_before: datetime | None
    until: datetime = Field(description="When the last token that it concerns has expired")
    kid: str | None = Field(
        default=None, description="Everything that this key has signed, whoever it names; then the ids are nobody's"
    )


class RevocationsOut(BaseModel):
    epoch: UUID = Field(description="Another one after a restore: numbers of the two do not belong together")
    sequence: int = Field(description="The last number given")
    items: list[RevocationOut]
