import unicodedata
from datetime import datetime
from itertools import groupby
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints
from pydantic_core import PydanticCustomError

from auth_service.accounts.emails import Email
from auth_service.accounts.rules import SHORTEST, SHORTEST_WITH_SECOND_FACTOR, TOO_SHORT, TOO_SHORT_WITH_SECOND_FACTOR
from auth_service.second_factor.schemas import Code, Credential

LONGEST_PASSWORD = 128
# Normalisation can shorten a text, but not this much; longer input is not worth the work.
_LONGEST_INPUT = 4 * LONGEST_PASSWORD
# Letters and signs by category, and nothing to be seen: fillers of Hangul, and Braille without a dot.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Unicode's controls of direction: marks, overrides, embeddings and isolates.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_CONTROL = "Must be one line, without control characters"
_DIRECTION = "Must not change the direction of the text around it"
_INVISIBLE = "Must have a character that can be seen"
_HIDDEN = "Must not have characters that nobody sees between the others"
_PILED = "Must not pile up accents"
# Everything that may be wrong with a name beside its length, for those who translate it.
SENTENCES = (_CONTROL, _DIRECTION, _INVISIBLE, _HIDDEN, _PILED)

# Joiners, which some scripts and emoji need.
_JOINING = frozenset("\u200c\u200d")
# Nothing to be seen, and no control character by its category: the grapheme joiner, and vowels and selectors of Khmer
# and Mongolian that are only there for old data.
_SILENT = _BLANK | frozenset("\u034f\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f")
# More than any script stacks on a letter.
_MOST_MARKS = 8


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


def _readable(name: str) -> str:
    """One line, and nothing that hides, or that turns around what stands beside it: two names that look the same are
    the same."""
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in name):
        raise PydanticCustomError("control", _CONTROL)
    if any(character in _TURNING for character in name):
        raise PydanticCustomError("turning", _DIRECTION)
    if not any(unicodedata.category(character)[0] in "LNPS" and character not in _BLANK for character in name):
        raise PydanticCustomError("invisible", _INVISIBLE)
    if any(_is_silent(character) for character in name):
        raise PydanticCustomError("hidden", _HIDDEN)
    if any(sum(1 for _ in run) > _MOST_MARKS for is_mark, run in groupby(name, _is_mark) if is_mark):
        raise PydanticCustomError("piled", _PILED)
    return name


def _is_silent(character: str) -> bool:
    is_format = unicodedata.category(character) == "Cf" and character not in _JOINING
    return character in _SILENT or is_format


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Me"}


def _at_least(least: int, says: LiteralString) -> AfterValidator:
    def long_enough(password: SecretStr) -> SecretStr:
        if len(password.get_secret_value()) < least:
            raise PydanticCustomError("too_short", says)
        return password

    return AfterValidator(long_enough)


Password = Annotated[SecretStr, AfterValidator(_whole_characters), AfterValidator(_normalised)]
NewPassword = Annotated[
    Password,
    _at_least(SHORTEST, TOO_SHORT),
    Field(
        # Said in characters after normalisation, which a schema cannot express exactly.
        json_schema_extra={"minLength": SHORTEST, "maxLength": LONGEST_PASSWORD},
        examples=["seven teal otters juggle"],
    ),
]
# Of an account that may have a second factor, which decides how short it may be: see `rules`.
ReplacementPassword = Annotated[
    Password,
    _at_least(SHORTEST_WITH_SECOND_FACTOR, TOO_SHORT_WITH_SECOND_FACTOR),
    Field(
        description=f"At least {SHORTEST} characters for an account without a second factor",
        json_schema_extra={"minLength": SHORTEST_WITH_SECOND_FACTOR, "maxLength": LONGEST_PASSWORD},
        examples=["seven teal otters juggle"],
    ),
]
KnownPassword = Annotated[Password, Field(examples=["seven teal otters juggle"])]
# Of whatever people give one: it is shown to them among others, and in mails.
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(_readable),
    # Checked by `_readable`, which says it in words.
    Field(json_schema_extra={"pattern": r"^[^\x00-\x1f\x7f-\x9f]+$"}),
]
DisplayName = Annotated[Name, Field(examples=["Ada Lovelace"])]


class Registration(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: Email
    password: NewPassword
    display_name: DisplayName | None = None


class Credentials(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: Email
    password: KnownPassword
    code: Code | None = Field(default=None, description="Of the authenticator app, or a recovery code")
    passkey: Credential | None = Field(default=None, description="What `navigator.credentials.get` gave, as JSON")


class Renaming(BaseModel):
    model_config = ConfigDict(extra="forbid")

    display_name: DisplayName | None


class PasswordChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    current_password: KnownPassword
    new_password: ReplacementPassword


class Farewell(BaseModel):
    model_config = ConfigDict(extra="forbid")

    password: KnownPassword
    code: Code | None = Field(default=None, description="Needed where there is an authenticator app")


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
