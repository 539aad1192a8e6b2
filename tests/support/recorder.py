"""A service that remembers what arrives, byte for byte as a strict reader reads it, and says yes to everything."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.raw_requests import NotPlain, RawRequest, read_request
from tests.support.servers import speaking

_YES = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Recorder:
    def __init__(self) -> None:
        self.port = 0
        self.requests: list[RawRequest] = []
        # What arrived and was no request: a proxy that writes such a thing has been led astray.
        self.faults: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def forget(self) -> None:
        self.requests.clear()
        self.faults.clear()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await read_request(reader)) is not None:
                self.requests.append(request)
                writer.write(_YES)
                await writer.drain()
        except NotPlain as error:
            # A body that breaks off with its connection is how a proxy says that it gave up.
            if "without an end" not in str(error):
                self.faults.append(str(error))


@asynccontextmanager
async def recording() -> AsyncIterator[Recorder]:
    recorder = Recorder()
    async with speaking(recorder.talk) as recorder.port:
        yield recorder
