import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.support.servers import Talk, answering, speaking, until

from gateway.connections import Connection
from gateway.endpoints import Endpoint, Origin, Unreachable

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_HEAD = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"


def endpoint(port: int) -> Endpoint:
    return Endpoint(Origin.of(f"http://127.0.0.1:{port}"), "127.0.0.1")


@asynccontextmanager
async def endpoint_of(talk: Talk) -> AsyncIterator[Endpoint]:
    """Leaves no connection open, also when a test fails: the next one would be told of it."""
    async with speaking(talk) as port:
        todos = endpoint(port)
        try:
            yield todos
        finally:
            todos.close()


async def connect(todos: Endpoint) -> Connection:
    todos.begin()
    return todos.take() or await todos.connect()


async def ask(connection: Connection) -> None:
    connection.begin(_HEAD, method="GET", body_follows=False)
    await connection.response()
    while not connection.complete:
        await connection.read()


class TestOrigin:
    @pytest.mark.parametrize(
        "url, host, port, tls",
        [
            ("http://todos", "todos", 80, False),
            ("https://todos.internal", "todos.internal", 443, True),
            ("http://127.0.0.1:17820", "127.0.0.1", 17820, False),
            ("http://[::1]:8000", "::1", 8000, False),
        ],
    )
    def test_is_read_from_an_address(self, url: str, host: str, port: int, tls: bool) -> None:
        origin = Origin.of(url)
        assert (origin.host, origin.port, origin.tls) == (host, port, tls)
        assert origin.authority == url.partition("//")[2].encode()


class TestConnections:
    async def test_are_used_again(self) -> None:
        async with endpoint_of(answering(_ANSWER)) as todos:
            first = await connect(todos)
            await ask(first)
            todos.release(first)
            assert await connect(todos) is first

    async def test_are_not_kept_while_they_make_the_service_wait(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A client that read too slowly and left: whoever came next would wait for an answer that nobody hears."""
        # Its last byte is the one too many: before that nothing makes the service wait, in whatever pieces it comes.
        monkeypatch.setattr("gateway.connections._HIGH_WATER", 4)
        async with endpoint_of(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")) as todos:
            first = await connect(todos)
            first.begin(_HEAD, method="GET", body_follows=False)
            await until(lambda: first.complete)
            todos.release(first)
            second = await connect(todos)
            assert second is not first
            await ask(second)

    async def test_are_never_lent_twice(self) -> None:
        async with endpoint_of(answering(_ANSWER)) as todos:
            lent = [await connect(todos) for _ in range(3)]
            assert len({id(connection) for connection in lent}) == 3
            assert todos.outstanding == 3

    async def test_that_were_not_finished_are_forgotten(self) -> None:
        async with endpoint_of(answering(_ANSWER)) as todos:
            first = await connect(todos)
            first.begin(_HEAD, method="GET", body_follows=False)
            todos.release(first)
            assert todos.take() is None

    async def test_that_the_service_closed_are_forgotten(self) -> None:
        closing = asyncio.Event()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(_ANSWER)
            await closing.wait()

        async with endpoint_of(talk) as todos:
            first = await connect(todos)
            await ask(first)
            todos.release(first)
            closing.set()
            await until(lambda: not first.reusable)
            assert todos.take() is None

    async def test_that_were_idle_for_long_are_closed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gateway.endpoints._IDLE_SECONDS", 0.01)
        monkeypatch.setattr("gateway.endpoints._SWEEP_SECONDS", 0.02)
        left = asyncio.Event()

        async def watched(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await answering(_ANSWER)(reader, writer)
            finally:
                left.set()

        async with endpoint_of(watched) as todos:
            connection = await connect(todos)
            await ask(connection)
            todos.release(connection)
            async with asyncio.timeout(60):
                await left.wait()

    async def test_cannot_be_made_where_nobody_is(self) -> None:
        async with speaking(answering(_ANSWER)) as port:
            todos = endpoint(port)
        with pytest.raises(Unreachable, match="ConnectionRefusedError"):
            await todos.connect()
        assert todos.connections == 0

    async def test_of_an_address_that_is_no_more_end_with_their_exchange(self) -> None:
        async with endpoint_of(answering(_ANSWER)) as todos:
            idle, busy = await connect(todos), await connect(todos)
            await ask(idle)
            todos.release(idle)
            todos.retire()
            assert not idle.reusable
            await ask(busy)
            assert busy.reusable
            todos.release(busy)
            assert not busy.reusable
            assert todos.take() is None


class TestStalling:
    async def test_gets_no_more_questions_until_it_answers_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gateway.endpoints._STALLED_SECONDS", 0.0)
        monkeypatch.setattr("gateway.endpoints._MANY", 2)
        todos = endpoint(1)
        todos.ask()
        await asyncio.sleep(0.01)  # what this measures is time
        assert todos.passes()  # one slow answer says nothing
        todos.ask()
        assert not todos.passes()
        todos.answer()
        assert todos.passes()

    async def test_is_over_when_nobody_waits_any_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gateway.endpoints._STALLED_SECONDS", 0.0)
        monkeypatch.setattr("gateway.endpoints._MANY", 1)
        todos = endpoint(1)
        todos.ask()
        await asyncio.sleep(0.01)  # what this measures is time
        assert not todos.passes()
        todos.forgive()
        assert todos.passes()
