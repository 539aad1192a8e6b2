"""Published by the auth service."""

from typing import ClassVar
from uuid import UUID

from chassis.messaging.events import Event


class UserRegistered(Event):
    type: ClassVar[str] = "user.registered.v1"

    user_id: UUID


class UserDeleted(Event):
    """Whoever keeps something of this person makes it unreadable, and then removes it."""

    type: ClassVar[str] = "user.deleted.v1"

    user_id: UUID


class UserPasswordChanged(Event):
    """Also when it was forgotten and chosen anew."""

    type: ClassVar[str] = "user.password_changed.v1"

    user_id: UUID
