"""How far an owner's stream has come, and the one place that learns when it has moved.

Whoever writes says so in their transaction (`moved`). A database made by `announcing` passes that on when the
transaction has been committed, so that no write can forget it, and none that failed is told of.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Database

_MOVED: Final = "todos_service.heads"


class Head(NamedTuple):
    """The epoch is nobody else's, so two owners' heads are never the same."""

    epoch: UUID
    number: int


# Takes what it is told and returns at once. Nothing may depend on what becomes of it.
Announce = Callable[[UUID, Head], None]


def moved(tx: AsyncConnection, owner_id: UUID, head: Head) -> None:
    tx.info.setdefault(_MOVED, {})[owner_id] = head


class AnnouncingDatabase(Database):
    def __init__(self, database: Database, announce: Announce) -> None:
        super().__init__(database.engine)
        self._announce = announce

    def transaction(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return self._transaction()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        async with super().transaction() as tx:
            # The connection may have been somebody's whose transaction failed.
            tx.info.pop(_MOVED, None)
            yield tx
            heads: dict[UUID, Head] = tx.info.pop(_MOVED, {})
        for owner_id, head in heads.items():
            self._announce(owner_id, head)
