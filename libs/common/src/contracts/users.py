"""Published by the auth service."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from chassis.messaging.events import Event


class UserRegistered(Event):
    type: ClassVar[str] = "user.registered.v1"

    user_id: UUID


class UserDeleted(Event):
    """Whoever keeps something of this person makes it unreadable, and then removes it."""

    type: ClassVar[str] = "user.deleted.v1"

    user_id: UUID


class UserReclaimed(Event):
    """Its owner took the account back by mail: what lets others in without signing in goes, if it was made lately."""

    type: ClassVar[str] = "user.reclaimed.v1"

    user_id: UUID
    # What is older stays; null if nothing does, because nobody had proved before whose account it is.
    since: AwareDatetime | None
    at: AwareDatetime


class UserPasswordChanged(Event):
    """Also when it was forgotten and chosen anew."""

    type: ClassVar[str] = "user.password_changed.v1"

    user_id: UUID
