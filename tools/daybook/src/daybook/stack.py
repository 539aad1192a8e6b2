"""Daybook as a whole on this machine: engines, migrations, and every process as soon as it can start."""

import asyncio
import json
from collections.abc import Mapping

from daybook.engines.database import ServiceDatabase
from daybook.engines.room import ENGINES, EngineRoom
from daybook.failures import Failure
from daybook.ports import Ports
from daybook.services import LISTENERS, MIGRATIONS, OWNERS, SERVICES, Service, Wiring
from daybook.worksite import Worksite

_CHOSEN = {"app": "DAYBOOK_APP_PORT", "gateway": "DAYBOOK_API_PORT"}
# Where a throw-away system looks first, so that it leaves the usual ports to whoever opens a browser.
_EPHEMERAL_OFFSET = 10_000
_HIGHEST_PORT = 65535


class Stack:
    def __init__(self, site: Worksite, *, ephemeral: bool) -> None:
        self._site = site
        self._ephemeral = ephemeral
        self._ports_file = site.state.directory / "ports.json"
        self._ports = Ports(self._remembered_ports())
        self._engines = EngineRoom(site, self._ports, ephemeral=ephemeral)
        self._database: ServiceDatabase | None = None
        # An administrator's URL is nothing that a service should see.
        variables = {engine.variable for engine in ENGINES.values()}
        self._environment = {name: value for name, value in site.environment.items() if name not in variables}

    async def start_engines(self, names: tuple[str, ...] = tuple(ENGINES)) -> Mapping[str, str]:
        self._engines.plan(names)
        await self._engines.start(*names)
        self._remember_ports()
        return self._engines.urls

    async def start_everything(self) -> Mapping[str, str]:
        """The addresses of everything, by the names of the variables that carry them."""
        self._engines.plan(ENGINES)
        database = self._database = self._plan_database()
        wiring = self._wiring(database)
        async with asyncio.TaskGroup() as group:
            broker = group.create_task(self._engines.start("rabbitmq"))
            group.create_task(self._serve(wiring, database, broker))
        self._remember_ports()
        addresses = {
            "DAYBOOK_APP_URL": wiring.app_url,
            "DAYBOOK_API_URL": wiring.api_url,
            "DAYBOOK_MAIL_FOLDER": str(wiring.mail),
        }
        return {**self._engines.urls, "DATABASE_URL": database.url, **addresses}

    def clean_up(self) -> None:
        """Take back what was made in somebody else's server for a throw-away system."""
        if self._database:
            self._database.remove()

    async def _serve(self, wiring: Wiring, database: ServiceDatabase, broker: asyncio.Task[None]) -> None:
        await self._engines.start("postgres", "redis")
        with self._site.progress.step("database", "roles and migrations"):
            await asyncio.to_thread(database.make, self._site.checkout)
            async with asyncio.TaskGroup() as group:
                for migration in MIGRATIONS:
                    program = migration.program(self._site.checkout, wiring, self._environment)
                    group.create_task(self._site.supervisor.run_to_end(program))
        with self._site.progress.step("services", f"starting {', '.join(service.name for service in SERVICES)}"):
            async with asyncio.TaskGroup() as group:
                for service in SERVICES:
                    group.create_task(self._start(service, wiring, broker))

    async def _start(self, service: Service, wiring: Wiring, broker: asyncio.Task[None]) -> None:
        if service.works_for_the_broker:
            # It may start earlier, but it could only complain.
            await broker
        program = service.program(self._site.checkout, wiring, self._environment)
        await self._site.supervisor.start_and_wait(program)

    def _plan_database(self) -> ServiceDatabase:
        return ServiceDatabase.plan(
            self._site.checkout,
            self._site.state.secrets,
            OWNERS,
            self._engines.urls["DATABASE_URL"],
            ours=self._engines.owns_postgres,
            ephemeral=self._ephemeral,
        )

    def _wiring(self, database: ServiceDatabase) -> Wiring:
        return Wiring(
            ports=self._ports.picked,
            databases={owner: database.url_of(owner) for owner in OWNERS},
            brokers={service: self._engines.broker_url(service) for service in LISTENERS},
            key_files={owner: self._site.state.secrets.key_file(f"{owner}-keys") for owner in OWNERS},
            redis=self._engines.urls["REDIS_URL"],
            erasures=self._site.state.directory / "erasures",
            mail=(self._site.state.directory if self._ephemeral else self._site.checkout.local) / "mail",
        )

    def pick_ports(self) -> None:
        """For the services; an engine's is picked when it is planned."""
        offset = _EPHEMERAL_OFFSET if self._ephemeral else 0
        for service in SERVICES:
            if service.metrics:
                self._ports.pick(service.metrics_port, service.metrics)
            variable = _CHOSEN.get(service.name)
            chosen = self._site.environment.get(variable) if variable and not self._ephemeral else None
            if variable and chosen:
                self._ports.insist(service.name, _port(variable, chosen), variable=variable)
                continue
            port = self._ports.pick(service.name, service.port + (offset if variable else 0))
            if variable and not self._ephemeral and port != service.port:
                self._site.progress.say(f"port {service.port} is taken: the {service.name} is on {port} ({variable})")

    def _remembered_ports(self) -> Mapping[str, int]:
        """Those of last time, so that a client's address keeps working; the app and the API go back to the usual."""
        if not self._ports_file.exists():
            return {}
        stored: dict[str, int] = json.loads(self._ports_file.read_text())
        return {name: port for name, port in stored.items() if name not in _CHOSEN}

    def _remember_ports(self) -> None:
        self._ports_file.write_text(json.dumps(self._ports.picked))


def _port(variable: str, text: str) -> int:
    if text.isdigit() and 0 < int(text) <= _HIGHEST_PORT:
        return int(text)
    raise Failure(f"{variable} is {text!r}: give it a port, for example {variable}=3100.")
