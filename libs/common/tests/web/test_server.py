"""A process that serves, as whoever runs it sees it: by its port and its signals."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

_PROCESS = """
import sys
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from chassis.settings import HttpSettings
from chassis.web.health import Health
from chassis.web.server import serve

health = Health()

async def state(request):
    return PlainTextResponse("stopping" if health.draining else "serving")

settings = HttpSettings(port=int(sys.argv[1]), drain_seconds=float(sys.argv[2]))
serve(Starlette(routes=[Route("/", state)]), settings, health)
"""
_A_MINUTE = 60


@dataclass(frozen=True)
class Served:
    process: asyncio.subprocess.Process
    client: httpx.AsyncClient

    async def until(self, condition: Callable[[httpx.Response], bool]) -> None:
        """Return when an answer is like that; a process that does not serve yet gives none."""
        async with asyncio.timeout(_A_MINUTE / 2):
            while True:
                try:
                    if condition(await self.client.get("/")):
                        return
                except httpx.ConnectError:
                    await asyncio.sleep(0.1)


@pytest.fixture
async def served(drain_seconds: float) -> AsyncIterator[Served]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _PROCESS, str(port), str(drain_seconds))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        try:
            served = Served(process, client)
            await served.until(lambda answer: answer.text == "serving")
            yield served
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


def stopping(answer: httpx.Response) -> bool:
    return answer.text == "stopping"


def timers_at(port: int | None) -> set[str]:
    """What the kernel waits for at the open connections of a port here."""
    names = {"00": "nothing", "01": "an answer", "02": "keepalive"}
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {names[line[5][:2]] for line in lines if line[1].endswith(f":{port:04X}") and line[3] == "01"}


@pytest.mark.parametrize("drain_seconds", [0])
class TestConnections:
    @pytest.mark.skipif(sys.platform != "linux", reason="options of Linux")
    async def test_are_given_up_when_nobody_hears(self, served: Served) -> None:
        """The kernel watches each connection: whoever sends to nobody finds out, and streams end."""
        assert timers_at(served.client.base_url.port) == {"keepalive"}


class TestDraining:
    @pytest.mark.parametrize("drain_seconds", [_A_MINUTE])
    async def test_keeps_serving_and_asks_everybody_to_let_go(self, served: Served) -> None:
        assert "connection" not in (await served.client.get("/")).headers

        served.process.send_signal(signal.SIGTERM)

        await served.until(lambda answer: stopping(answer) and answer.headers.get("connection") == "close")
        assert served.process.returncode is None

    @pytest.mark.parametrize("drain_seconds", [_A_MINUTE])
    async def test_is_not_waited_for_by_whoever_asks_twice(self, served: Served) -> None:
        served.process.send_signal(signal.SIGTERM)
        await served.until(stopping)
        served.process.send_signal(signal.SIGTERM)

        assert await asyncio.wait_for(served.process.wait(), _A_MINUTE / 2) in {0, -signal.SIGTERM}

    @pytest.mark.parametrize("drain_seconds", [0])
    async def test_is_over_at_once_where_nobody_needs_it(self, served: Served) -> None:
        served.process.send_signal(signal.SIGTERM)

        assert await asyncio.wait_for(served.process.wait(), _A_MINUTE / 2) in {0, -signal.SIGTERM}
