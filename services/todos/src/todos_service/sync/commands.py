"""`python -m todos_service streams renew`."""

import asyncio
import sys
from uuid import UUID

from sqlalchemy import func, select, update

from chassis import database
from chassis.database import Database
from todos_service.owners.models import Stream
from todos_service.settings import Settings
from todos_service.todos.models import Todo

# More than anybody has written to one todo since the backup.
_LEAP = 1_000_000


def renew(settings: Settings) -> None:
    """After a restore: every device begins again, and no version of before stands for what is there now."""
    renewed = asyncio.run(_renew(settings))
    sys.stdout.write(f"{renewed} owners begin a new epoch\n")


async def _renew(settings: Settings) -> int:
    async with database.connect(settings.database, seconds=database.PATIENT_SECONDS) as db:
        async with db.reads() as reads:
            owner_ids = (await reads.scalars(select(Stream.owner_id))).all()
        for owner_id in owner_ids:
            await _begin_anew(db, owner_id)
    return len(owner_ids)


async def _begin_anew(db: Database, owner_id: UUID) -> None:
    """A device that saw version 7 before, and a device that writes version 7 now, do not mean the same one."""
    async with db.transaction() as tx:
        await tx.execute(update(Stream).where(Stream.owner_id == owner_id).values(epoch=func.gen_random_uuid()))
        await tx.execute(update(Todo).where(Todo.owner_id == owner_id).values(version=Todo.version + _LEAP))
