"""P11: signing keys change while everything runs, and nobody's request fails for it."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import cycle, islice

import pytest
from pydantic import SecretStr
from tests.promises.conftest import Doors
from tests.support.people import Person, SignedIn
from tests.support.promises import FULL, Measured, size
from tests.support.system import System

from auth_service import vault
from auth_service.keys import rotation
from auth_service.keys.rotation import PUBLISH_AHEAD
from auth_service.settings import KeySettings, SigningAlgorithm
from chassis.encryption import KeyRing
from chassis.settings import DatabaseSettings

pytestmark = pytest.mark.promise("P11")

# The last one is what every other test expects.
ALGORITHMS: tuple[SigningAlgorithm, ...] = ("PS256", "EdDSA", "RS256") if FULL else ("PS256", "RS256")
ROTATIONS = size(quick=1, full=21)
CLIENTS = 4
# Enough requests to meet every change; in full size, as many as there can be.
PAUSE_SECONDS = size(quick=1.0, full=0.0)
# Full runs have a machine to themselves. Elsewhere it may have too much to do and be late, which has nothing to do with
# keys and is said in other words.
FINE = {200} if FULL else {200, 503, 504}
# Until the processes that sign have noticed: they look every second.
NOTICED_SECONDS = 3
# A verifier asks for keys it does not know twice a minute at most, and may have asked just before this one was there.
# Here a key is published for as long as both take, instead of the quarter of an hour that `rotation` demands.
PUBLISHED_SECONDS = NOTICED_SECONDS + 31


async def rotate(system: System, algorithm: SigningAlgorithm) -> None:
    """What the worker does when it is time, at a time that has not come yet."""
    ring = KeyRing.from_file(system.wiring.key_files["auth"])
    settings = KeySettings(algorithm=algorithm)
    async with vault.connect(DatabaseSettings(url=SecretStr(system.wiring.databases["auth"])), ring) as db:
        await rotation.prepare(db, ring, settings, at=datetime.now(UTC))
        await asyncio.sleep(PUBLISHED_SECONDS)
        async with db.transaction() as tx:
            await rotation.rotate(tx, at=datetime.now(UTC) + PUBLISH_AHEAD)
        await rotation.make_missing(db, ring, algorithm, at=datetime.now(UTC))
    await asyncio.sleep(NOTICED_SECONDS)


@asynccontextmanager
async def busy(doors: Doors, ada: Person) -> AsyncIterator[Counter[int]]:
    """People who refresh their token and use it at both doors, over and over. What they are answered."""
    answers: Counter[int] = Counter()
    done = asyncio.Event()

    async def use(session: SignedIn) -> None:
        while not done.is_set():
            refreshed = await ada.refresh(session)
            answers[refreshed.status_code] += 1
            session = ada.holding(refreshed) if refreshed.is_success else session
            for door in (doors.todos, doors.gateway):
                answers[(await door.get("/todos", headers=session.bearer)).status_code] += 1
            await asyncio.sleep(PAUSE_SECONDS)

    sessions = [await ada.sign_in() for _ in range(CLIENTS)]
    async with asyncio.TaskGroup() as people:
        for each in sessions:
            people.create_task(use(each))
        yield answers
        done.set()


class TestRotation:
    @pytest.mark.timeout(900)
    async def test_is_noticed_by_nobody(self, system: System, doors: Doors, ada: Person, measured: Measured) -> None:
        begun = time.monotonic()
        async with busy(doors, ada) as answers:
            for algorithm in islice(cycle(ALGORITHMS), ROTATIONS):
                await rotate(system, algorithm)

        rate = answers.total() / (time.monotonic() - begun)
        measured |= {"rotations": ROTATIONS, "answers": dict(answers), "requests_per_second": round(rate, 1)}
        assert answers[200] > 10 * ROTATIONS
        assert set(answers) <= FINE
