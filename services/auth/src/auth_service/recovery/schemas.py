from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from auth_service.accounts.emails import Email
from auth_service.accounts.schemas import KnownPassword, ReplacementPassword

LinkToken = Annotated[str, Field(max_length=100, examples=["Jx8kL2vQm5nR7tWzYb3dFg6hKp9sVc1xAeUoIiNwMqE"])]


class Forgotten(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: Email


class Reset(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: LinkToken
    new_password: ReplacementPassword


class Verification(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: LinkToken
    password: KnownPassword | None = Field(default=None, description="Not needed by who is signed in to the account")
