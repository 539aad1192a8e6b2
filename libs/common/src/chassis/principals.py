"""Who is calling. Known to every part of a service, also to those that know nothing of tokens and HTTP."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Principal:
    """As far as the token proves."""

    id: UUID
    session_id: UUID
    scopes: frozenset[str]
    issued_at: int
    expires_at: int
    # Which of our keys proves it; None if somebody else does, whose keys may have the same ids.
    key_id: str | None = None
