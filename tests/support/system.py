"""Daybook's own processes as they really run, each to be killed, stopped and started again by a test.

The engines are those of `tests.support.engines`; RabbitMQ is behind a proxy that can be told to fail.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from tests.support.faults import FaultProxy, faults_before

from daybook.checkout import Checkout
from daybook.ports import Ports
from daybook.secrets import Secrets
from daybook.services import LISTENERS, MIGRATIONS, OWNERS, SERVICES, Service, Wiring
from daybook.supervision.processes import dying_with_us, kill_group

_ROOT = Path(__file__).parents[2]
_SERVICES = {service.name: service for service in SERVICES if service.name != "app"}
_FIRST_PORT = 18_800
# A machine that is busy with other tests takes its time.
_START_SECONDS = 600
_PLENTY = {
    f"GATEWAY_LIMITS__{policy}": "1000000/60"
    for policy in ("USER", "ADDRESS", "ADDRESS_TOTAL", "SIGN_IN", "REGISTRATION", "REFRESH")
}


@dataclass
class System:
    """Processes by the names of `daybook.services`."""

    wiring: Wiring
    bus: FaultProxy
    folder: Path
    _running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    def url(self, name: str) -> str:
        return self.wiring.internal(name)

    async def run(self, migration: Service) -> None:
        process = await self._spawn(migration)
        assert await process.wait() == 0, self._log(migration.name)

    async def start(self, *names: str) -> None:
        """Returns when they are ready."""
        for name in names:
            self._running[name] = await self._spawn(_SERVICES[name])
        for name in names:
            await self.until_ready(name)

    async def until_ready(self, name: str) -> None:
        async with asyncio.timeout(_START_SECONDS), httpx.AsyncClient() as client:
            while await _status(client, f"{self.url(name)}/readyz") != httpx.codes.OK:
                assert self._running[name].returncode is None, self._log(name)
                await asyncio.sleep(0.1)

    async def kill(self, *names: str) -> None:
        for name in names:
            process = self._running.pop(name)
            kill_group(process.pid)
            await process.wait()

    async def restart(self, *names: str) -> None:
        """As after a crash. Returns at once: they are not ready yet."""
        await self.kill(*names)
        for name in names:
            self._running[name] = await self._spawn(_SERVICES[name])

    @asynccontextmanager
    async def paused(self, *names: str) -> AsyncIterator[None]:
        """They neither answer nor close anything."""
        pids = [self._running[name].pid for name in names]
        for pid in pids:
            os.killpg(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.killpg(pid, signal.SIGCONT)

    async def stop(self) -> None:
        await self.kill(*self._running)

    async def _spawn(self, service: Service) -> asyncio.subprocess.Process:
        environment = {**os.environ, **_PLENTY}
        program = service.program(Checkout(_ROOT), self.wiring, environment)
        with (self.folder / f"{service.name}.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *dying_with_us(signal.SIGKILL),
                *program.argv,
                env=program.env,
                cwd=program.cwd,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-4000:]


async def _status(client: httpx.AsyncClient, url: str) -> int:
    try:
        return (await client.get(url, timeout=5)).status_code
    except httpx.TransportError:
        return 0


@asynccontextmanager
async def running(
    folder: Path, *, databases: Mapping[str, str], broker_url: str, redis_url: str
) -> AsyncIterator[System]:
    """Everything but the app, ready."""
    broker, ports = urlsplit(broker_url), Ports()
    async with AsyncExitStack() as stack:
        stack.callback(ports.close)
        bus = await stack.enter_async_context(faults_before(broker.hostname or "127.0.0.1", broker.port or 5672))
        through = broker._replace(netloc=f"{broker.netloc.rpartition('@')[0]}@127.0.0.1:{bus.port}").geturl()
        for offset, name in enumerate((*_SERVICES, "app")):
            ports.pick(name, _FIRST_PORT + offset)
        system = System(
            Wiring(
                ports=ports.picked,
                databases=databases,
                brokers=dict.fromkeys(LISTENERS, through),
                key_files={owner: Secrets(folder).key_file(f"{owner}-keys") for owner in OWNERS},
                redis=redis_url,
                mail=folder / "mail",
            ),
            bus,
            folder,
        )
        stack.push_async_callback(system.stop)
        for migration in MIGRATIONS:
            await system.run(migration)
        await system.start(*_SERVICES)
        yield system
