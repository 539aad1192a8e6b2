"""The composition root: opens what a gateway needs, puts it together, and takes a new table while it runs."""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, contextmanager
from types import SimpleNamespace
from typing import Any

import httpx
import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis import background, metrics, signatures, tokens
from chassis.key_sets import KeySet
from chassis.revocation import keeper
from chassis.web.health import Health
from chassis.web.middleware import RequestContext
from gateway import cors, policies, rate_limit, table
from gateway.admission import Admission
from gateway.callers import Callers
from gateway.handler import CurrentRules, Handler, Rules
from gateway.limits import Limits
from gateway.metrics import COUNT_REFUSED, Metrics
from gateway.openapi import Documentation
from gateway.pages import Pages
from gateway.proxy import Proxy
from gateway.rate_limit import RateLimiter
from gateway.settings import Settings
from gateway.table import TableInvalid
from gateway.upstreams import Upstream

log = structlog.get_logger()

_KEYS_RETRY_SECONDS = 1.0


class Application:
    """The ASGI application: opens what a gateway needs at start-up, and closes it at the end."""

    def __init__(self, settings: Settings) -> None:
        self.state: Any = SimpleNamespace(health=Health())
        self._settings = settings
        self.registry = metrics.registry()
        self._metrics = Metrics(self.registry)
        self._handler: ASGIApp | None = None
        context = RequestContext(self._inner, observe=self._metrics.requests.observe)
        self._around = cors.Cors(context, settings.frontend_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            scope.setdefault("state", {})[COUNT_REFUSED] = self._metrics.malformed
            await _live(self._running(), receive, send)
        else:
            await self._around(scope, receive, send)

    async def _inner(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._handler is not None  # noqa: S101 (the server starts the lifespan first)
        await self._handler(scope, receive, send)

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        with metrics.exposed(self._settings.metrics, self.registry):
            async with gateway(self._settings, self.state.health, self._metrics) as self._handler:
                yield
        self._handler = None


@asynccontextmanager
async def gateway(settings: Settings, health: Health, counted: Metrics) -> AsyncIterator[Handler]:
    """A gateway with everything open. Starts whether or not Redis and the services are there."""
    services = {"auth": settings.auth_url.split(","), "todos": settings.todos_url.split(",")}
    upstreams = {
        name: Upstream(name, urls, most_connections=settings.upstream_connections) for name, urls in services.items()
    }
    with _closing(upstreams.values()):
        async with (
            rate_limit.connect(settings.redis) as limiter,
            signatures.connect(settings.events) as event_signatures,
            keeper.kept(settings.revocations, settings.broker, event_signatures, name="gateway.revocations") as kept,
            tokens.connect(settings.tokens, kept.revocations) as verifier,
            httpx.AsyncClient() as client,
            background.running(
                keys=lambda: _know(verifier.keys),
                **{f"names.{upstream.name}": upstream.keep_resolved for upstream in upstreams.values()},
            ),
        ):
            health.add("revocations", kept.check)
            health.tell("revocations", kept.report)
            kept.be_watched(counted.watch)
            rules = CurrentRules(_rules(settings, limiter))
            documentation = Documentation(services, rules.now.routes, client, public_url=settings.tokens.issuer)
            admissions = {name: Admission(settings.requests_at_once) for name in upstreams}
            _watch(counted, upstreams, admissions, limiter)
            with _reloading(settings, limiter, rules, documentation):
                yield Handler(
                    rules=rules,
                    pages=Pages(health, documentation),
                    callers=Callers(verifier, trusted_hops=settings.trusted_hops),
                    admissions=admissions,
                    proxy=Proxy(upstreams, counted),
                    metrics=counted,
                    trace_ratio=settings.trace_ratio,
                )


def _rules(settings: Settings, limiter: RateLimiter) -> Rules:
    """Raises TableInvalid, also when a quota of the settings has lost its policy."""
    read = table.read(settings.table)
    try:
        quotas = policies.with_quotas(read.policies, settings.limits)
    except ValueError as error:
        raise TableInvalid(str(error)) from error
    rooms = {route.path: Admission(route.at_once) for route in read.routes.routes if route.at_once is not None}
    return Rules(read.routes, Limits(limiter, quotas, settings.cookie), rooms)


@contextmanager
def _reloading(
    settings: Settings, limiter: RateLimiter, rules: CurrentRules, documentation: Documentation
) -> Iterator[None]:
    """SIGHUP reads the table again. One that is not in order changes nothing."""

    def reload() -> None:
        try:
            rules.now = _rules(settings, limiter)
        except TableInvalid as error:
            log.error("table.refused", faults=str(error).splitlines())  # noqa: TRY400 (the faults say it all)
            return
        documentation.use(rules.now.routes)
        log.info("table.taken", routes=len(rules.now.routes.routes))

    if threading.current_thread() is not threading.main_thread():  # only there are signals heard
        yield
        return
    loop, before = asyncio.get_running_loop(), signal.getsignal(signal.SIGHUP)
    loop.add_signal_handler(signal.SIGHUP, reload)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
        # The loop knows only the default, by which it would end a process that is about to end in order.
        signal.signal(signal.SIGHUP, before)


@contextmanager
def _closing(upstreams: Iterable[Upstream]) -> Iterator[None]:
    with ExitStack() as stack:
        for upstream in upstreams:
            stack.callback(upstream.close)
        yield


def _watch(
    counted: Metrics, upstreams: Mapping[str, Upstream], admissions: Mapping[str, Admission], limiter: RateLimiter
) -> None:
    """Figures that are looked up when somebody asks for them."""
    counted.watch("gateway_limits_shared", "1 while all gateways count together", lambda: limiter.shared)
    for name, upstream in upstreams.items():
        _watch_upstream(counted, name, upstream, admissions[name])


def _watch_upstream(counted: Metrics, name: str, upstream: Upstream, admission: Admission) -> None:
    for figure, says, look in (
        ("connections", "Open connections to a service", lambda: upstream.connections),
        ("requests", "Requests of a service under way, streams aside", lambda: admission.under_way),
        ("endpoints", "Addresses of a service", lambda: len(upstream.endpoints)),
        ("endpoints_out", "Those of them that get no requests because they failed", lambda: upstream.out),
    ):
        counted.watch(f"gateway_upstream_{figure}", says, look, upstream=name)


async def _know(keys: KeySet) -> None:
    """Fetch the keys before a token needs them: until then everybody counts as a guest."""
    while not keys.loaded:
        await keys.refresh()
        if not keys.loaded:
            await asyncio.sleep(_KEYS_RETRY_SECONDS)
    await asyncio.Event().wait()  # from here on whoever shows a token keeps them fresh


async def _live(running: AbstractAsyncContextManager[None], receive: Receive, send: Send) -> None:
    """The lifespan half of ASGI."""
    await receive()
    try:
        async with running:
            await send({"type": "lifespan.startup.complete"})
            await receive()
    except Exception as error:
        log.exception("lifespan.failed")
        await send({"type": "lifespan.startup.failed", "message": f"{type(error).__name__}: {error}"})
        return
    await send({"type": "lifespan.shutdown.complete"})


def build(settings: Settings) -> Application:
    return Application(settings)
