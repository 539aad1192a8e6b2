"""Codes on paper, for the day the phone is gone. Each is good once."""

import hashlib
import re
import secrets
from uuid import UUID

COUNT = 10
# Crockford's base 32: no letter that is read as a digit, and none that makes words.
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_GROUPS, _GROUP = 4, 4
_READ_AS = str.maketrans({"o": "0", "i": "1", "l": "1"})
_SHAPE = re.compile(f"[{_LETTERS}]{{{_GROUPS * _GROUP}}}")


def new_codes() -> list[str]:
    """`7k2m-x9qa-…`: 80 random bits each, more than anybody can try, even with the hashes."""
    return ["-".join(_random(_GROUP) for _ in range(_GROUPS)) for _ in range(COUNT)]


def hash_of(user_id: UUID, text: str) -> bytes | None:
    """However it was typed; None for what cannot be a code. Another one for each person."""
    code = re.sub(r"[\s-]", "", text).lower().translate(_READ_AS)
    return hashlib.sha256(user_id.bytes + code.encode()).digest() if _SHAPE.fullmatch(code) else None


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))
