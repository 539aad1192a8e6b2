"""The text of an API token: whose it is can be found, whether it is right only compared."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from uuid_utils.compat import uuid7

# By which programs that look for secrets in public places recognise one.
_PREFIX = "daybook_"
_SECRET_BYTES = 32
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class ApiToken:
    id: UUID
    secret: bytes

    @classmethod
    def new(cls) -> Self:
        return cls(uuid7(), secrets.token_bytes(_SECRET_BYTES))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """None for what is none that we wrote."""
        if not text.startswith(_PREFIX):
            return None
        try:
            raw = base64.b64decode(text.removeprefix(_PREFIX), altchars=b"-_", validate=True)
        except ValueError:
            return None
        if len(raw) != _ID_BYTES + _SECRET_BYTES:
            return None
        return cls(UUID(bytes=raw[:_ID_BYTES]), raw[_ID_BYTES:])

    def write(self) -> str:
        return _PREFIX + base64.urlsafe_b64encode(self.id.bytes + self.secret).decode()

    def mark_of(self, place: str) -> bytes:
        """By which a place is known again where the token was used before, and not without it."""
        return hashlib.sha256(self.secret + place.encode()).digest()

    @property
    def secret_hash(self) -> bytes:
        """Of 256 random bits: there is nothing to guess, so a fast hash will do."""
        return hashlib.sha256(self.secret).digest()
