"""What goes wrong between two processes: a TCP proxy that refuses, falls silent, cuts, dawdles or trickles."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.support.servers import settle


class FaultProxy:
    """Stands in front of a server. Everything passes until it is told otherwise."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._pairs: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = asyncio.Event()
        self._open.set()
        self.port = 0
        self.accepted = 0
        # Seconds that each piece is held up.
        self.delay = 0.0
        # Whether bytes pass one by one.
        self.trickles = False

    async def start(self) -> None:
        """Accept connections, on the same port each time."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """As if the process behind had been killed: connections are reset, new ones refused."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()

    def silence(self) -> None:
        """As if the process behind had been stopped, or a firewall dropped everything: nothing passes, nothing ends."""
        self._open.clear()

    def speak(self) -> None:
        self._open.set()

    def cut(self) -> None:
        for pair in self._pairs:
            for writer in pair:
                _reset(writer)

    async def stop(self) -> None:
        await self.refuse()
        await settle()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await settle()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            there = await asyncio.open_connection(*self._target)
        except OSError:
            _reset(writer)
            return
        pair = (writer, there[1])
        self._pairs.add(pair)
        pumps = asyncio.gather(self._pump(reader, there[1]), self._pump(there[0], writer))
        try:
            with suppress(OSError, asyncio.CancelledError):
                await pumps
        finally:
            pumps.cancel()
            self._pairs.discard(pair)
            self._tasks.discard(task)
            for each in pair:
                each.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            await self._open.wait()
            await asyncio.sleep(self.delay)
            for piece in [data[at : at + 1] for at in range(len(data))] if self.trickles else [data]:
                sink.write(piece)
                await sink.drain()
                if self.trickles:
                    await asyncio.sleep(0)
        if sink.can_write_eof():
            sink.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    if sock is not None and sock.fileno() != -1:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def faults_before(host: str, port: int) -> AsyncIterator[FaultProxy]:
    proxy = FaultProxy(host, port)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
