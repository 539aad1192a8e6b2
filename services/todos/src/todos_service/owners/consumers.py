from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.encryption import KeyRing
from chassis.messaging.consumers import Consumers
from contracts.users import UserRegistered
from todos_service.owners import service


def consumers(ring: KeyRing) -> Consumers:
    handlers = Consumers()

    @handlers.on(UserRegistered)
    async def add_owner(tx: AsyncConnection, event: UserRegistered) -> None:
        # The first write may have been quicker: it makes the owner too.
        await service.add(tx, ring, owner_id=event.user_id)

    return handlers
