"""An e-mail address: how it is checked, when two are the same, and what logs call it."""

import hmac
import unicodedata
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from chassis.encryption import KeyRing

_LONGEST = 254


def _checked(text: str) -> str:
    try:
        # Whether mail arrives there, only mail can tell; asking DNS would tell others who signs up.
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise PydanticCustomError("email", "{reason}", {"reason": str(error)}) from error


Email = Annotated[
    str,
    # Unbounded input is not worth parsing.
    Field(max_length=_LONGEST, json_schema_extra={"format": "email"}, examples=["ada@example.com"]),
    AfterValidator(_checked),
]


def key_of(email: str) -> str:
    """Equal for spellings that are one mailbox wherever mail is delivered today: case does not matter.

    Some different addresses have the same key. That only keeps the second one from registering, as long as mail
    goes to the stored address and never to one that was typed in to look it up.
    """
    return unicodedata.normalize("NFC", email.casefold())


class Pseudonyms:
    """Names for accounts in logs: the same for the same address, and meaningless without the key-encryption key."""

    def __init__(self, ring: KeyRing) -> None:
        self._key = ring.derive("daybook.auth.log-pseudonym.v1")[0]

    def of(self, email: str) -> str:
        return hmac.digest(self._key, key_of(email).encode(), "sha256")[:8].hex()
