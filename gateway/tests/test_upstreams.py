import asyncio

import pytest
from tests.support.servers import answering, speaking, until

from gateway.connections import Connection
from gateway.upstreams import Saturated, Unreachable, Upstream

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_HEAD = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"


def upstream(port: int, *, most: int = 10) -> Upstream:
    return Upstream("todos", f"http://127.0.0.1:{port}", most_connections=most)


async def ask(connection: Connection) -> None:
    connection.begin(_HEAD, method="GET", body_follows=False)
    await connection.response()
    while not connection.complete:
        await connection.read()


class TestUpstream:
    async def test_uses_a_connection_again(self) -> None:
        async with speaking(answering(_ANSWER)) as port:
            todos = upstream(port)
            first = await todos.acquire()
            await ask(first)
            todos.release(first)
            assert await todos.acquire() is first
            todos.close()

    async def test_never_lends_one_connection_twice(self) -> None:
        async with speaking(answering(_ANSWER)) as port:
            todos = upstream(port)
            lent = [await todos.acquire() for _ in range(3)]
            assert len({id(connection) for connection in lent}) == 3
            todos.close()

    async def test_forgets_a_connection_that_was_not_finished(self) -> None:
        async with speaking(answering(_ANSWER)) as port:
            todos = upstream(port)
            first = await todos.acquire()
            first.begin(_HEAD, method="GET", body_follows=False)
            todos.release(first)
            assert await todos.acquire() is not first
            todos.close()

    async def test_forgets_a_connection_the_service_closed(self) -> None:
        closing = asyncio.Event()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(_ANSWER)
            await closing.wait()

        async with speaking(talk) as port:
            todos = upstream(port)
            first = await todos.acquire()
            await ask(first)
            todos.release(first)
            closing.set()
            await until(lambda: not first.reusable)
            assert await todos.acquire() is not first
            todos.close()

    async def test_has_no_more_than_it_may(self) -> None:
        async with speaking(answering(_ANSWER)) as port:
            todos = upstream(port, most=1)
            first = await todos.acquire()
            with pytest.raises(Saturated):
                await todos.acquire()
            first.close()
            await asyncio.sleep(0)
            assert await todos.acquire() is not first
            todos.close()

    async def test_closes_what_was_idle_for_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gateway.upstreams._IDLE_SECONDS", 0.01)
        monkeypatch.setattr("gateway.upstreams._SWEEP_SECONDS", 0.02)
        left = asyncio.Event()

        async def watched(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await answering(_ANSWER)(reader, writer)
            finally:
                left.set()

        async with speaking(watched) as port:
            todos = upstream(port)
            connection = await todos.acquire()
            await ask(connection)
            todos.release(connection)
            async with asyncio.timeout(60):
                await left.wait()
            todos.close()

    async def test_says_when_nobody_is_there(self) -> None:
        async with speaking(answering(_ANSWER)) as port:
            todos = upstream(port)
        with pytest.raises(Unreachable, match="ConnectionRefusedError"):
            await todos.acquire()
