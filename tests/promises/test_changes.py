"""P4: whoever asks for what came after a number misses nothing, however writers are held up before they commit."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from pydantic import SecretStr
from tests.promises.conftest import Doors
from tests.support.people import Person
from tests.support.promises import Measured, size
from tests.support.system import System

from chassis import database
from chassis.database import Database
from chassis.encryption import KeyRing
from chassis.settings import DatabaseSettings
from todos_service.owners.service import DataKeys
from todos_service.todos import writing
from todos_service.todos.merging import Change, Kind, Operation
from todos_service.todos.writing import Author, Write

pytestmark = pytest.mark.promise("P4")

# The writers of one owner wait for each other, so in full size several owners are written to side by side.
OWNERS = size(quick=1, full=4)
WRITERS = 16
COMMITS = size(quick=400, full=1_000_000)
# The control has shown what it has to long before that.
NAIVE_COMMITS = size(quick=400, full=20_000)
# Most writers commit at once; some are held up, as by a full disk or a slow network. Who is held up holds up the other
# writers of the owner: among a million, one in twenty is enough.
_HELD_UP = size(quick=0.3, full=0.05)
_LONGEST_PAUSE = 0.02
# What the reader leaves between two questions. In full size it is to follow for an hour, not to be the load.
_LONGEST_REST = size(quick=0.02, full=0.2)


async def pause() -> None:
    if random.random() < _HELD_UP:  # noqa: S311 (chance, not a secret)
        await asyncio.sleep(random.uniform(0, _LONGEST_PAUSE))  # noqa: S311


@dataclass
class Reader:
    """Asks again and again for what came after what it has seen."""

    seen: set[UUID] = field(default_factory=set)
    rounds: int = 0

    async def follow(self, ask: Callable[[], Awaitable[set[UUID]]], finished: asyncio.Event) -> None:
        while True:
            was_finished = finished.is_set()
            found = await ask()
            self.seen |= found
            self.rounds += 1
            if was_finished and not found:
                return
            await asyncio.sleep(random.uniform(0, _LONGEST_REST))  # noqa: S311


async def written(write: Callable[[UUID], Awaitable[None]], commits: int, finished: asyncio.Event) -> set[UUID]:
    """What `WRITERS` of them wrote, all at once."""
    todo_ids = [uuid4() for _ in range(commits)]
    left = iter(todo_ids)

    async def write_all() -> None:
        for todo_id in left:
            await write(todo_id)

    try:
        async with asyncio.TaskGroup() as writers:
            for _ in range(WRITERS):
                writers.create_task(write_all())
    finally:
        finished.set()
    return set(todo_ids)


async def try_to_write(db: Database, keys: DataKeys, request: Write) -> bool:
    """False if something took longer than it may, as it can on a busy machine: a todo made again is the same one."""
    try:
        async with db.transaction() as tx:
            await pause()
            await writing.write(tx, keys, request)
            await pause()
    except Exception as error:
        if not database.is_unavailable(error):
            raise
        return False
    return True


@asynccontextmanager
async def todos_database(system: System) -> AsyncIterator[Database]:
    url = SecretStr(system.wiring.databases["todos"])
    async with database.connect(DatabaseSettings(url=url, pool_size=OWNERS * WRITERS)) as db:
        yield db


class Feed:
    """`GET /sync/changes` of a real process."""

    def __init__(self, door: httpx.AsyncClient, person: Person) -> None:
        self._door, self._person = door, person
        self._cursor: str | None = None

    async def __call__(self) -> set[UUID]:
        query = {"limit": "500"} | ({"cursor": self._cursor} if self._cursor else {})
        answer = await self._door.get("/sync/changes", params=query, headers=await self._person.bearer())
        assert answer.status_code == 200, answer.text
        page = answer.json()
        self._cursor = page["cursor"]
        return {UUID(each["id"]) for each in page["changes"]}


@dataclass
class Followed:
    """One owner's changes, by those who make them and by one who follows them."""

    system: System
    doors: Doors
    person: Person
    reader: Reader = field(default_factory=Reader)
    committed: set[UUID] = field(default_factory=set)

    async def happen(self, db: Database, keys: DataKeys) -> None:
        me = (await self.doors.gateway.get("/auth/me", headers=await self.person.bearer())).json()
        author, finished = Author(UUID(me["id"]), uuid4()), asyncio.Event()

        async def write(todo_id: UUID) -> None:
            changes = {"title": Change("Water the plants"), "position": Change("a0")}
            request = Write(author, todo_id, Operation(Kind.CREATE, changes))
            while not await try_to_write(db, keys, request):
                await pause()

        following = asyncio.create_task(self.reader.follow(Feed(self.doors.todos, self.person), finished))
        self.committed = await written(write, COMMITS // OWNERS, finished)
        await following


class TestChanges:
    @pytest.mark.timeout(4 * 3600)
    async def test_are_all_seen_by_whoever_follows_them(
        self, system: System, doors: Doors, newcomers: Callable[[], Awaitable[Person]], measured: Measured
    ) -> None:
        keys = DataKeys(KeyRing.from_file(system.wiring.key_files["todos"]))
        owners = [Followed(system, doors, await newcomers()) for _ in range(OWNERS)]

        async with todos_database(system) as db, asyncio.TaskGroup() as all_at_once:
            for owner in owners:
                all_at_once.create_task(owner.happen(db, keys))

        missed = [len(owner.committed - owner.reader.seen) for owner in owners]
        measured |= {
            "commits": sum(len(owner.committed) for owner in owners),
            "owners": OWNERS,
            "writers_of_each": WRITERS,
            "times_asked": sum(owner.reader.rounds for owner in owners),
            "missed": sum(missed),
        }
        assert missed == [0] * OWNERS
        assert sum(len(owner.reader.seen) for owner in owners) == COMMITS


class TestNaiveCursor:
    """The control: the same writers and the same reader, with numbers from a sequence."""

    @pytest.mark.timeout(1800)
    async def test_misses_some(self, system: System, measured: Measured) -> None:
        reader, finished = Reader(), asyncio.Event()
        async with AsyncExitStack() as stack:
            pool = await stack.enter_async_context(
                asyncpg.create_pool(system.wiring.databases["todos"], min_size=WRITERS + 1, max_size=WRITERS + 1)
            )
            await pool.execute("CREATE TABLE naive (seq bigserial PRIMARY KEY, id uuid)")
            stack.push_async_callback(pool.execute, "DROP TABLE naive")
            last = 0

            async def write(todo_id: UUID) -> None:
                async with pool.acquire() as connection, connection.transaction():
                    await pause()
                    await connection.execute("INSERT INTO naive (id) VALUES ($1)", todo_id)
                    await pause()

            async def ask() -> set[UUID]:
                nonlocal last
                found = await pool.fetch("SELECT seq, id FROM naive WHERE seq > $1 ORDER BY seq", last)
                last = max([last, *(row["seq"] for row in found)])
                return {row["id"] for row in found}

            following = asyncio.create_task(reader.follow(ask, finished))
            committed = await written(write, NAIVE_COMMITS, finished)
            await following

        missed = len(committed - reader.seen)
        measured |= {"commits": len(committed), "missed_with_a_sequence": missed}
        assert missed > 0
