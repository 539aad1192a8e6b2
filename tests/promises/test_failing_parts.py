"""P13: a part that fails makes clean answers, and is noticed when it is back."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import httpx
import pytest
from tests.promises.conftest import Doors
from tests.support.events import arrival
from tests.support.faults import FaultProxy, faults_before
from tests.support.people import Person
from tests.support.promises import FULL, Measured, size
from tests.support.system import System
from tests.support.watching import Watch

pytestmark = [pytest.mark.promise("P13"), pytest.mark.timeout(900)]

READ, WRITE, ACCOUNT = "GET /todos", "POST /todos", "GET /auth/me"
ASKED = (READ, WRITE, ACCOUNT)
# What docs/operations.md says that clients see, and nothing else.
_GONE = frozenset({502, 503, 504})
DOCUMENTED: dict[str, dict[str, frozenset[int]]] = {
    "todos-api": {READ: _GONE | {200}, WRITE: _GONE | {201}, ACCOUNT: frozenset({200})},
    "auth-api": {READ: frozenset({200}), WRITE: frozenset({201}), ACCOUNT: _GONE | {200}},
    "postgres": {each: frozenset({200, 201, 503, 504}) for each in ASKED},
    "redis": {each: frozenset({200, 201}) for each in ASKED},
    "rabbitmq": {each: frozenset({200, 201}) for each in ASKED},
}
_GOOD = (200, 201)
# A breaker lets a request through again after three seconds at most.
_BACK_SECONDS = 5.0
# Whoever works for the broker looks for it every five seconds.
_EVENTS_BACK_SECONDS = 10.0
# How long answers take: where nobody is there, that is noticed at once; else a request has six seconds in a service,
# and eight at the gateway before one.
_QUICK_SECONDS, _DEADLINE_SECONDS, _ROUTE_SECONDS = 2.5, 7.0, 9.0
_FAULTS = {
    "killed": _QUICK_SECONDS,
    "hanging": _DEADLINE_SECONDS,
    "cut": _QUICK_SECONDS,
    "slow": _DEADLINE_SECONDS,
    "trickling": _DEADLINE_SECONDS,
}
# That of a service is `TestServiceKilled`.
_FAULTS_OF_SERVICES = {
    "hanging": _ROUTE_SECONDS,
    "cut": _QUICK_SECONDS,
    "slow": _ROUTE_SECONDS,
    "trickling": _ROUTE_SECONDS,
}
# Answers of each kind that are waited for under a fault: where a service hangs, eight seconds each.
_ANSWERS = size(quick=1, full=10)
# A machine that is busy with other tests is this many times slower at its worst than it has just been.
_SLACK = 5


def assert_documented(watch: Watch, gone: str) -> None:
    for what, statuses in watch.answers.items():
        assert set(statuses) <= DOCUMENTED[gone][what], watch.answers


async def some_more(watch: Watch, count: int) -> None:
    """So many more answers of each kind, whichever comes first."""
    await asyncio.gather(*(watch.some_more(what, count) for what in ASKED))


async def assert_kept(watch: Watch, door: httpx.AsyncClient, person: Person) -> None:
    """What was said to be stored is."""
    kept = await door.get("/todos/export", headers=await person.bearer())
    assert set(watch.made) <= {todo["id"] for todo in kept.json()["todos"]}


class TestServiceKilled:
    @pytest.mark.parametrize("name", ["todos-api", "auth-api"])
    async def test_is_a_clean_answer_and_over_soon_after(
        self, system: System, doors: Doors, ada: Person, name: str, measured: Measured
    ) -> None:
        watch = Watch(doors.gateway, await ada.sign_in())
        gone = {"todos-api": READ, "auth-api": ACCOUNT}[name]
        async with watch.asking(READ, ACCOUNT):
            for what in (READ, ACCOUNT):
                await watch.some_more(what)
            usual = watch.forget()
            async with system.without(name):
                await watch.until(gone, 503)
            back = time.perf_counter()
            await watch.until(gone, 200)
            took = time.perf_counter() - back
        measured |= {"back_after_seconds": took, "p99_seconds": watch.p99, "usual_seconds": usual}
        print(f"\n{name} killed: {watch.answers}, back after {took:.2f} s, p99 {watch.p99:.2f} s")  # noqa: T201
        assert_documented(watch, name)
        assert took < _BACK_SECONDS + _SLACK * usual


@dataclass(frozen=True)
class Branch:
    """Processes beside those of the system: what they need can be taken away from them, and from nobody else."""

    door: httpx.AsyncClient
    proxies: Mapping[str, FaultProxy]


def through(url: str, proxy: FaultProxy) -> str:
    parts = urlsplit(url)
    login, at, _ = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{login}{at}127.0.0.1:{proxy.port}").geturl()


@pytest.fixture(scope="module")
async def branch(system: System) -> AsyncIterator[Branch]:
    async with AsyncExitStack() as stack:

        async def before(url: str, usual_port: int = 0) -> FaultProxy:
            parts = urlsplit(url)
            return await stack.enter_async_context(faults_before(parts.hostname or "", parts.port or usual_port))

        postgres = await before(system.wiring.databases["todos"], 5432)
        redis = await before(system.wiring.redis, 6379)
        databases = {name: through(url, postgres) for name, url in system.wiring.databases.items()}
        wiring = replace(system.wiring, databases=databases, redis=through(system.wiring.redis, redis))
        proxies = {"postgres": postgres, "redis": redis}
        # Each is reached through its proxy by those that come after it: todos asks auth for keys and ended sessions.
        for name in ("auth-api", "todos-api"):
            one = await stack.enter_async_context(replace(system, wiring=wiring).another(name))
            proxies[name] = await before(one.url)
            wiring = replace(wiring, ports={**wiring.ports, name: proxies[name].port})
        gateway = await stack.enter_async_context(replace(system, wiring=wiring).another("gateway"))
        door = await stack.enter_async_context(httpx.AsyncClient(base_url=gateway.url, timeout=60))
        yield Branch(door, proxies)


@asynccontextmanager
async def broken(part: FaultProxy, fault: str) -> AsyncIterator[None]:
    """In this way, and whole again afterwards whatever happens meanwhile."""
    try:
        if fault == "killed":
            await part.refuse()
        elif fault == "hanging":
            part.silence()
        elif fault == "cut":
            part.cut()
        elif fault == "slow":
            part.delay = 0.5
        else:
            part.trickles = True
        yield
    finally:
        part.delay, part.trickles = 0.0, False
        part.speak()
        if fault == "killed":
            await part.start()


async def back_after(watch: Watch) -> float:
    """Seconds until everything is answered well again."""
    back = time.perf_counter()
    for what in ASKED:
        await watch.until(what, *_GOOD)
    return time.perf_counter() - back


class TestEngine:
    """Killed, stopped or cut off, slow, or one byte at a time; the quick form has the first two."""

    @pytest.mark.parametrize("fault", _FAULTS if FULL else ("killed", "hanging"))
    @pytest.mark.parametrize("name", ["postgres", "redis"])
    async def test_that_fails_is_a_clean_answer_and_over_soon_after(
        self, branch: Branch, ada: Person, name: str, fault: str, measured: Measured
    ) -> None:
        watch = Watch(branch.door, await ada.sign_in())
        async with watch.asking(*ASKED):
            for what in ASKED:
                await watch.some_more(what)
            usual = watch.forget()
            async with broken(branch.proxies[name], fault):
                for what in ASKED:
                    if name == "postgres" and fault in {"killed", "hanging"}:
                        await watch.until(what, 503, 504)
                    await watch.some_more(what)
                p99 = watch.p99
            took = await back_after(watch)
        measured |= {"back_after_seconds": took, "p99_seconds": p99, "usual_seconds": usual}
        print(f"\n{name} {fault}: {watch.answers}, back after {took:.2f} s, p99 {p99:.2f} s, usual {usual:.2f} s")  # noqa: T201
        assert_documented(watch, name)
        assert took < _BACK_SECONDS + _SLACK * usual
        assert p99 < _FAULTS[fault] + _SLACK * usual
        await assert_kept(watch, branch.door, ada)


class TestService:
    """Stopped, cut off, slow, or one byte at a time, for the gateway and for whoever asks it for keys."""

    @pytest.mark.parametrize("fault", _FAULTS_OF_SERVICES if FULL else ("hanging", "cut"))
    @pytest.mark.parametrize("name", ["auth-api", "todos-api"])
    async def test_that_fails_is_a_clean_answer_and_over_soon_after(
        self, branch: Branch, ada: Person, name: str, fault: str, measured: Measured
    ) -> None:
        gone = {"todos-api": READ, "auth-api": ACCOUNT}[name]
        watch = Watch(branch.door, await ada.sign_in())
        async with watch.asking(*ASKED):
            await some_more(watch, 5)
            usual = watch.forget()
            async with broken(branch.proxies[name], fault):
                felt = {503, 504} if fault == "hanging" else range(200, 600)
                await asyncio.gather(watch.until(gone, *felt), some_more(watch, _ANSWERS))
                p99 = watch.p99
            took = await back_after(watch)
        measured |= {"back_after_seconds": took, "p99_seconds": p99, "usual_seconds": usual}
        print(f"\n{name} {fault}: {watch.answers}, back after {took:.2f} s, p99 {p99:.2f} s, usual {usual:.2f} s")  # noqa: T201
        assert_documented(watch, name)
        assert took < _BACK_SECONDS + _SLACK * usual
        assert p99 < _FAULTS_OF_SERVICES[fault] + _SLACK * usual
        await assert_kept(watch, branch.door, ada)


class TestBroker:
    """Killed; and in full size also stopped, cut off, slow, or one byte at a time."""

    @pytest.mark.parametrize("fault", _FAULTS if FULL else ("killed",))
    async def test_that_fails_is_felt_by_nobody_and_what_happened_meanwhile_arrives(
        self, *, system: System, doors: Doors, ada: Person, fault: str, measured: Measured
    ) -> None:
        watch = Watch(doors.gateway, await ada.sign_in())
        async with watch.asking(*ASKED):
            await some_more(watch, 5)
            usual = watch.forget()
            async with broken(system.bus, fault):
                registered = await Person(ada.browser, system.wiring.cookie_name).register()
                await asyncio.sleep(2)  # what this looks at is time without it
                await some_more(watch, _ANSWERS)
                p99 = watch.p99
            took = await arrival(system, [registered.user_id], within=120)
        measured |= {"events_back_after_seconds": took, "p99_seconds": p99, "usual_seconds": usual}
        assert_documented(watch, "rabbitmq")
        assert p99 < _QUICK_SECONDS + _SLACK * usual
        if FULL:
            assert took < _EVENTS_BACK_SECONDS
        await assert_kept(watch, doors.gateway, ada)
