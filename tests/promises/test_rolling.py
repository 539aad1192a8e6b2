"""P17: processes that are replaced one by one, and new tables, drop nothing."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self
from uuid import UUID, uuid4

import httpx
import pytest
from tests.support.events import arrival
from tests.support.gateways import gateway_before
from tests.support.people import Person, SignedIn
from tests.support.promises import FULL, Measured, size
from tests.support.recorder import recording
from tests.support.servers import until
from tests.support.system import Another, System, status_of
from tests.support.tokens import Issuer, SignToken

pytestmark = pytest.mark.promise("P17")

ROUNDS = size(quick=1, full=5)
# As many as make 300 requests a second, where a machine can answer so many.
_ASKERS, _PAUSE_SECONDS = size(quick=8, full=24), 0.05
# To each change. One person may have 10,000 todos, and this one makes no others.
_READS = 9
# What a gateway is given for its balancer to look away, and how often that looks.
_DRAIN_SECONDS, _LOOK_SECONDS = 2, 0.1
# So many people register at a time, and so many have to between one restart and the next.
_REGISTERING, _REGISTERED = 4, size(quick=8, full=100)

Bearer = Callable[[], Awaitable[dict[str, str]]]


class Ask(NamedTuple):
    method: str
    path: str
    content: dict[str, Any]
    # Whether its client sends it once more if nobody knows what became of it; where not, the gateway does.
    again: bool = False


def of_todos() -> Iterator[Ask]:
    """Reads, and a change with a key, which the gateway may repeat."""
    yield from [Ask("GET", "/todos", {})] * _READS
    yield Ask("POST", "/todos", {"json": {"title": "one"}, "headers": {"Idempotency-Key": str(uuid4())}})


def of_auth() -> Iterator[Ask]:
    """Reads, and a change that the gateway may not repeat, and that is the same when it is made twice."""
    yield from [Ask("GET", "/auth/me", {})] * _READS
    yield Ask("PATCH", "/auth/me", {"json": {"display_name": "Ada"}}, again=True)


class Load:
    """People who read and write all the time, each over connections of their own."""

    def __init__(self, door: Callable[[], str], bearer: Bearer, asks: Callable[[], Iterator[Ask]] = of_todos) -> None:
        """`door` is the address for the next request, `bearer` the headers of somebody who is signed in."""
        self._door, self._bearer, self._asks = door, bearer, asks
        self.answers: Counter[tuple[str, int]] = Counter()
        self.failures: list[str] = []
        # A service that stops may close a connection in the moment in which a request is sent into it.
        self.unknown = 0
        self._stopping = asyncio.Event()
        self._begun = time.monotonic()

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._ask()) for _ in range(_ASKERS)]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping.set()
        await asyncio.gather(*self._tasks)
        self._seconds = time.monotonic() - self._begun

    async def _ask(self) -> None:
        async with httpx.AsyncClient(timeout=60) as client:
            while not self._stopping.is_set():
                for each in self._asks():
                    await self._one(client, each)
                    await asyncio.sleep(_PAUSE_SECONDS)

    async def _one(self, client: httpx.AsyncClient, ask: Ask) -> None:
        headers = await self._bearer() | ask.content.get("headers", {})
        content = ask.content | {"headers": headers}
        try:
            answer = await client.request(ask.method, self._door() + ask.path, **content)
            if ask.again and answer.status_code == httpx.codes.BAD_GATEWAY:
                self.unknown += 1
                answer = await client.request(ask.method, self._door() + ask.path, **content)
        except httpx.TransportError as error:
            self.failures.append(f"{ask.method}: {error!r}")
            return
        self.answers[ask.method, answer.status_code] += 1
        if not answer.is_success:
            self.failures.append(f"{ask.method}: {answer.status_code} {answer.text}")

    def figures(self) -> Measured:
        """Once the load has ended."""
        answers = {f"{method} {status}": count for (method, status), count in self.answers.items()}
        rate = round(self.answers.total() / self._seconds, 1)
        return {"answers": answers, "per_second": rate, "sent_again": self.unknown, "failures": len(self.failures)}

    async def some_more(self, count: int = 40) -> None:
        """Return when so many more have been answered."""
        enough = self.answers.total() + count
        await until(lambda: self.answers.total() >= enough or self.failures, within=120)


class TestServices:
    @pytest.mark.timeout(1800)
    @pytest.mark.parametrize("name", ["todos-api", "auth-api"] if FULL else ["todos-api"])
    async def test_that_are_replaced_one_by_one_drop_nothing(
        self, system: System, ada: Person, name: str, measured: Measured
    ) -> None:
        variable, asks = {
            "todos-api": ("GATEWAY_TODOS_URL", of_todos),
            "auth-api": ("GATEWAY_AUTH_URL", of_auth),
        }[name]
        async with (
            system.another(name) as one,
            system.another(name) as two,
            system.another("gateway", **{variable: f"{one.url},{two.url}"}) as gateway,
            Load(lambda: gateway.url, ada.bearer, asks) as load,
        ):
            await load.some_more()
            for _ in range(ROUNDS):
                for each in (one, two):
                    await each.restart()
                    # What `minReadySeconds` does for a deployment: the next one goes when this one has requests again.
                    await until(lambda: has_all_back(gateway), within=60)
                    await load.some_more()
        measured |= {"restarts": 2 * ROUNDS, **load.figures()}
        print(f"\n{dict(load.answers)}, {load.unknown} sent again")  # noqa: T201
        assert not load.failures
        assert load.unknown <= 2 * ROUNDS


def has_all_back(gateway: Another) -> bool:
    return gateway.said("upstream.returned") >= gateway.said("upstream.ejected")


class Balancer:
    """What stands before several gateways: it sends requests to those that say they are ready, and asks them often."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls, self.ready, self._turn = urls, list(urls), 0

    def door(self) -> str:
        self._turn += 1
        return self.ready[self._turn % len(self.ready)]

    async def look(self) -> None:
        async with httpx.AsyncClient() as client:
            while True:
                statuses = [await status_of(client, f"{url}/readyz") for url in self._urls]
                ready = [url for url, status in zip(self._urls, statuses, strict=True) if status == httpx.codes.OK]
                self.ready = ready or self.ready
                await asyncio.sleep(_LOOK_SECONDS)


@asynccontextmanager
async def balanced(*gateways: Another) -> AsyncIterator[Balancer]:
    balancer = Balancer([each.url for each in gateways])
    looking = asyncio.create_task(balancer.look())
    try:
        yield balancer
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


@pytest.mark.skipif(not FULL, reason="starts processes for minutes: in `make chaos`")
class TestGateways:
    """A gateway has nobody before it who could ask again: what stands there has to know in time that it stops."""

    @pytest.mark.timeout(1800)
    async def test_that_are_replaced_one_by_one_behind_a_balancer_drop_nothing(
        self, system: System, ada: Person, measured: Measured
    ) -> None:
        drain = {"GATEWAY_HTTP__DRAIN_SECONDS": str(_DRAIN_SECONDS)}
        async with (
            system.another("gateway", **drain) as one,
            system.another("gateway", **drain) as two,
            balanced(one, two) as balancer,
            Load(balancer.door, ada.bearer) as load,
        ):
            await load.some_more()
            for _ in range(ROUNDS):
                for each in (one, two):
                    await each.restart()
                    await until(lambda: len(balancer.ready) == len((one, two)), within=60)
                    await load.some_more()
        measured |= {"restarts": 2 * ROUNDS, "drain_seconds": _DRAIN_SECONDS, **load.figures()}
        assert not load.failures


@pytest.mark.skipif(not FULL, reason="starts processes for minutes: in `make chaos`")
class TestWorkers:
    @pytest.mark.timeout(1800)
    async def test_that_are_replaced_one_by_one_lose_no_event(self, system: System, measured: Measured) -> None:
        registered: list[UUID] = []
        stopping = asyncio.Event()

        async def keep_registering() -> None:
            headers = {"Origin": system.wiring.app_url}
            async with httpx.AsyncClient(base_url=system.url("gateway"), headers=headers, timeout=60) as browser:
                while not stopping.is_set():
                    somebody = await Person(browser, system.wiring.cookie_name).register()
                    registered.append(somebody.user_id)

        async def some_more() -> None:
            enough = len(registered) + _REGISTERED
            await until(lambda: len(registered) >= enough or registering.done(), within=600)

        begun = time.monotonic()
        registering = asyncio.gather(*(keep_registering() for _ in range(_REGISTERING)))
        try:
            for name in ("auth-worker", "todos-worker") * ROUNDS:
                await some_more()
                await system.replace(name)
            await some_more()
        finally:
            stopping.set()
            await registering
        seconds = time.monotonic() - begun
        # Raises if one of them is still missing after that time.
        late = await arrival(system, registered, within=120)
        measured |= {"restarts": 2 * ROUNDS, "events": len(registered), "lost": 0, "last_after_seconds": round(late, 2)}
        measured["per_second"] = round(len(registered) / seconds, 1)


class TestNewTable:
    async def test_drops_nothing(
        self, *, redis_url: str, token_issuer: Issuer, sign_token: SignToken, tmp_path: Path, measured: Measured
    ) -> None:
        session = SignedIn(sign_token(uuid4()), "")

        async def bearer() -> dict[str, str]:
            return session.bearer

        async with (
            recording() as service,
            gateway_before(service.url, redis_url=redis_url, issuer=token_issuer, folder=tmp_path) as gateway,
            Load(lambda: gateway.url, bearer) as load,
        ):
            for number in range(1, 6):
                await load.some_more()
                gateway.send(signal.SIGHUP)
                await until(lambda taken=number: gateway.said("table.taken") >= taken, within=60)  # type: ignore[misc]
            gateway.table.write_text("[[routes]]\n")
            gateway.send(signal.SIGHUP)
            await until(lambda: gateway.said("table.refused"), within=60)
            await load.some_more()
        measured |= load.figures()
        assert not load.failures
