"""Published by the auth service."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from chassis.messaging.events import Event


class SessionRevoked(Event):
    """Tokens are to be refused before they expire: those of one session, or, without one, of everything that was
    issued to the person before `not_before`.

    With a `kid` it is everything that this key has signed, and the ids are nobody's, so that a reader who knows nothing
    of keys refuses nobody.

    Numbered without a gap within an epoch: see `chassis.revocation`, which is who reads it.
    """

    type: ClassVar[str] = "session.revoked.v1"

    epoch: UUID
    sequence: int
    user_id: UUID
    session_id: UUID | None
    not_before: AwareDatetime | None
    until: AwareDatetime
    reason: str
    kid: str | None = None
