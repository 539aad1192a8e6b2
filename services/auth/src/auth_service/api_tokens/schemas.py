from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from auth_service.accounts.schemas import KnownPassword, Name

# A program may work with todos. What concerns the account itself is for people.
Scope = Literal["todos:read", "todos:write"]
ApiTokenName = Annotated[Name, Field(examples=["Backup script"])]


class NewApiToken(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: ApiTokenName
    scopes: frozenset[Scope] = Field(min_length=1, examples=[["todos:read"]])
    expires_in_days: int = Field(ge=1, le=365, examples=[90])
    password: KnownPassword


class ApiTokenOut(BaseModel):
    id: UUID
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class ApiTokenMade(ApiTokenOut):
    token: str = Field(description="Shown this once", examples=["daybook_AZRH…"])


class ApiTokenPage(BaseModel):
    items: list[ApiTokenOut]
    next_cursor: UUID | None


class Exchange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: SecretStr = Field(max_length=200, examples=["daybook_AZRH…"])


class Exchanged(BaseModel):
    access_token: str = Field(description="An RFC 9068 JWT")
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (a type, not a token)
    expires_in: int = Field(description="Seconds; then exchange the API token again", examples=[300])
    scope: str = Field(examples=["todos:read"])
