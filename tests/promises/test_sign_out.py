"""P8: whoever signs out is out everywhere, although every process verifies tokens by itself."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

import httpx
import pytest
from tests.promises.conftest import Doors
from tests.support.people import Person, SignedIn
from tests.support.promises import FULL, Measured, size
from tests.support.system import System

from chassis import tokens
from chassis.settings import TokenSettings

pytestmark = pytest.mark.promise("P8")

LOGOUTS = size(quick=15, full=1000)
# Each takes a second or so.
LOGOUTS_WITHOUT_THE_BUS = size(quick=6, full=1000)
_GIVE_UP_SECONDS = 30.0


async def show(door: httpx.AsyncClient, session: SignedIn) -> httpx.Response:
    return await door.get("/todos", headers=session.bearer)


@dataclass(frozen=True)
class Refused:
    """How long a token went on opening a door, and the longest that any request took meanwhile.

    What a request takes on a busy machine, it takes whether or not it is refused: the promise is about the rest.
    """

    seconds: float
    longest_request: float

    @property
    def late(self) -> float:
        return max(0.0, self.seconds - 2 * self.longest_request)


async def refused_after(door: httpx.AsyncClient, session: SignedIn, *, says: str = "") -> Refused:
    started, longest = time.perf_counter(), 0.0
    async with asyncio.timeout(_GIVE_UP_SECONDS):
        while True:
            asked = time.perf_counter()
            answer = await show(door, session)
            answered = time.perf_counter()
            longest = max(longest, answered - asked)
            if answer.status_code == httpx.codes.UNAUTHORIZED and says in answer.text:
                return Refused(answered - started, longest)
            assert answer.status_code in {200, 401}, answer.text


# What the gateway answers itself; what it passes on from todos is worded in another way.
_SAID_BY_THE_GATEWAY = "The session of this access token is over"


async def closed_after(stream: httpx.Response) -> Refused:
    """How long a stream went on that had been opened before."""
    started = time.perf_counter()
    async with asyncio.timeout(_GIVE_UP_SECONDS):
        async for _ in stream.aiter_raw():
            continue
    return Refused(time.perf_counter() - started, 0.0)


async def sign_out_and_watch(
    doors: Doors, ada: Person, session: SignedIn, *others: httpx.AsyncClient
) -> Sequence[Refused]:
    """How long each verifier took to know, and an open stream of the session to end.

    `others` are processes of todos beside the one that is a door anyway.
    """
    for door in (doors.todos, doors.gateway, *others):
        assert (await show(door, session)).status_code == 200
    async with doors.gateway.stream("GET", "/sync/stream", headers=session.bearer) as stream:
        assert stream.status_code == 200
        assert (await ada.sign_out(session)).status_code == 204
        closed, *refused = await asyncio.gather(
            closed_after(stream),
            refused_after(doors.gateway, session, says=_SAID_BY_THE_GATEWAY),
            *(refused_after(door, session) for door in (doors.todos, *others)),
        )
    return [*refused, replace(closed, longest_request=max(each.longest_request for each in refused))]


async def sign_out_often(doors: Doors, ada: Person, other: httpx.AsyncClient, times: int) -> list[Refused]:
    """For one sign-out after the other, at three verifiers and for a stream."""
    refused: list[Refused] = []
    for _ in range(times):
        refused += await sign_out_and_watch(doors, ada, await ada.sign_in(), other)
    return refused


@pytest.fixture(scope="module")
async def other_todos(system: System) -> AsyncIterator[httpx.AsyncClient]:
    """Another process of the same service, which learns for itself who has signed out."""
    async with system.another("todos-api") as other, httpx.AsyncClient(base_url=other.url, timeout=60) as door:
        yield door


def figures(refused: Sequence[Refused]) -> dict[str, float]:
    ordered = sorted(each.seconds for each in refused)
    return {
        "refusals": len(ordered),
        "median_seconds": round(statistics.median(ordered), 4),
        "p99_seconds": round(ordered[round(0.99 * (len(ordered) - 1))], 4),
        "max_seconds": round(ordered[-1], 4),
        "max_late_seconds": round(max(each.late for each in refused), 4),
    }


class TestSigningOut:
    @pytest.mark.timeout(900)
    async def test_holds_everywhere_at_once(
        self, doors: Doors, ada: Person, other_todos: httpx.AsyncClient, measured: Measured
    ) -> None:
        refused = await sign_out_often(doors, ada, other_todos, LOGOUTS)

        measured |= figures(refused)
        assert max(each.late for each in refused) < 1
        # Asking every second alone would take half a second on average: this is the bus.
        assert statistics.median(each.late for each in refused) < 0.25
        assert not FULL or (measured["p99_seconds"] < 0.25 and measured["max_seconds"] < 1)

    @pytest.mark.timeout(900)
    async def test_holds_within_two_seconds_without_the_bus(
        self, system: System, doors: Doors, ada: Person, other_todos: httpx.AsyncClient, measured: Measured
    ) -> None:
        await system.bus.refuse()
        try:
            refused = await sign_out_often(doors, ada, other_todos, LOGOUTS_WITHOUT_THE_BUS)
        finally:
            await system.bus.start()

        measured |= figures(refused)
        assert max(each.late for each in refused) < 2
        assert not FULL or measured["max_seconds"] < 2

    async def test_holds_while_nothing_is_published(self, system: System, doors: Doors, ada: Person) -> None:
        """A bus that is there and silent."""
        async with system.paused("auth-worker"):
            refused = await sign_out_and_watch(doors, ada, await ada.sign_in())

        assert max(each.late for each in refused) < 2

    async def test_is_what_the_token_by_itself_would_not_tell(self, system: System, doors: Doors, ada: Person) -> None:
        """The control: the same token, before a verifier that knows nothing of revocations."""
        session = await ada.sign_in()
        await sign_out_and_watch(doors, ada, session)

        jwks_url = f"{system.url('auth-api')}/.well-known/jwks.json"
        async with tokens.connect(TokenSettings(issuer=system.wiring.api_url, jwks_url=jwks_url)) as forgetful:
            assert (await forgetful.verify(session.access_token)).scopes


class TestRestarting:
    @pytest.mark.timeout(900)
    @pytest.mark.parametrize("name", ["todos-api", "gateway"])
    async def test_never_lets_in_who_has_signed_out(self, system: System, doors: Doors, ada: Person, name: str) -> None:
        door = {"todos-api": doors.todos, "gateway": doors.gateway}[name]
        session, other = await ada.sign_in(), await ada.sign_in()
        await sign_out_and_watch(doors, ada, session)

        await system.restart(name)
        async with asyncio.timeout(300):
            seen = await answers_until_let_in(door, session, other)

        assert 200 not in seen
        assert 401 in seen

    @pytest.mark.timeout(900)
    async def test_believes_nobody_before_auth_has_been_asked(self, system: System, doors: Doors, ada: Person) -> None:
        session, other = await ada.sign_in(), await ada.sign_in()
        await sign_out_and_watch(doors, ada, session)

        async with system.paused("auth-api"):
            await system.restart("todos-api")
            seen = {await eventually_answers(doors.todos, each) for each in (session, other)}
        await system.until_ready("todos-api")

        assert seen == {503}
        assert (await show(doors.todos, other)).status_code == 200


async def answers_until_let_in(door: httpx.AsyncClient, out: SignedIn, within: SignedIn) -> set[int]:
    """All that one token is answered until the other one is let in."""
    seen: set[int] = set()
    while True:
        try:
            seen.add((await show(door, out)).status_code)
            if (await show(door, within)).status_code == httpx.codes.OK:
                return seen | {(await show(door, out)).status_code}
        except httpx.TransportError:
            await asyncio.sleep(0.01)  # nobody listens yet


async def eventually_answers(door: httpx.AsyncClient, session: SignedIn) -> int:
    async with asyncio.timeout(300):
        while True:
            try:
                return (await show(door, session)).status_code
            except httpx.TransportError:
                await asyncio.sleep(0.05)
