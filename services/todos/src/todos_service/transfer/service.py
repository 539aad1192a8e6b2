"""Reads a file to its end, a batch of todos at a time. What is in by then stays, should the rest not follow."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final
from uuid import UUID

from chassis.database import Database
from todos_service.owners.service import DataKeys
from todos_service.todos.writing import Author
from todos_service.transfer import daybook, importing, todoist, vikunja
from todos_service.transfer.candidates import Candidate
from todos_service.transfer.importing import Tally
from todos_service.transfer.schemas import Format
from todos_service.transfer.uploads import Pace, Upload

# One transaction, and so long every other write of this owner waits.
_BATCH, _BATCH_OF_CHANGES = 250, 2000
# What other programs write is read as a whole.
_MOST_OF_OTHERS = 8 * 1024 * 1024

_READERS: Final[Mapping[Format, Callable[[Upload, UUID], AsyncIterator[Candidate]]]] = {
    "daybook": lambda upload, _: daybook.read(upload),
    "todoist": todoist.read,
    "vikunja": vikunja.read,
}


async def bring_in(
    database: Database, keys: DataKeys, *, by: Author, upload: Upload, format_: Format, limit: int
) -> Tally:
    """`limit` is how many todos their owner may have. Sending the same file again changes nothing."""
    tally, batch = Tally(), list[Candidate]()
    if format_ != "daybook":
        upload.limit(_MOST_OF_OTHERS)

    async def store() -> None:
        async with database.transaction() as tx:
            await importing.bring_in(tx, keys, by=by, candidates=batch, limit=limit, tally=tally)
        batch.clear()

    pace, changes = Pace(), 0
    async for candidate in _READERS[format_](upload, by.owner_id):
        changes += candidate.size
        candidate.settle()
        batch.append(candidate)
        if len(batch) >= _BATCH or changes >= _BATCH_OF_CHANGES:
            await store()
            changes = 0
        await pace.rest()
    await store()
    return tally
