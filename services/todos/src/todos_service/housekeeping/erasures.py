"""Removes the rows of owners who were erased. What is in them cannot be read since their key was destroyed."""

from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from chassis.database import Database
from todos_service.calendars.models import Calendar
from todos_service.owners import repository as owners
from todos_service.tables import Table
from todos_service.todos.models import HistoryRow, OperationRow, Todo

log = structlog.get_logger()

_BATCH = 2000
_POLL_SECONDS = 5.0
# Each with what tells an owner's rows apart.
_ROWS = (
    (Todo, Todo.id),
    (HistoryRow, HistoryRow.seq),
    (OperationRow, OperationRow.op_id),
    (Calendar, Calendar.secret_hash),
)


async def purge(database: Database) -> None:
    """Remove what is to be removed, as soon as it is. Runs until the database goes away, and then raises."""
    async with database.listening(owners.ERASURES) as bell:
        while True:
            while await purge_some(database):
                continue
            await bell.wait(_POLL_SECONDS)


async def purge_some(database: Database, *, batch: int = _BATCH) -> bool:
    """Some rows of one owner, few enough for one statement's time. False if nothing is left to remove."""
    async with database.transaction() as tx:
        owner_id = await owners.find_erasure(tx)
        if owner_id is None:
            return False
        removed = [await _remove(tx, table, key, owner_id, batch) for table, key in _ROWS]
        if not any(removed):
            await owners.end_erasure(tx, owner_id=owner_id)
            log.info("owner.purged", owner_id=str(owner_id))
    return True


async def _remove(
    tx: AsyncConnection, table: type[Table], key: InstrumentedAttribute[Any], owner: UUID, most: int
) -> int:
    """Returns how many there were."""
    of_owner = table.__table__.c.owner_id == owner
    some = select(key).where(of_owner).limit(most)
    return (await tx.execute(delete(table).where(of_owner, key.in_(some)))).rowcount
