"""Recognises a browser that has signed in to an account before."""

import asyncio
import hashlib
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.devices import repository
from chassis.database import Database

log = structlog.get_logger()

_NOBODY = UUID(int=0)
_KEPT = timedelta(days=400)
_MOST = 50
_HOUR, _MOST_NEW_ONES = timedelta(hours=1), 4
_HOUSEKEEPING_SECONDS = 86_400


def hash_of(user_id: UUID, secret: str) -> bytes:
    """Another one for each account, so that the table does not tell which accounts share a browser."""
    return hashlib.sha256(user_id.bytes + secret.encode()).digest()


async def is_known(reads: AsyncConnection, user_id: UUID | None, secret: str) -> bool:
    """Does the same work when there is no such account."""
    return await repository.is_known(reads, user_id or _NOBODY, hash_of(user_id or _NOBODY, secret))


async def remember(tx: AsyncConnection, user_id: UUID, secret: str) -> bool:
    """Whether its owner should be told: it is new, not the first one there is, and not one of many within the hour,
    which is what a script that keeps no cookies looks like.
    """
    secret_hash = hash_of(user_id, secret)
    is_new = not await repository.is_known(tx, user_id, secret_hash)
    total, recent = await repository.count(tx, user_id, used_within=_HOUR) if is_new else (0, 0)
    await repository.remember(tx, user_id, secret_hash)
    if total >= _MOST:
        await repository.forget_surplus(tx, user_id, keep=_MOST)
    return total > 0 and recent <= _MOST_NEW_ONES


async def list_last_uses(reads: AsyncConnection, user_id: UUID) -> list[datetime]:
    """One of each browser, the latest first: there is nothing else that its owner could recognise it by."""
    return await repository.list_last_uses(reads, user_id)


async def forget_all(tx: AsyncConnection, user_id: UUID) -> None:
    """Each browser has to prove itself anew."""
    await repository.forget_all(tx, user_id)


async def keep_house(database: Database) -> None:
    """Forget browsers whose cookie is gone. Runs until cancelled."""
    while True:
        async with database.transaction() as tx:
            forgotten = await repository.forget_unused(tx, since=_KEPT)
        log.info("devices.forgotten", count=forgotten)
        await asyncio.sleep(_HOUSEKEEPING_SECONDS)
