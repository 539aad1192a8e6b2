"""P20: whoever tries to sign in as fast as they can slows nobody down who is signed in."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import NamedTuple

import httpx
import pytest
from tests.support.flood import Flood
from tests.support.people import Person, SignedIn
from tests.support.promises import Measured, size
from tests.support.system import COSTLY, Another, System

from gateway import table

pytestmark = pytest.mark.promise("P20")

SECONDS = size(quick=5, full=30)
# Quick: more than a slow machine can hash, fewer than it can turn away.
A_SECOND = size(quick=10, full=500)
# Of the fifty answers of a quick run the slowest one says more about the machine than about a flood.
PERCENTILE = size(quick=50, full=99)
# As much as a machine may be slower under the flood that is slow when it is calm; full runs have one to themselves.
SLOWER = size(quick=40, full=4)


# What somebody who is signed in may have to wait, in a full run.
READ_SECONDS, REFRESH_SECONDS = 0.1, 0.2


class Entrance(NamedTuple):
    auth: Another
    gateway: Another


class Waits(NamedTuple):
    """Seconds."""

    read: float
    refresh: float


def most(promised: float, calm: float) -> float:
    return max(promised, SLOWER * calm)


async def percentile(ask: Callable[[], Awaitable[httpx.Response]], seconds: float) -> float:
    """Seconds that a person waits who asks ten times a second, and is always answered."""
    took: list[float] = []
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        asked = time.perf_counter()
        answer = await ask()
        took.append(time.perf_counter() - asked)
        assert answer.status_code == 200, answer.text
        await asyncio.sleep(0.1)
    return sorted(took)[round(PERCENTILE / 100 * (len(took) - 1))]


@pytest.fixture
async def entrance(system: System) -> AsyncIterator[Entrance]:
    """A gateway before an auth that hashes as it does outside of tests: that is what a flood has to be about.

    And it counts the sign-ins of an address as it does there.
    """
    sign_in = table.read().policies["sign-in"]
    as_it_comes = {"GATEWAY_LIMITS__SIGN_IN": f"{sign_in.quota}/{sign_in.seconds}"}
    async with (
        system.another("auth-api", **COSTLY) as auth,
        # It believes what a proxy says of addresses, so that the flood can come from everywhere.
        system.another("gateway", GATEWAY_AUTH_URL=auth.url, GATEWAY_TRUSTED_HOPS="1", **as_it_comes) as gateway,
    ):
        yield Entrance(auth, gateway)


@pytest.fixture
async def ada(system: System, entrance: Entrance) -> AsyncIterator[Person]:
    headers = {"Origin": system.wiring.app_url, "X-Forwarded-For": "203.0.113.7"}
    async with httpx.AsyncClient(base_url=entrance.gateway.url, headers=headers, timeout=60) as browser:
        person = Person(browser, system.wiring.cookie_name)
        await person.register()
        yield person


@dataclass
class SignedInPerson:
    """Somebody who reads and refreshes."""

    ada: Person
    session: SignedIn

    async def read(self) -> httpx.Response:
        return await self.ada.browser.get("/todos", headers=self.session.bearer)

    async def refresh(self) -> httpx.Response:
        answer = await self.ada.refresh(self.session)
        self.session = self.ada.holding(answer)
        return answer

    async def waits(self, seconds: float = SECONDS) -> Waits:
        return Waits(*await asyncio.gather(percentile(self.read, seconds), percentile(self.refresh, seconds)))


class TestFlood:
    @pytest.mark.timeout(900)
    @pytest.mark.parametrize("from_everywhere", [False, True], ids=["from one address", "from everywhere"])
    async def test_does_not_slow_down_who_is_signed_in(
        self, system: System, entrance: Entrance, ada: Person, measured: Measured, *, from_everywhere: bool
    ) -> None:
        person = SignedInPerson(ada, await ada.sign_in())
        flood = Flood(entrance.gateway.port, system.wiring.app_url, A_SECOND, SECONDS, from_everywhere)

        calm = await person.waits()
        answers, flooded = await asyncio.gather(flood.send(), person.waits())

        measured |= {"guesses_per_second": A_SECOND, "answers": dict(answers), "percentile": PERCENTILE}
        measured |= {"calm_seconds": calm._asdict(), "flood_seconds": flooded._asdict()}
        # Looked at, turned away, or told that it takes too long on this machine; never an error that nobody foresaw.
        assert set(answers) <= {"401", "429", "503", "504"}
        assert answers.total() == A_SECOND * SECONDS
        assert flooded.read < most(READ_SECONDS, calm.read)
        assert flooded.refresh < most(REFRESH_SECONDS, calm.refresh)

    @pytest.mark.timeout(900)
    async def test_would_be_noticed_if_it_stopped_those_who_answer(
        self, entrance: Entrance, ada: Person, measured: Measured
    ) -> None:
        """The control: an auth that hashes where it answers stands still as long as that takes."""
        person = SignedInPerson(ada, await ada.sign_in())
        calm = await person.waits()
        # No longer than the gateway waits.
        still = min(4.0, 2 * most(REFRESH_SECONDS, calm.refresh))

        async def stand_still_now_and_then() -> None:
            while True:
                async with entrance.auth.paused():
                    await asyncio.sleep(still)
                # Time for what has waited, and for one more answer at most: whoever waits asks again after a tenth.
                await asyncio.sleep(0.1)

        standing_still = asyncio.create_task(stand_still_now_and_then())
        try:
            stopped = await person.waits(max(SECONDS, 4 * still))
        finally:
            standing_still.cancel()

        measured |= {"percentile": PERCENTILE, "calm_seconds": calm._asdict(), "stopped_seconds": stopped._asdict()}
        assert stopped.refresh >= most(REFRESH_SECONDS, calm.refresh)
