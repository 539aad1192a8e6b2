"""A service behind the gateway: which addresses its name has, and which of them a request goes to."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import NamedTuple

import structlog

from gateway.connections import Connection
from gateway.endpoints import Endpoint, Origin, Unreachable
from gateway.retries import RetryBudget

log = structlog.get_logger()

_RESOLVE_SECONDS = 5.0
# After a connection that failed names are looked up at once, though not more often than this.
_SOONEST_SECONDS = 0.5
_LOOKUP_SECONDS = 2.0
# Addresses that one request is tried at, as long as not a byte of it was sent.
_TRIES = 3

Lookup = Callable[[Origin], Awaitable[Collection[str]]]


class Saturated(Exception):
    """As many connections are in use as may be."""


class NobodyThere(Exception):
    """Every address has failed too often lately, or the name has none."""

    def __init__(self, why: str, *, wait: float = 0.0) -> None:
        super().__init__(why)
        self.wait = wait


class Lease(NamedTuple):
    """A connection to one of the addresses, for one exchange."""

    endpoint: Endpoint
    connection: Connection


async def lookup(origin: Origin) -> Collection[str]:
    """The addresses of a name: behind a headless service, one for each process. Raises OSError."""
    if _is_address(origin.host):
        return [origin.host]
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(_LOOKUP_SECONDS):
        found = await loop.getaddrinfo(origin.host, origin.port, type=1)  # SOCK_STREAM
    return sorted({str(address[0]) for *_, address in found})


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class Upstream:
    """`acquire` gives a connection to the address with the least to do among those that are well."""

    def __init__(self, name: str, urls: Sequence[str], *, most_connections: int, lookup: Lookup = lookup) -> None:
        self.name, self._lookup = name, lookup
        self._origins = tuple(Origin.of(url) for url in urls)
        self._most_connections = most_connections
        self.retries = RetryBudget()
        self._by_address: dict[tuple[Origin, str], Endpoint] = {}
        self.endpoints: tuple[Endpoint, ...] = ()
        self._turn = 0
        self._looking: asyncio.Task[None] | None = None
        self._looked_at = float("-inf")
        self._doubtful = asyncio.Event()

    @property
    def connections(self) -> int:
        return sum(endpoint.connections for endpoint in self.endpoints)

    @property
    def out(self) -> int:
        """Addresses that get no requests because they failed."""
        return sum(not endpoint.breaker.closed for endpoint in self.endpoints)

    # --- connections -----------------------------------------------------------------------------

    async def acquire(self, *, fresh: bool = False, avoid: Endpoint | None = None) -> Lease:
        """For one exchange; give it back with `Endpoint.release`. Raises NobodyThere, Unreachable or Saturated.

        `fresh` leaves kept connections alone, `avoid` is an address to use only if there is no other one.
        """
        if not self.endpoints:
            await self._look()
        tried: list[Endpoint] = []
        while True:
            endpoint = self._choose(tried, avoid)
            endpoint.begin()
            try:
                return Lease(endpoint, await self._connection(endpoint, fresh=fresh))
            except Unreachable as error:
                endpoint.release(None)
                self._doubtful.set()
                self.failed(endpoint, error)
                tried.append(endpoint)
                if len(tried) == min(_TRIES, len(self.endpoints)) or not self._any_but(tried):
                    raise
            except BaseException:
                endpoint.breaker.give_up()
                endpoint.release(None)
                raise

    async def _connection(self, endpoint: Endpoint, *, fresh: bool) -> Connection:
        if not fresh and (kept := endpoint.take()) is not None:
            return kept
        if self.connections >= self._most_connections:
            raise Saturated
        return await endpoint.connect()

    def _choose(self, tried: Collection[Endpoint], avoid: Endpoint | None) -> Endpoint:
        count = len(self.endpoints)
        if count == 1 and not tried and self.endpoints[0].passes():
            return self.endpoints[0]  # most of the time there is nothing to choose
        best: Endpoint | None = None
        self._turn += 1  # so that equals take turns
        for offset in range(count):
            endpoint = self.endpoints[(self._turn + offset) % count]
            if endpoint is avoid or endpoint in tried or not endpoint.passes():
                continue
            if best is None or endpoint.outstanding < best.outstanding:
                best = endpoint
        if best is not None:
            return best
        if avoid is not None and avoid not in tried and avoid in self.endpoints and avoid.passes():
            return avoid
        wait = min((endpoint.breaker.wait() for endpoint in self.endpoints), default=0.0)
        raise NobodyThere("no address is well" if count else "the name has no address", wait=wait)

    def _any_but(self, tried: Collection[Endpoint]) -> bool:
        return any(endpoint not in tried and endpoint.passes() for endpoint in self.endpoints)

    def has_another(self, endpoint: Endpoint) -> bool:
        return self._any_but((endpoint,))

    # --- how it went -----------------------------------------------------------------------------

    def succeeded(self, endpoint: Endpoint) -> None:
        if endpoint.breaker.calm:
            return
        if not endpoint.breaker.closed:
            log.info("upstream.returned", upstream=self.name, endpoint=endpoint.name)
        endpoint.breaker.succeed()

    def failed(self, endpoint: Endpoint, error: BaseException | str) -> None:
        """No answer, or none that can be understood."""
        self._fail(endpoint, error, opens=True)

    def answered_unwell(self, endpoint: Endpoint, status: int) -> None:
        """A 5xx: its own trouble as long as most of the others are well; otherwise that of all, and worth hearing."""
        well = sum(each.breaker.closed for each in self.endpoints if each is not endpoint)
        self._fail(endpoint, f"status {status}", opens=2 * well >= len(self.endpoints))

    def _fail(self, endpoint: Endpoint, error: BaseException | str, *, opens: bool) -> None:
        was_closed = endpoint.breaker.closed
        endpoint.breaker.fail(opens=opens)
        if was_closed and not endpoint.breaker.closed:
            why = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
            log.warning("upstream.ejected", upstream=self.name, endpoint=endpoint.name, error=why)

    # --- names -----------------------------------------------------------------------------------

    async def keep_resolved(self) -> None:
        """Look the names up again and again. Runs until cancelled."""
        while True:
            self._doubtful.clear()
            await self._look()
            await asyncio.sleep(_SOONEST_SECONDS)
            try:
                async with asyncio.timeout(_RESOLVE_SECONDS):
                    await self._doubtful.wait()
            except TimeoutError:
                continue

    async def _look(self) -> None:
        """One look-up at a time, however many wait for it."""
        loop = asyncio.get_running_loop()
        if self._looking is None:
            if not self.endpoints and loop.time() - self._looked_at < _SOONEST_SECONDS:
                return  # there was none just now
            self._looked_at = loop.time()
            self._looking = asyncio.create_task(self._look_up())
        await asyncio.shield(self._looking)

    async def _look_up(self) -> None:
        try:
            found = await asyncio.gather(*(self._addresses_of(origin) for origin in self._origins))
            self._use([address for addresses in found for address in addresses])
        finally:
            self._looking = None

    async def _addresses_of(self, origin: Origin) -> Iterable[tuple[Origin, str]]:
        try:
            addresses = await self._lookup(origin)
        except OSError as error:
            # What was known is better than nothing: a name server that is away takes no service with it.
            log.warning(
                "upstream.unknown", upstream=self.name, host=origin.host, error=f"{type(error).__name__}: {error}"
            )
            return [known for known in self._by_address if known[0] == origin]
        return [(origin, address) for address in addresses]

    def _use(self, addresses: Iterable[tuple[Origin, str]]) -> None:
        before = self._by_address
        self._by_address = {known: before.get(known) or Endpoint(*known) for known in addresses}
        self.endpoints = tuple(self._by_address.values())
        for known, endpoint in before.items():
            if known not in self._by_address:
                endpoint.retire()
        if before.keys() != self._by_address.keys():
            log.info("upstream.resolved", upstream=self.name, endpoints=[each.name for each in self.endpoints])

    def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        for endpoint in self.endpoints:
            endpoint.close()
