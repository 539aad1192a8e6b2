"""Takes the todos of a file, a batch at a time. What is in stays, should something fail: then all is sent again."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Final
from uuid import UUID

from chassis.database import Database
from todos_service.owners.service import DataKeys
from todos_service.todos.writing import Author
from todos_service.transfer import daybook, importing, todoist, vikunja
from todos_service.transfer.candidates import Candidate, Remark
from todos_service.transfer.reports import Tally
from todos_service.transfer.schemas import Format
from todos_service.transfer.uploads import Pace, Upload

# One transaction, and so long every other write of this owner waits.
_BATCH, _BATCH_OF_CHANGES = 250, 2000
# What other programs write is read as a whole.
_MOST_OF_OTHERS = 8 * 1024 * 1024

_READERS: Final[Mapping[Format, Callable[[Upload, UUID, str], AsyncGenerator[Candidate | Remark]]]] = {
    "daybook": lambda upload, _owner_id, _name: daybook.read(upload),
    "todoist": todoist.read,
    "vikunja": lambda upload, owner_id, _name: vikunja.read(upload, owner_id),
}


async def bring_in(
    database: Database, keys: DataKeys, *, by: Author, upload: Upload, format_: Format, name: str, limit: int
) -> Tally:
    """`limit` is how many todos their owner may have, `name` the project's, for a file that does not tell it.

    Sending a file again changes nothing.
    """
    tally, batch = Tally(), list[Candidate]()
    if format_ != "daybook":
        upload.limit(_MOST_OF_OTHERS)

    async def store() -> None:
        async with database.transaction() as tx:
            await importing.bring_in(tx, keys, by=by, format_=format_, candidates=batch, limit=limit, tally=tally)
        batch.clear()

    pace, changes = Pace(), 0
    async with aclosing(_READERS[format_](upload, by.owner_id, name)) as found:
        async for each in found:
            if isinstance(each, Remark):
                tally.note(each.source, each.losses)
                continue
            changes += each.size
            each.settle()
            batch.append(each)
            if len(batch) >= _BATCH or changes >= _BATCH_OF_CHANGES:
                await store()
                changes = 0
            await pace.rest()
    await store()
    return tally
