"""Published by the auth service."""

from typing import ClassVar
from uuid import UUID

from chassis.messaging.events import Event


class UserRegistered(Event):
    type: ClassVar[str] = "user.registered.v1"

    user_id: UUID
