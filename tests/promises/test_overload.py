"""P19: ten times as many requests as a service can stand are turned away quickly, and it goes on working meanwhile."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send
from tests.support.gateways import Gateway, gateway_before
from tests.support.promises import FULL, Measured, size
from tests.support.servers import Service, respond, serving
from tests.support.tokens import Issuer

pytestmark = pytest.mark.promise("P19")

# A service that takes a fifth of a second and does two at a time: ten a second, whatever the machine does beside.
_AT_ONCE, _TAKES = 2, 0.2
CAPACITY = _AT_ONCE / _TAKES
OVERLOAD, SECONDS = 10, size(quick=5.0, full=60.0)
# As much as can be served again, and how soon all of a second's requests have to be.
CALM, AFTER_SECONDS, RECOVERED_SECONDS = 0.8, 5.0, 3.0


@pytest.fixture
async def door(redis_url: str, token_issuer: Issuer, tmp_path: Path) -> AsyncIterator[Gateway]:
    room, service = asyncio.Semaphore(_AT_ONCE), Service()

    async def answer(_: Scope, __: Receive, send: Send) -> None:
        async with room:
            await asyncio.sleep(_TAKES)
            await respond(send, b"done")

    service.answer = answer
    async with (
        serving(service) as port,
        gateway_before(
            f"http://127.0.0.1:{port}",
            redis_url=redis_url,
            issuer=token_issuer,
            folder=tmp_path,
            GATEWAY_REQUESTS_AT_ONCE=str(4 * _AT_ONCE),
            GATEWAY_TRUSTED_HOPS="1",
        ) as gateway,
    ):
        yield gateway


@dataclass
class Crowd:
    """People who come at a steady rate, whether or not those before them have been answered."""

    port: int
    served: list[float] = field(default_factory=list)
    served_at: list[float] = field(default_factory=list)
    shed: list[float] = field(default_factory=list)
    # Seconds after the first of them came, of each who was shed: when they came themselves.
    shed_after: list[float] = field(default_factory=list)
    # What the gateway needs for anything at all meanwhile: on a busy machine, that is what takes the time.
    alive: list[float] = field(default_factory=list)

    async def come(self, tasks: asyncio.TaskGroup, rate: float, seconds: float) -> None:
        """Returns when their time is over. Those who came last are not answered yet."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        for number in range(round(rate * seconds)):
            await asyncio.sleep(max(0.0, started + number / rate - loop.time()))
            tasks.create_task(self._ask(number, loop.time() - started))
            if not number % 10:
                tasks.create_task(self._look())
        await asyncio.sleep(max(0.0, started + seconds - loop.time()))

    async def _look(self) -> None:
        answer, took = await self._say(b"/livez", b"")
        assert answer.startswith(b"HTTP/1.1 200 ")
        self.alive.append(took)

    async def _say(self, path: bytes, headers: bytes) -> tuple[bytes, float]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        started = time.perf_counter()
        writer.write(b"GET %b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%b\r\n" % (path, headers))
        answer = await reader.read(-1)
        took = time.perf_counter() - started
        writer.close()
        return answer, took

    async def _ask(self, number: int, after: float) -> None:
        answer, took = await self._say(b"/calendar/x", b"X-Forwarded-For: 192.0.2.%d\r\n" % (number % 250))
        if answer.startswith(b"HTTP/1.1 200 "):
            self.served.append(took)
            self.served_at.append(time.perf_counter())
        else:
            assert answer.startswith(b"HTTP/1.1 503 "), answer
            assert b"\r\nretry-after: 1\r\n" in answer
            self.shed.append(took)
            self.shed_after.append(after)

    def recovered(self, seconds: float) -> float:
        """Seconds until the first second in which nobody was shed, of so many that were looked at."""
        moments = [0.0, *sorted(self.shed_after), seconds]
        return next((one for one, other in pairwise(moments) if other - one >= 1), seconds)


class TestOverload:
    async def test_is_shed_while_the_service_goes_on_at_its_best(self, door: Gateway, measured: Measured) -> None:
        calm = Crowd(door.port)
        async with asyncio.TaskGroup() as tasks:
            await calm.come(tasks, CALM * CAPACITY, 3.0)
        assert not calm.shed

        crowd, after = Crowd(door.port), Crowd(door.port)
        async with asyncio.TaskGroup() as tasks:
            await crowd.come(tasks, OVERLOAD * CAPACITY, SECONDS)
            # Not when the crowd has been answered, but from the moment in which no more of it come.
            await after.come(tasks, CALM * CAPACITY, AFTER_SECONDS)
        recovered = after.recovered(AFTER_SECONDS)
        goodput = (len(crowd.served) - 1) / (crowd.served_at[-1] - crowd.served_at[0])
        shed = statistics.quantiles(crowd.shed, n=100)
        measured |= {"capacity_per_second": CAPACITY, "served_per_second": goodput, "overload_seconds": SECONDS}
        measured |= {"shed": len(crowd.shed), "shed_median_seconds": shed[49], "shed_p99_seconds": shed[98]}
        measured |= {"goodput": goodput / CAPACITY, "recovered_seconds": recovered}
        measured |= {"alive_p99_seconds": statistics.quantiles(crowd.alive, n=100)[98]}
        figures = f"{goodput:.0f} of {CAPACITY:.0f} a second served, the others told so in {shed[49] * 1000:.1f} ms"
        print(f"\n{figures}, p99 {shed[98] * 1000:.1f} ms, over after {recovered:.1f} s")  # noqa: T201 (what the promise is made of)
        assert goodput >= 0.8 * CAPACITY
        assert shed[49] - statistics.median(crowd.alive) < 0.05
        if FULL:
            assert shed[98] - statistics.quantiles(crowd.alive, n=100)[98] < 0.05
        # Nobody waits in a line that only gets longer.
        assert max(crowd.served) - max(crowd.alive) < 10 * _TAKES
        assert recovered <= RECOVERED_SECONDS

    def test_is_over_when_a_whole_second_was_good(self) -> None:
        """The control: what is measured above can be too late."""
        assert Crowd(0).recovered(5.0) == 0.0
        assert Crowd(0, shed_after=[0.2, 0.9, 1.5]).recovered(5.0) == 1.5
        assert Crowd(0, shed_after=[0.5 * half for half in range(10)]).recovered(5.0) == 5.0
