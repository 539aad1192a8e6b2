"""Load: keep-alive connections that ask again as soon as they were answered, as lean as Python allows."""

import asyncio
from collections.abc import Sequence


class _Client(asyncio.Protocol):
    def __init__(self, request: bytes, budget: list[int], done: "asyncio.Future[None]") -> None:
        self._request, self._budget, self._done = request, budget, done
        self._missing = -1
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._transport.write(self._request)

    def connection_lost(self, _: Exception | None) -> None:
        self._fail("the connection was closed")

    def data_received(self, data: bytes) -> None:
        if self._missing < 0:
            self._head += data
            head, found, data = self._head.partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 200 "):
                self._fail(f"not an answer to measure: {head.decode('latin-1')}")
                return
            self._missing = _length(head)
        self._missing -= len(data)
        if self._missing == 0:
            self._head, self._missing = b"", -1
            self._budget[0] -= 1
            if self._budget[0] > 0:
                self._transport.write(self._request)
            elif not self._done.done():
                self._done.set_result(None)

    def _fail(self, why: str) -> None:
        if not self._done.done():
            self._done.set_exception(RuntimeError(why))


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    raise RuntimeError(f"an answer without a length: {head.decode('latin-1')}")


async def load(port: int, request: bytes, *, requests: int, connections: int) -> None:
    """Return when so many requests have been answered with 200. Raises at the first that was not."""
    loop, budget = asyncio.get_running_loop(), [requests]
    done: asyncio.Future[None] = loop.create_future()
    clients: Sequence[asyncio.Transport] = [
        (await loop.create_connection(lambda: _Client(request, budget, done), "127.0.0.1", port))[0]
        for _ in range(connections)
    ]
    try:
        await done
    finally:
        for client in clients:
            client.abort()
