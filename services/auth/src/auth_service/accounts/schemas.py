import unicodedata
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from auth_service.accounts.emails import Email, key_of

SHORTEST_PASSWORD, LONGEST_PASSWORD = 15, 128
# Normalisation can shorten a text, but not this much; longer input is not worth the work.
_LONGEST_INPUT = 4 * LONGEST_PASSWORD


def _whole_characters(password: SecretStr) -> SecretStr:
    """JSON can carry half of a surrogate pair, which no text encoding has a place for."""
    try:
        password.get_secret_value().encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("half_character", "Characters must be whole") from None
    return password


def _normalised(password: SecretStr) -> SecretStr:
    """The same characters, however a keyboard composes them (NIST SP 800-63B-4, 3.1.1.2)."""
    text = password.get_secret_value()
    if len(text) > _LONGEST_INPUT or len(text := unicodedata.normalize("NFKC", text)) > LONGEST_PASSWORD:
        raise PydanticCustomError("too_long", "At most {most} characters", {"most": LONGEST_PASSWORD})
    return SecretStr(text)


def _long_enough(password: SecretStr) -> SecretStr:
    if len(password.get_secret_value()) < SHORTEST_PASSWORD:
        raise PydanticCustomError("too_short", "At least {least} characters", {"least": SHORTEST_PASSWORD})
    return password


Password = Annotated[SecretStr, AfterValidator(_whole_characters), AfterValidator(_normalised)]
NewPassword = Annotated[
    Password,
    AfterValidator(_long_enough),
    Field(
        # Said in characters after normalisation, which a schema cannot express exactly.
        json_schema_extra={"minLength": SHORTEST_PASSWORD, "maxLength": LONGEST_PASSWORD},
        examples=["correct horse battery staple"],
    ),
]
DisplayName = Annotated[
    str,
    # No control characters: a name is one line wherever it is shown.
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$"),
    Field(examples=["Ada Lovelace"]),
]


class Registration(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: Email
    password: NewPassword
    display_name: DisplayName | None = None

    @field_validator("password")
    @classmethod
    def _is_not_the_email(cls, password: SecretStr, info: ValidationInfo) -> SecretStr:
        if key_of(password.get_secret_value()) == key_of(info.data.get("email", "")):
            raise PydanticCustomError("is_email", "The password must not be the e-mail address")
        return password


class Credentials(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: Email
    password: Annotated[Password, Field(examples=["correct horse battery staple"])]


class UserOut(BaseModel):
    id: UUID
    email: str = Field(examples=["ada@example.com"])
    display_name: str | None = Field(examples=["Ada Lovelace"])
    email_verified: bool
    created_at: datetime


class SignedIn(BaseModel):
    access_token: str = Field(description="An RFC 9068 JWT. Keep it in memory only.")
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (a type, not a token)
    expires_in: int = Field(description="Seconds", examples=[300])
    user: UserOut
