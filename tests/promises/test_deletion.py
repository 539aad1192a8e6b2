"""P27: a deleted account opens nothing any more at once, and nothing of it is left a moment later.

That it stays deleted when a backup of before is put back is in `test_erasures.py`.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import httpx
import pytest
from tests.promises.conftest import Doors
from tests.promises.test_sign_out import Refused, refused_after, show
from tests.support.belongings import Owner
from tests.support.people import Person, SignedIn
from tests.support.promises import Measured, size
from tests.support.remains import rows_of
from tests.support.system import System

pytestmark = pytest.mark.promise("P27")

ACCOUNTS = size(quick=3, full=100)
# Where other things run too, waiting for a processor is most of it.
GONE_SECONDS = size(quick=30.0, full=5.0)
_GIVE_UP_SECONDS = 60.0


@pytest.fixture
async def todos(system: System) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(system.wiring.databases["todos"])
    yield connection
    await connection.close()


@asynccontextmanager
async def somebody(system: System, doors: Doors) -> AsyncIterator[Owner]:
    app_url = system.wiring.app_url
    async with httpx.AsyncClient(base_url=system.url("gateway"), headers={"Origin": app_url}, timeout=60) as browser:
        person = Person(browser, system.wiring.cookie_name)
        await person.register()
        owner = Owner(person, doors.gateway, app_url)
        # Of everything that todos keeps for anybody.
        await owner.make("todo")
        await owner.make("trash")
        await owner.make("calendar")
        key = {"Idempotency-Key": owner.mark}
        await doors.gateway.post("/todos", json={"title": owner.mark}, headers=await person.bearer() | key)
        yield owner


async def gone_after(todos: asyncpg.Connection, owner_id: UUID) -> float:
    started = time.perf_counter()
    async with asyncio.timeout(_GIVE_UP_SECONDS):
        while await rows_of(todos, owner_id):  # noqa: ASYNC110 (the database tells the service, and not us)
            await asyncio.sleep(0.02)
    return time.perf_counter() - started


async def leave_and_watch(
    leaves: Owner, doors: Doors, todos: asyncpg.Connection, session: SignedIn
) -> tuple[list[Refused], float]:
    """How long each token went on opening a door, of a person and of a program, and how long anything was left."""
    shown = [(door, each) for door in (doors.todos, doors.gateway) for each in (session, await program_of(leaves))]
    assert {(await show(door, each)).status_code for door, each in shown} == {200}

    await leaves.person.delete_account(session)
    gone = asyncio.create_task(gone_after(todos, session.user_id))
    refused = await asyncio.gather(*(refused_after(door, each) for door, each in shown))
    return refused, await gone


async def program_of(owner: Owner) -> SignedIn:
    """What an API token was exchanged for. Nothing refreshes it."""
    return SignedIn(await owner.program("todos:read"), refresh_token="")


class TestDeletedAccount:
    @pytest.mark.timeout(900)
    async def test_opens_nothing_and_leaves_nothing(
        self, system: System, doors: Doors, todos: asyncpg.Connection, measured: Measured
    ) -> None:
        late: list[float] = []
        gone: list[float] = []
        async with somebody(system, doors) as stays:
            stayed = await stays.person.sign_in()
            has = await rows_of(todos, stayed.user_id)
            # The control: of somebody who has done the same, all this is there before and afterwards.
            assert {"todos", "history", "data_keys", "calendars", "operations"} <= has.keys()
            for _ in range(ACCOUNTS):
                async with somebody(system, doors) as leaves:
                    session = await leaves.person.sign_in()
                    assert await rows_of(todos, session.user_id) == has
                    refused, took = await leave_and_watch(leaves, doors, todos, session)
                    assert (await leaves.person.refresh(session)).status_code == 401
                late += [each.late for each in refused]
                gone.append(took)
            assert await rows_of(todos, stayed.user_id) == has
            assert (await stays.person.refresh(stayed)).status_code == 200

        measured |= {"accounts": ACCOUNTS, "max_late_seconds": max(late), "max_gone_seconds": max(gone)}
        assert max(late) < 1
        assert max(gone) < GONE_SECONDS
