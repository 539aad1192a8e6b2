from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from auth_service.accounts.schemas import UserOut
from auth_service.api_tokens.schemas import ApiTokenOut
from auth_service.audit.schemas import EntryOut
from auth_service.enrolment.schemas import PasskeyOut


class ExportedSession(BaseModel):
    id: UUID
    device: str | None
    address: str | None
    created_at: datetime
    last_used_at: datetime
    ended_at: datetime | None = Field(description="Null if it was not ended; it may have expired")


class ExportedSecondFactor(BaseModel):
    totp_since: datetime | None = Field(description="Since when there is an authenticator app; null if there is none")
    recovery_codes_left: int
    recovery_codes_since: datetime | None


class ExportedBrowser(BaseModel):
    """One that has signed in before. Nothing tells which one it is but a secret that it keeps itself."""

    last_used_at: datetime


class AccountExport(BaseModel):
    """Everything that is kept about a person here, but secrets and what they are compared with. Todos have an export
    of their own."""

    exported_at: datetime
    user: UserOut
    sessions: list[ExportedSession]
    second_factor: ExportedSecondFactor
    passkeys: list[PasskeyOut]
    api_tokens: list[ApiTokenOut]
    browsers: list[ExportedBrowser]
    audit: list[EntryOut]
