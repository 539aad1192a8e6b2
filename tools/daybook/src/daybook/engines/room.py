"""The engines of one stack: those that the environment has a URL for, and those we start ourselves."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from daybook.engines import postgres, rabbitmq, redis
from daybook.engines.binaries import Binary
from daybook.failures import Failure
from daybook.ports import Ports
from daybook.worksite import Worksite

_PATIENCE_SECONDS = 5.0
# The slowest first.
ENGINES = {engine.name: engine for engine in (rabbitmq.ENGINE, postgres.ENGINE, redis.ENGINE)}


class EngineRoom:
    """`urls` says by variable name where each engine will be, as its administrator."""

    def __init__(self, site: Worksite, ports: Ports, *, ephemeral: bool) -> None:
        self._site = site
        self._state = site.state
        self._ports = ports
        self._ephemeral = ephemeral
        self._broker: rabbitmq.Broker | None = None
        self._starters: dict[str, Callable[[], Awaitable[None]]] = {}
        self.urls: dict[str, str] = {}

    def plan(self, names: Iterable[str]) -> None:
        """Decide where each engine is going to be, and who starts it."""
        planners = {"postgres": self._plan_postgres, "redis": self._plan_redis, "rabbitmq": self._plan_rabbitmq}
        for engine in (ENGINES[name] for name in names):
            given = self._site.environment.get(engine.variable)
            binary = None if given else engine.find(self._site.checkout.packages)
            if given:
                self.urls[engine.variable] = given
            elif binary:
                self.urls[engine.variable] = planners[engine.name](binary)
                self._site.progress.say(f"{engine.name} {_described(binary)}")
            else:
                raise Failure(f"{engine.name} is not here: `apt-get install {' '.join(engine.packages)}`.")

    async def start(self, *names: str) -> None:
        async with asyncio.TaskGroup() as group:
            for name in names:
                group.create_task(self._start(name))

    def broker_url(self, service: str) -> str:
        """Our own broker has a user for each service; of another one we know what we were given."""
        return self._broker.url(rabbitmq.service_user(service)) if self._broker else self.urls["RABBITMQ_URL"]

    @property
    def owns_postgres(self) -> bool:
        return "postgres" in self._starters

    async def _start(self, name: str) -> None:
        if name not in self._starters:
            variable = ENGINES[name].variable
            await demand_answer(variable, self.urls[variable], ENGINES[name].schemes)
            self._site.progress.say(f"{name}: used as {variable} says")
            return
        with self._site.progress.step(name, "starting"):
            await self._starters[name]()

    def _plan_postgres(self, binary: Binary) -> str:
        port = self._ports.pick("postgres", 17432)
        cluster = postgres.Cluster(binary, self._state, port, ephemeral=self._ephemeral)

        async def start() -> None:
            await cluster.make(self._site.supervisor)
            await self._site.supervisor.start_and_wait(cluster.program())

        self._starters["postgres"] = start
        return cluster.url("postgres")

    def _plan_redis(self, binary: Binary) -> str:
        port = self._ports.pick("redis", 17379)

        async def start() -> None:
            program = redis.program(binary, self._state, port, ephemeral=self._ephemeral)
            await self._site.supervisor.start_and_wait(program)

        self._starters["redis"] = start
        return redis.url(self._state, port)

    def _plan_rabbitmq(self, binary: Binary) -> str:
        ports = rabbitmq.Addresses(
            amqp=self._ports.pick("rabbitmq", 17672),
            distribution=self._ports.pick("rabbitmq-distribution", 17673),
            epmd=self._ports.pick("epmd", 17676),
        )
        broker = self._broker = rabbitmq.Broker(binary, self._state, ports)

        async def start() -> None:
            broker.make()
            for program in broker.programs():
                await self._site.supervisor.start_and_wait(program)

        self._starters["rabbitmq"] = start
        return broker.url()


async def demand_answer(variable: str, url: str, schemes: Mapping[str, int]) -> None:
    """Raises Failure with one sentence unless somebody listens where the URL says."""
    parts = urlsplit(url)
    scheme = parts.scheme.partition("+")[0]
    if scheme not in schemes:
        raise Failure(f"{variable} has to begin with {' or '.join(f'{each}://' for each in schemes)}.")
    try:
        host, port = parts.hostname, parts.port or schemes[scheme]
    except ValueError as error:
        raise Failure(f"{variable} names a port that is none.") from error
    if host is None:
        return  # a socket, perhaps: whoever uses it will see
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError) as error:
        raise Failure(f"{variable} names {host}:{port}, where nobody answers: start it, or unset it.") from error
    writer.close()


def _described(binary: Binary) -> str:
    version = ".".join(str(part) for part in binary.version)
    return f"{version} ({'unpacked below .local' if binary.root else Path(binary.program).parent})"
