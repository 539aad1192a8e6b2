from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from auth_service.accounts.schemas import KnownPassword, Name
from auth_service.second_factor.schemas import Code, Credential

PasskeyName = Annotated[Name, Field(examples=["Laptop"])]


class PasswordAgain(BaseModel):
    model_config = ConfigDict(extra="forbid")

    password: KnownPassword


class PasswordAndCode(PasswordAgain):
    code: Code | None = Field(
        default=None, description="Needed where there is an authenticator app; or a recovery code"
    )


class TotpConfirmation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Code


class TotpRemoval(PasswordAgain):
    code: Code


class RecoveryCodesRenewal(PasswordAgain):
    code: Code | None = Field(default=None, description="Needed where there is an authenticator app")


class NewPasskeyIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: PasskeyName
    credential: Credential = Field(description="What `navigator.credentials.create` made, as JSON")


class SecondFactorOut(BaseModel):
    totp: bool = Field(description="Whether there is an authenticator app")
    recovery_codes_left: int
    passkeys: int


class TotpSetupOut(BaseModel):
    secret: str = Field(description="Base 32, to be typed in", examples=["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"])
    uri: str = Field(description="The same as an `otpauth:` link")
    qr_svg: str = Field(description="The link as a picture: an SVG document")


class RecoveryCodesOut(BaseModel):
    recovery_codes: list[str] = Field(description="Shown this once", examples=[["7k2m-x9qa-3c4d-0vwz"]])


class PasskeyOut(BaseModel):
    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


class PasskeyAdded(PasskeyOut):
    recovery_codes: list[str] | None = Field(
        description="Ten, shown this once, if this is the first second factor of the account; otherwise null"
    )


class PasskeyPage(BaseModel):
    items: list[PasskeyOut]
    next_cursor: UUID | None


class CreationOptions(BaseModel):
    """For `PublicKeyCredential.parseCreationOptionsFromJSON`; WebAuthn says what is in it."""

    model_config = ConfigDict(extra="allow")

    challenge: str
    rp: dict[str, Any]
    user: dict[str, Any]
