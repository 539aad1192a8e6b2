from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.messaging.consumers import Consumers
from contracts.users import UserReclaimed
from todos_service.calendars import service

# Access tokens of sessions that a reset ends are believed a moment longer, and two machines' clocks differ.
_STILL_IN = timedelta(seconds=60)


def add_to(handlers: Consumers) -> None:
    @handlers.on(UserReclaimed)
    async def revoke_link(tx: AsyncConnection, event: UserReclaimed) -> None:
        # What the owner makes later is theirs, however late this event comes.
        await service.revoke_made_between(tx, owner_id=event.user_id, since=event.since, until=event.at + _STILL_IN)
