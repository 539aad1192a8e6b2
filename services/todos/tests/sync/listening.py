"""Devices that listen to `/sync/stream` on a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
from starlette.types import ASGIApp, Receive, Scope, Send


class Started:
    """An application that is running already, for a server that would start it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


@dataclass
class Listener:
    """What one stream says, event by event."""

    answer: httpx.Response

    def __post_init__(self) -> None:
        self._lines = self.answer.aiter_lines()

    async def next(self, *, within: float = 30) -> tuple[str, dict[str, Any]]:
        """The next event. Raises StopAsyncIteration when the server has closed the stream."""
        name, data = "", b""
        async with asyncio.timeout(within):
            while line := await anext(self._lines):
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                if line.startswith("data: "):
                    data = line.removeprefix("data: ").encode()
        return (name, orjson.loads(data)) if name else await self.next(within=within)

    async def heads(self, until: int, *, within: float = 30) -> list[int]:
        """The heads it says, up to that one."""
        heads = [0]
        async with asyncio.timeout(within):
            while heads[-1] < until:
                name, data = await self.next(within=within)
                assert name == "head"
                heads.append(data["head"])
        return heads[1:]

    async def is_closed(self, *, within: float = 30) -> bool:
        try:
            await self.next(within=within)
        except StopAsyncIteration:
            return True
        return False


@asynccontextmanager
async def listening(port: int, token: str) -> AsyncIterator[Listener]:
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
        client.stream("GET", "/sync/stream", headers={"Authorization": f"Bearer {token}"}) as answer,
    ):
        assert answer.status_code == 200, await answer.aread()
        yield Listener(answer)
