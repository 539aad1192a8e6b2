"""Daybook's own processes as they really run, each to be killed, stopped and started again by a test.

The engines are those of `tests.support.engines`; RabbitMQ is behind a proxy that can be told to fail.
"""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
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
    for policy in ("USER", "ADDRESS", "ADDRESS_TOTAL", "SIGN_IN", "ACCOUNT", "REGISTRATION", "REFRESH")
}
# Nearly every test signs people in; what a hash really costs is for those that say so.
_CHEAP = {"AUTH_PASSWORDS__MEMORY_KIB": "64", "AUTH_PASSWORDS__PASSES": "1"}
COSTLY = {"AUTH_PASSWORDS__MEMORY_KIB": "19456", "AUTH_PASSWORDS__PASSES": "2"}


@dataclass
class System:
    """Processes by the names of `daybook.services`."""

    wiring: Wiring
    bus: FaultProxy
    folder: Path
    _running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    def url(self, name: str) -> str:
        return self.wiring.internal(name)

    def metrics_url(self, name: str) -> str:
        return f"{self.url(_SERVICES[name].metrics_port)}/metrics"

    def pid(self, name: str) -> int:
        return self._running[name].pid

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
            while await status_of(client, f"{self.url(name)}/readyz") != httpx.codes.OK:
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

    async def replace(self, name: str) -> None:
        """As a deployment does it: told to stop, waited for, started again; returns when it is ready."""
        await self._end(name)
        await self.start(name)

    @asynccontextmanager
    async def without(self, name: str) -> AsyncIterator[None]:
        """It is killed, and ready again afterwards, whatever happens meanwhile."""
        await self.kill(name)
        try:
            yield
        finally:
            await self.start(name)

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

    @asynccontextmanager
    async def another(self, kind: str, **variables: str) -> AsyncIterator["Another"]:
        """One more process of a kind, ready, with some settings of its own."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        service = replace(_SERVICES[kind], name=f"{kind}-{port}")
        wiring = replace(self.wiring, ports={**self.wiring.ports, service.name: port})
        one = Another(replace(self, wiring=wiring, _running={}), service, f"http://127.0.0.1:{port}", variables)
        await one.start()
        try:
            yield one
        finally:
            await one.system.stop()

    async def stop(self) -> None:
        await self.kill(*self._running)

    async def _end(self, name: str) -> None:
        process = self._running.pop(name)
        process.terminate()
        await process.wait()

    async def _spawn(self, service: Service, variables: Mapping[str, str] | None = None) -> asyncio.subprocess.Process:
        environment = {**os.environ, **_PLENTY, **_CHEAP}
        program = service.program(Checkout(_ROOT), self.wiring, environment)
        with (self.folder / f"{service.name}.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *dying_with_us(signal.SIGKILL),
                *program.argv,
                env={**program.env, **(variables or {})},
                cwd=program.cwd,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def _log(self, name: str) -> str:
        return self.log(name)[-4000:]


@dataclass
class Another:
    """A process beside those of the system."""

    system: System
    service: Service
    url: str
    variables: Mapping[str, str]

    async def start(self) -> None:
        name = self.service.name
        self.system._running[name] = await self.system._spawn(self.service, self.variables)
        await self.system.until_ready(name)

    @property
    def port(self) -> int:
        return self.system.wiring.ports[self.service.name]

    def paused(self) -> AbstractAsyncContextManager[None]:
        """It neither answers nor closes anything."""
        return self.system.paused(self.service.name)

    def said(self, event: str) -> int:
        """How often it has logged this event."""
        return self.system.log(self.service.name).count(f'"event":"{event}"')

    async def restart(self) -> None:
        """As a deployment does it: told to stop, waited for, started again; returns when it is ready."""
        await self.system._end(self.service.name)
        await self.start()


async def status_of(client: httpx.AsyncClient, url: str) -> int:
    """0 where nobody answers."""
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
        for offset, service in enumerate(_SERVICES.values(), start=len(_SERVICES) + 1):
            ports.pick(service.metrics_port, _FIRST_PORT + offset)
        system = System(
            Wiring(
                ports=ports.picked,
                databases=databases,
                brokers=dict.fromkeys(LISTENERS, through),
                key_files={owner: Secrets(folder).key_file(f"{owner}-keys") for owner in OWNERS},
                redis=redis_url,
                mail=folder / "mail",
                erasures=folder / "erasures",
            ),
            bus,
            folder,
        )
        stack.push_async_callback(system.stop)
        for migration in MIGRATIONS:
            await system.run(migration)
        await system.start(*_SERVICES)
        yield system
