"""The secret in the link to a calendar: whose it is, and 256 random bits of which only a hash is stored.

The owner is in it so that looking one up asks for this owner's row, as every other query does.
"""

import base64
import hashlib
import secrets
from typing import NamedTuple, Self
from uuid import UUID

_UUID_BYTES, _RANDOM_BYTES = 16, 32


class Secret(NamedTuple):
    owner_id: UUID
    random: bytes

    @classmethod
    def new(cls, owner_id: UUID) -> Self:
        return cls(owner_id, secrets.token_bytes(_RANDOM_BYTES))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """None for what cannot be one."""
        try:
            content = base64.urlsafe_b64decode(text.encode("ascii"))
        except ValueError:
            return None
        if len(content) != _UUID_BYTES + _RANDOM_BYTES or base64.urlsafe_b64encode(content).decode() != text:
            return None
        return cls(UUID(bytes=content[:_UUID_BYTES]), content[_UUID_BYTES:])

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(self.owner_id.bytes + self.random).decode()

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(self.random).digest()

    def opens(self, stored: bytes) -> bool:
        return secrets.compare_digest(self.hash, stored)
