"""What is removed, and when. Each step removes a few rows in a transaction of its own, until there are none."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from prometheus_client import CollectorRegistry

from chassis import metrics
from chassis.database import Database
from todos_service.housekeeping import repository

log = structlog.get_logger()

# How long the text of a deleted todo can be brought back; after that nobody can read it any more.
TRASH: Final = timedelta(days=30)
# How long a device that was away still hears what was deleted.
TOMBSTONES: Final = timedelta(days=90)
# How long an operation that is sent again is known.
OPERATIONS: Final = timedelta(days=30)
# How long an event that is delivered again is known.
EVENTS: Final = timedelta(days=30)

_EVERY_SECONDS = 600.0
_AGAIN_SECONDS = 30.0
_BATCH = 500
# As many changes as a statement removes in its time, of a todo that may have had any number of them.
_PAST = 2000


@dataclass(frozen=True, slots=True)
class Round:
    """Once through everything. What is old is what was so when it began."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    # So many are removed at a time.
    batch: int = _BATCH
    # Owners of whom something could not be removed: all others do not wait for that.
    failed: set[UUID] = field(default_factory=set)


# Removes what is old, some of it at a time, and says how many those were.
Step = Callable[[Database, Round], AsyncIterator[int]]


async def purge_trash(database: Database, this: Round) -> AsyncIterator[int]:
    before = this.now - TRASH
    while True:
        async with database.transaction() as tx:
            owner_id = await repository.find_owner_of_trash(tx, before=before, but=this.failed)
        if owner_id is None:
            return
        removed = 0
        async with _going_on(this, owner_id, "trash"):
            removed = await _purge(database, this, owner_id)
        yield removed


async def _purge(database: Database, this: Round, owner_id: UUID) -> int:
    while True:
        async with database.transaction() as tx:
            await repository.keep_waiting(tx, owner_id=owner_id)
            todos = await repository.list_trash(tx, owner_id=owner_id, before=this.now - TRASH, limit=this.batch)
            await repository.empty_deletes(tx, owner_id=owner_id, todos=todos)
            past = await repository.remove_past(tx, owner_id=owner_id, todos=todos, limit=_PAST)
            if past < _PAST:
                await repository.mark_as_purged(tx, owner_id=owner_id, todos=todos, at=this.now)
                return len(todos)


async def remove_tombstones(database: Database, this: Round) -> AsyncIterator[int]:
    before = this.now - TOMBSTONES
    while True:
        async with database.transaction() as tx:
            owner_id = await repository.find_owner_of_tombstones(tx, before=before, but=this.failed)
        if owner_id is None:
            return
        removed = 0
        async with _going_on(this, owner_id, "tombstones"), database.transaction() as tx:
            await repository.keep_waiting(tx, owner_id=owner_id)
            removed = await repository.remove_tombstones(tx, owner_id=owner_id, before=before, limit=this.batch)
        yield removed


@asynccontextmanager
async def _going_on(this: Round, owner_id: UUID, what: str) -> AsyncIterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001 (whatever is wrong with this owner's, the others' is to be removed)
        log.error("housekeeping.owner_failed", what=what, owner_id=str(owner_id), error=_told(error))  # noqa: TRY400
        this.failed.add(owner_id)


async def remove_operations(database: Database, this: Round) -> AsyncIterator[int]:
    removed = this.batch
    while removed:
        async with database.transaction() as tx:
            removed = await repository.remove_operations(tx, before=this.now - OPERATIONS, limit=this.batch)
        yield removed


async def remove_handled_events(database: Database, this: Round) -> AsyncIterator[int]:
    removed = this.batch
    while removed:
        async with database.transaction() as tx:
            removed = await repository.remove_handled_events(tx, before=this.now - EVENTS, limit=this.batch)
        yield removed


STEPS: Final[Mapping[str, Step]] = {
    "trash": purge_trash,
    "tombstones": remove_tombstones,
    "operations": remove_operations,
    "events": remove_handled_events,
}


class Tally:
    """What this process has removed since it began, for whoever asks how it is."""

    def __init__(self) -> None:
        self.removed: Counter[str] = Counter()
        self.finished_at: datetime | None = None
        # Of the last round: how many owners' and steps' worth is still there.
        self.failed = 0

    def be_watched(self, registry: CollectorRegistry) -> None:
        """The same for Prometheus. A round that never ends shows in the time of the last one."""
        removed = "What housekeeping has removed since this process began: todos, results of operations, events"
        metrics.watch_each(registry, "housekeeping_removed", removed, "what", self._removed)
        failed = "What the last round could not remove: owners and steps"
        metrics.watch(registry, "housekeeping_failed", failed, lambda: self.failed)
        finished = "When the last round was over, in seconds since 1970; 0 before the first"
        metrics.watch(registry, "housekeeping_finished_seconds", finished, self._finished_seconds)

    def _removed(self) -> dict[str, float]:
        return {name: self.removed[name] for name in STEPS}

    def _finished_seconds(self) -> float:
        return self.finished_at.timestamp() if self.finished_at else 0.0

    def report(self) -> dict[str, Any]:
        finished = self.finished_at.isoformat(timespec="seconds") if self.finished_at else None
        return {
            "finished_at": finished,
            "removed": self._removed(),
            "failed": self.failed,
        }


async def clean_up(database: Database, tally: Tally, *, batch: int = _BATCH) -> bool:
    """Once through everything, whatever goes wrong with some of it. Whether nothing did."""
    this, failed = Round(batch=batch), 0
    for name, step in STEPS.items():
        before = tally.removed[name]
        try:
            async for some in step(database, this):
                tally.removed[name] += some
        except Exception as error:  # noqa: BLE001 (the next steps have nothing to do with it)
            log.error("housekeeping.failed", what=name, error=_told(error))  # noqa: TRY400 (that is all there is)
            failed += 1
        if tally.removed[name] > before:
            log.info("housekeeping.removed", what=name, count=tally.removed[name] - before)
    tally.finished_at, tally.failed = datetime.now(UTC), failed + len(this.failed)
    return tally.failed == 0


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


async def keep_house(database: Database, tally: Tally) -> None:
    """Runs until cancelled, and tries again soon what could not be done."""
    while True:
        is_clean = await clean_up(database, tally)
        await asyncio.sleep(_EVERY_SECONDS if is_clean else _AGAIN_SECONDS)
