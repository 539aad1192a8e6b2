from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.encryption import KeyRing
from chassis.messaging.consumers import Consumers
from contracts.users import UserDeleted, UserRegistered
from todos_service.owners import service
from todos_service.owners.ledger import Ledger


def consumers(ring: KeyRing, ledger: Ledger | None) -> Consumers:
    handlers = Consumers()

    @handlers.on(UserRegistered)
    async def add_owner(tx: AsyncConnection, event: UserRegistered) -> None:
        # The first write may have been quicker: it makes the owner too.
        await service.add(tx, ring, owner_id=event.user_id)

    @handlers.on(UserDeleted)
    async def erase_owner(tx: AsyncConnection, event: UserDeleted) -> None:
        # Written down first: should the transaction fail, it is tried again and stands there twice.
        if ledger is not None:
            await ledger.add(event.user_id)
        # What this leaves is unreadable; `housekeeping.erasures` removes it.
        await service.erase(tx, owner_id=event.user_id)

    return handlers
