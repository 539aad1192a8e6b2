"""The composition root, and the way of a request: understood, routed, counted, carried."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import SimpleNamespace
from typing import Any

import httpx
import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis import background, tokens
from chassis.problems import NotFound, Problem, Unauthenticated
from chassis.revocation import keeper
from chassis.web.health import Health
from chassis.web.middleware import RequestContext, send_problem
from gateway import cors, hygiene, pages, policies, rate_limit
from gateway.callers import Callers
from gateway.limits import Limits
from gateway.openapi import Documentation
from gateway.pages import Pages
from gateway.proxy import Proxy
from gateway.routes import ROUTES, Route, RouteTable
from gateway.settings import Settings
from gateway.upstreams import Upstream

log = structlog.get_logger()

_KEYS_RETRY_SECONDS = 1.0


class Gateway:
    """Answers requests, once everything it needs is open."""

    def __init__(self, *, routes: RouteTable, pages: Pages, callers: Callers, limits: Limits, proxy: Proxy) -> None:
        self._routes, self._pages = routes, pages
        self._callers, self._limits, self._proxy = callers, limits, proxy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._serve(scope, receive, send)
        except Problem as problem:
            await send_problem(problem, scope, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        inbound = hygiene.read(scope)
        if cors.is_preflight(scope):
            await send({"type": "http.response.start", "status": 204, "headers": list(cors.PREFLIGHT)})
            await send({"type": "http.response.body"})
            return
        if (page := self._pages.find(inbound.path)) is not None:
            scope["route"] = page
            await pages.answer(page, inbound.method, send)
            return
        if (route := self._routes.find(inbound.path)) is None:
            raise NotFound
        scope["route"] = route
        await self._forward(scope, inbound, route, receive, send)

    async def _forward(
        self, scope: Scope, inbound: hygiene.Inbound, route: Route, receive: Receive, send: Send
    ) -> None:
        caller = await self._callers.identify(inbound)
        quotas = await self._limits.charge(inbound, route, caller)
        added = [*caller.headers(), (b"x-request-id", scope["state"]["request_id"].encode())]
        try:
            if caller.revoked and not route.cookies:
                # Who reads cookies asks the session itself, and is where one signs in again.
                raise _session_over()
            await self._proxy.forward(inbound, route, asking=added, answering=quotas, receive=receive, send=send)
        except Problem as problem:
            problem.headers |= {name.decode(): value.decode() for name, value in quotas}
            raise


class Application:
    """The ASGI application: opens what a gateway needs at start-up, and closes it at the end."""

    def __init__(self, settings: Settings) -> None:
        self.state: Any = SimpleNamespace(health=Health())
        self._settings = settings
        self._gateway: ASGIApp | None = None
        self._around = cors.Cors(RequestContext(self._inner), settings.frontend_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(self._running(), receive, send)
        else:
            await self._around(scope, receive, send)

    async def _inner(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._gateway is not None  # noqa: S101 (the server starts the lifespan first)
        await self._gateway(scope, receive, send)

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        async with gateway(self._settings, self.state.health) as self._gateway:
            yield
        self._gateway = None


@asynccontextmanager
async def gateway(settings: Settings, health: Health) -> AsyncIterator[Gateway]:
    """A gateway with everything open. Starts whether or not Redis and the services are there."""
    services = {"auth": settings.auth_url, "todos": settings.todos_url}
    routes = RouteTable(ROUTES)
    upstreams = {
        name: Upstream(name, url, most_connections=settings.upstream_connections) for name, url in services.items()
    }
    async with (
        rate_limit.connect(settings.redis) as limiter,
        keeper.kept(settings.revocations, settings.broker, name="gateway.revocations") as kept,
        tokens.connect(settings.tokens, kept.revocations) as verifier,
        httpx.AsyncClient() as client,
        background.running(keys=lambda: _know(verifier.keys)),
    ):
        health.add("revocations", kept.check)
        health.tell("revocations", kept.report)
        try:
            yield Gateway(
                routes=routes,
                pages=Pages(health, Documentation(services, routes, client, public_url=settings.tokens.issuer)),
                callers=Callers(verifier, trusted_hops=settings.trusted_hops),
                limits=Limits(limiter, policies.with_quotas(settings.limits)),
                proxy=Proxy(upstreams),
            )
        finally:
            for upstream in upstreams.values():
                upstream.close()


def _session_over() -> Problem:
    return Unauthenticated("The session of this access token is over", error="invalid_token")


async def _know(keys: tokens.KeySet) -> None:
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
