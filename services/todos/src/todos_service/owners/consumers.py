from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.encryption import KeyRing
from chassis.messaging.consumers import Consumers
from contracts.users import UserDeleted, UserRegistered
from todos_service.owners import service


def consumers(ring: KeyRing) -> Consumers:
    handlers = Consumers()

    @handlers.on(UserRegistered)
    async def add_owner(tx: AsyncConnection, event: UserRegistered) -> None:
        # The first write may have been quicker: it makes the owner too.
        await service.add(tx, ring, owner_id=event.user_id)

    @handlers.on(UserDeleted)
    async def erase_owner(tx: AsyncConnection, event: UserDeleted) -> None:
        # What this leaves is unreadable; `todos.purging` removes it.
        await service.erase(tx, owner_id=event.user_id)

    return handlers
