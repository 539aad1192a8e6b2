"""Which address a request goes to: by what each has to do, how it went before, and what the name says."""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import structlog
from tests.support.servers import answering, speaking, until

from gateway.endpoints import Endpoint, Origin, Unreachable
from gateway.upstreams import NobodyThere, Saturated, Upstream, lookup

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@asynccontextmanager
async def upstream(*ports: int, most: int = 10) -> AsyncIterator[Upstream]:
    made = Upstream("todos", [f"http://127.0.0.1:{port}" for port in ports], most_connections=most)
    try:
        yield made
    finally:
        made.close()


@asynccontextmanager
async def listening(count: int) -> AsyncIterator[list[int]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(speaking(answering(_ANSWER))) for _ in range(count)]


async def closed_port() -> int:
    async with speaking(answering(_ANSWER)) as port:
        return port


def eject(todos: Upstream, endpoint: Endpoint) -> None:
    for _ in range(5):
        todos.failed(endpoint, "gone")


class TestBalancing:
    async def test_asks_whoever_has_the_least_to_do(self) -> None:
        async with listening(2) as ports, upstream(*ports) as todos:
            leases = [await todos.acquire() for _ in range(6)]
            assert set(Counter(lease.endpoint.name for lease in leases).values()) == {3}
            busy, free = leases[0].endpoint, next(e for e in todos.endpoints if e is not leases[0].endpoint)
            for lease in leases:
                if lease.endpoint is free:
                    free.release(lease.connection)
            asked = [(await todos.acquire()).endpoint for _ in range(3)]
            assert asked == [free] * 3
            assert busy.outstanding == free.outstanding == 3

    async def test_equals_take_turns(self) -> None:
        async with listening(3) as ports, upstream(*ports) as todos:
            asked = []
            for _ in range(30):
                endpoint, connection = await todos.acquire()
                asked.append(endpoint.name)
                endpoint.release(connection)
            assert set(Counter(asked).values()) == {10}

    async def test_has_no_more_connections_than_it_may(self) -> None:
        async with listening(2) as ports, upstream(*ports, most=2) as todos:
            leases = [await todos.acquire() for _ in range(2)]
            with pytest.raises(Saturated):
                await todos.acquire()
            assert sum(endpoint.outstanding for endpoint in todos.endpoints) == 2
            leases[0].connection.close()
            leases[0].endpoint.release(leases[0].connection)
            await asyncio.sleep(0)
            assert (await todos.acquire()).connection.reusable


class TestFailures:
    async def test_a_connection_that_cannot_be_made_is_tried_elsewhere(self) -> None:
        gone = await closed_port()
        async with listening(1) as ports, upstream(gone, *ports, most=50) as todos:
            asked = set()
            for _ in range(20):
                endpoint, connection = await todos.acquire(fresh=True)
                asked.add(endpoint.origin.port)
                endpoint.release(connection)
            assert asked == set(ports)
            assert todos.out == 1

    async def test_says_so_when_nobody_is_there(self) -> None:
        async with upstream(await closed_port(), await closed_port()) as todos:
            with pytest.raises(Unreachable, match="ConnectionRefusedError"):
                await todos.acquire()
            for _ in range(4):
                with pytest.raises(Unreachable):
                    await todos.acquire()
            # From now on nobody waits for a connection that will not be made.
            with pytest.raises(NobodyThere) as refused:
                await todos.acquire()
            assert 0 < refused.value.wait <= 0.5
            assert not any(endpoint.outstanding for endpoint in todos.endpoints)

    async def test_an_address_that_failed_often_is_left_out_and_comes_back(self) -> None:
        async with listening(2) as ports, upstream(*ports) as todos:
            await todos.acquire()
            bad, good = todos.endpoints
            with structlog.testing.capture_logs() as logs:
                eject(todos, bad)
                assert {(await todos.acquire()).endpoint for _ in range(5)} == {good}
                await until(bad.passes)
                # It has the least to do, so the next request is the one that tries.
                assert (await todos.acquire()).endpoint is bad
                assert (await todos.acquire()).endpoint is good
                todos.succeeded(bad)
                assert (await todos.acquire()).endpoint is bad
            said = [line["event"] for line in logs if line["event"].startswith("upstream.")]
            assert said == ["upstream.ejected", "upstream.returned"]

    async def test_an_address_that_answers_unwell_is_left_out_if_others_are_well(self) -> None:
        async with listening(2) as ports, upstream(*ports) as todos:
            await todos.acquire()
            bad, good = todos.endpoints
            for _ in range(5):
                todos.answered_unwell(bad, 503)
            assert todos.out == 1
            for _ in range(20):
                todos.answered_unwell(good, 503)
            assert todos.out == 1  # that is everybody's trouble now, and its answers are worth hearing

    async def test_the_only_address_is_heard_however_unwell(self) -> None:
        async with listening(1) as ports, upstream(*ports) as todos:
            endpoint, _ = await todos.acquire()
            for _ in range(20):
                todos.answered_unwell(endpoint, 500)
            assert (await todos.acquire()).endpoint is endpoint

    async def test_one_to_be_avoided_is_used_only_if_there_is_no_other(self) -> None:
        async with listening(2) as ports, upstream(*ports) as todos:
            first = (await todos.acquire()).endpoint
            assert todos.has_another(first)
            assert all([(await todos.acquire(avoid=first)).endpoint is not first for _ in range(3)])
            eject(todos, next(endpoint for endpoint in todos.endpoints if endpoint is not first))
            assert not todos.has_another(first)
            assert (await todos.acquire(avoid=first)).endpoint is first

    async def test_a_client_that_leaves_tells_nothing_about_a_probe(self) -> None:
        accepting = asyncio.Event()

        async def slow(origin: Origin) -> Collection[str]:
            await accepting.wait()
            return [origin.host]

        async with listening(1) as ports:
            todos = Upstream("todos", [f"http://127.0.0.1:{ports[0]}"], most_connections=1, lookup=slow)
            waiting = asyncio.create_task(todos.acquire())
            await asyncio.sleep(0)
            waiting.cancel()
            accepting.set()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert (await todos.acquire()).connection.reusable
            todos.close()


class Names:
    """A name server that says what it is told to, and counts."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)
        self.away = False
        self.asked = 0

    async def __call__(self, _: Origin) -> Collection[str]:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise OSError("no name server")
        return list(self.addresses)


@pytest.fixture
async def renamed(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[[Names], Upstream]]:
    """An upstream behind a name, which looks the name up very often."""
    monkeypatch.setattr("gateway.upstreams._RESOLVE_SECONDS", 0.005)
    monkeypatch.setattr("gateway.upstreams._SOONEST_SECONDS", 0.001)
    async with AsyncExitStack() as stack, speaking(answering(_ANSWER)) as port:

        def make(names: Names) -> Upstream:
            todos = Upstream("todos", [f"http://todos:{port}"], most_connections=10, lookup=names)
            stack.callback(todos.close)
            keeping = asyncio.create_task(todos.keep_resolved())
            stack.callback(keeping.cancel)
            return todos

        yield make


class TestNames:
    async def test_addresses_come_and_go(self, renamed: Callable[[Names], Upstream]) -> None:
        names = Names("127.0.0.1")
        todos = renamed(names)
        endpoint, connection = await todos.acquire()
        names.addresses = ["127.0.0.1", "127.0.0.2"]
        await until(lambda: len(todos.endpoints) == 2)
        assert endpoint in todos.endpoints  # what is known about it stays known
        names.addresses = ["127.0.0.2"]
        await until(lambda: len(todos.endpoints) == 1)
        assert endpoint not in todos.endpoints
        endpoint.release(connection)
        assert not connection.reusable

    async def test_what_was_known_outlives_the_name_server(self, renamed: Callable[[Names], Upstream]) -> None:
        names = Names("127.0.0.1")
        todos = renamed(names)
        await todos.acquire()
        names.away = True
        asked = names.asked
        await until(lambda: names.asked > asked + 2)
        assert (await todos.acquire()).connection.reusable

    async def test_a_name_nobody_knows_is_said_at_once(self, renamed: Callable[[Names], Upstream]) -> None:
        names = Names()
        names.away = True
        with pytest.raises(NobodyThere):
            await renamed(names).acquire()

    async def test_one_look_up_serves_all_who_wait_for_it(self) -> None:
        names = Names("127.0.0.1")
        async with speaking(answering(_ANSWER)) as port:
            todos = Upstream("todos", [f"http://todos:{port}"], most_connections=50, lookup=names)
            await asyncio.gather(*(todos.acquire() for _ in range(20)))
            todos.close()
        assert names.asked == 1

    async def test_a_failed_connection_makes_it_look_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gateway.upstreams._SOONEST_SECONDS", 0.001)
        names = Names("127.0.0.1")
        todos = Upstream("todos", [f"http://todos:{await closed_port()}"], most_connections=1, lookup=names)
        keeping = asyncio.create_task(todos.keep_resolved())
        with pytest.raises(Unreachable):
            await todos.acquire()
        await until(lambda: names.asked >= 2)  # and not after five seconds
        keeping.cancel()
        todos.close()


class TestLookup:
    async def test_finds_what_the_system_knows(self) -> None:
        assert "127.0.0.1" in await lookup(Origin.of("http://localhost:80"))

    @pytest.mark.parametrize("url, address", [("http://127.0.0.3", "127.0.0.3"), ("http://[::1]:1", "::1")])
    async def test_leaves_addresses_alone(self, url: str, address: str) -> None:
        assert await lookup(Origin.of(url)) == [address]

    async def test_raises_for_a_name_nobody_has(self) -> None:
        with pytest.raises((socket.gaierror, TimeoutError)):
            await lookup(Origin.of("http://nobody.invalid"))
