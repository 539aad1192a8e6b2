"""Answers as bytes on a real socket: in order, odd, and cut at every place."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.servers import Header, until

from gateway.connections import Connection, ConnectionLost, MalformedResponse, Response

_HEAD = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"
_PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello"
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[Connection, socket.socket]]:
    """A connection, and the service's end of it."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    with theirs:
        connection = Connection(set())
        await asyncio.get_running_loop().create_connection(lambda: connection, sock=ours)
        yield connection, theirs
        connection.close()


async def exchange(*pieces: bytes, method: str = "GET") -> tuple[Response, bytes, Connection]:
    """Ask, let the service say these pieces and close, and read the answer to its end."""
    loop = asyncio.get_running_loop()
    async with connected() as (connection, service):
        connection.begin(_HEAD, method=method, body_follows=False)
        for piece in pieces:
            await loop.sock_sendall(service, piece)
            # What is written to a socket pair is there: one turn of the loop reads it as a piece of its own.
            await asyncio.sleep(0)
        service.shutdown(socket.SHUT_WR)
        response = await connection.response()
        body = b""
        while piece := await connection.read():
            body += piece
        return response, body, connection


class TestConnection:
    @pytest.mark.parametrize("answer", [_PLAIN, _CHUNKED], ids=["plain", "chunked"])
    async def test_reads_an_answer(self, answer: bytes) -> None:
        response, body, _ = await exchange(answer)
        assert (response.status, body) == (200, b"hello")

    @given(answer=st.sampled_from([_PLAIN, _CHUNKED]), cuts=st.lists(st.integers(0, 80), max_size=6))
    def test_reads_it_the_same_wherever_it_is_cut(self, answer: bytes, cuts: list[int]) -> None:
        places = sorted({0, len(answer), *(cut for cut in cuts if cut < len(answer))})
        pieces = [answer[start:end] for start, end in pairwise(places)]
        response, body, _ = asyncio.run(exchange(*pieces))
        assert (response.status, body) == (200, b"hello")

    async def test_carries_one_exchange_after_another(self) -> None:
        loop = asyncio.get_running_loop()
        async with connected() as (connection, service):
            for method, answer, expected in (
                ("GET", _PLAIN, b"hello"),
                ("HEAD", _PLAIN.removesuffix(b"hello"), b""),
                ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", b""),
                ("DELETE", b"HTTP/1.1 204 No Content\r\n\r\n", b""),
                ("GET", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + _CHUNKED, b"hello"),
                ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
            ):
                connection.begin(_HEAD, method=method, body_follows=False)
                await loop.sock_sendall(service, answer)
                response = await connection.response()
                assert b"link" not in dict(response.headers)
                assert await connection.read() == expected
                while not connection.complete:
                    assert await connection.read() == b""
                assert connection.reusable

    @pytest.mark.parametrize(
        "answer",
        [
            b"nonsense\r\n\r\n",
            b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 99 Odd\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 2000 Odd\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n\r\nuntil I close",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
            b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nhello",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX: a\r\n folded\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX y: a\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\nContent-Length: 0\r\n\r\n",
        ],
    )
    async def test_refuses_what_is_not_plainly_http(self, answer: bytes) -> None:
        with pytest.raises(MalformedResponse):
            await exchange(answer)

    @pytest.mark.parametrize(
        "answer",
        [
            _CHUNKED.replace(b"3\r\nhel", b"3;\r\nhell"),
            _CHUNKED.replace(b"3\r\nhel", b"z\r\nhel"),
            _CHUNKED.replace(b"0\r\n\r\n", b"0\r\nX-Trailer: a\r\n\r\n"),
        ],
        ids=["length", "size", "trailer"],
    )
    async def test_refuses_a_body_that_is_not_framed_as_it_says(self, answer: bytes) -> None:
        with pytest.raises(MalformedResponse):
            await exchange(answer)

    @pytest.mark.parametrize("answer", [_PLAIN, _CHUNKED], ids=["plain", "chunked"])
    async def test_never_takes_a_part_for_the_whole(self, answer: bytes) -> None:
        for end in range(len(answer)):
            with pytest.raises((ConnectionLost, MalformedResponse)):
                await exchange(answer[:end])

    @pytest.mark.parametrize("extra", [b"x", _PLAIN, b"\r\nHTTP/1.1 200 OK\r\n"], ids=["a byte", "an answer", "a head"])
    async def test_gives_the_answer_but_not_what_follows_it(self, extra: bytes) -> None:
        response, body, connection = await exchange(_PLAIN + extra)
        assert (response.status, body) == (200, b"hello")
        assert not connection.reusable

    async def test_is_over_when_something_comes_unasked(self) -> None:
        loop = asyncio.get_running_loop()
        async with connected() as (connection, service):
            await loop.sock_sendall(service, b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
            assert await loop.sock_recv(service, 1) == b""  # closed by us
            assert not connection.reusable

    async def test_is_not_used_again_when_a_side_wants_to_close(self) -> None:
        _, _, connection = await exchange(_PLAIN.replace(b"X-A: b", b"Connection: close"))
        assert not connection.reusable

    async def test_is_not_used_again_before_the_request_was_sent(self) -> None:
        async with connected() as (connection, service):
            connection.begin(_HEAD, method="POST", body_follows=True)
            await asyncio.get_running_loop().sock_sendall(service, _PLAIN)
            await connection.response()
            assert await connection.read() == b"hello"
            assert not connection.reusable

    async def test_makes_a_fast_service_wait_for_a_slow_reader(self) -> None:
        size = 32 * 1024 * 1024
        async with connected() as (connection, service):
            connection.begin(_HEAD, method="GET", body_follows=False)
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size
            sending = asyncio.create_task(asyncio.get_running_loop().sock_sendall(service, head + b"x" * size))
            await connection.response()
            await until(lambda: not connection._reading)
            assert connection._buffered < 2 * 1024 * 1024
            assert not sending.done()
            received = 0
            while piece := await connection.read():
                received += len(piece)
            await sending
            assert received == size

    async def test_is_not_used_again_while_nobody_has_read_what_made_it_wait(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Else the answer to the next request would never be heard."""
        # Its last byte is the one too many: before that nothing makes the service wait, in whatever pieces it comes.
        monkeypatch.setattr("gateway.connections._HIGH_WATER", 4)
        async with connected() as (connection, service):
            connection.begin(_HEAD, method="GET", body_follows=False)
            await asyncio.get_running_loop().sock_sendall(service, _PLAIN)
            await until(lambda: connection.complete)
            assert not connection._reading
            assert not connection.reusable
            assert await connection.read() == b"hello"
            assert connection.reusable

    async def test_keeps_headers_in_order_and_lower_case(self) -> None:
        answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nETag: x\r\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n"
        response, _, _ = await exchange(answer)
        expected: list[Header] = [(b"set-cookie", b"a"), (b"etag", b"x"), (b"set-cookie", b"b")]
        assert response.headers[:3] == expected
