"""Makes and revokes the link to a calendar, and shows it to whoever has the link."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Database
from todos_service.calendars import repository
from todos_service.calendars.errors import CalendarNotFound
from todos_service.calendars.icalendar import Calendar
from todos_service.calendars.links import Secret
from todos_service.owners.heads import Head
from todos_service.owners.service import DataKeys
from todos_service.todos import opening, writing

log = structlog.get_logger()

_PAGE = 200


class Made(NamedTuple):
    secret: Secret
    created_at: datetime


class Shown(NamedTuple):
    """`content` is None for a reader who has it already."""

    head: Head
    content: AsyncIterator[bytes] | None


async def make(tx: AsyncConnection, keys: DataKeys, *, owner_id: UUID) -> Made:
    """A new link; an older one leads nowhere from now on."""
    await writing.hold(tx, keys, owner_id=owner_id)
    secret = Secret.new(owner_id)
    return Made(secret, await repository.store(tx, owner_id=owner_id, secret_hash=secret.hash))


async def find_since(reads: AsyncConnection, *, owner_id: UUID) -> datetime | None:
    row = await repository.find(reads, owner_id=owner_id)
    return row.created_at if row else None


async def revoke(tx: AsyncConnection, *, owner_id: UUID) -> None:
    await repository.remove(tx, owner_id=owner_id)


async def revoke_made_between(tx: AsyncConnection, *, owner_id: UUID, since: datetime | None, until: datetime) -> None:
    """Without `since`, of any age."""
    if await repository.remove_made_between(tx, owner_id=owner_id, since=since, until=until):
        log.info("calendar.revoked", owner_id=str(owner_id), by="reset")


async def show(database: Database, keys: DataKeys, *, secret: str, known: Head | None) -> Shown:
    """The todos that are still to be done and have a due date."""
    parsed = Secret.parse(secret)
    if parsed is None:
        raise CalendarNotFound
    async with database.reads() as reads:
        row = await repository.find(reads, owner_id=parsed.owner_id)
    if row is None or not parsed.opens(row.secret_hash):
        raise CalendarNotFound
    head = Head(row.epoch, row.head)
    return Shown(head, None if head == known else _write(database, keys, parsed.owner_id, head.epoch))


async def _write(database: Database, keys: DataKeys, owner_id: UUID, epoch: UUID) -> AsyncIterator[bytes]:
    """A page at a time, each a read of its own: a slow reader keeps nothing open, and few todos are in memory."""
    calendar, after = Calendar(at=datetime.now(UTC)), None
    content = calendar.begin()
    while True:
        async with database.reads() as reads:
            rows = await repository.list_due(reads, owner_id=owner_id, after=after, limit=_PAGE)
            newest = max((each.key_version for each in rows), default=1)
            owner_keys = await opening.owner_keys(reads, keys, owner_id=owner_id, epoch=epoch, at_least=newest)
        content += b"".join(calendar.event(opening.open_todo(each, owner_keys)) for each in rows)
        if len(rows) < _PAGE:
            yield content + calendar.end()
            return
        yield content
        content, after = b"", (rows[-1].due, rows[-1].id)
