"""The way of a request: understood, routed, let in, counted, carried."""

import asyncio
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from chassis.problems import NotFound, Problem, RequestTimeout, Unauthenticated
from chassis.web.middleware import send_problem
from gateway import bodies, cors, hygiene, pages
from gateway.admission import Admission
from gateway.bodies import ClientLeft
from gateway.callers import Caller, Callers
from gateway.errands import Errand
from gateway.errors import Overloaded, QuotaExceeded
from gateway.hygiene import Header, Inbound
from gateway.limits import Limits
from gateway.metrics import Metrics
from gateway.pages import Pages
from gateway.proxy import Proxy
from gateway.routes import Route, RouteTable


@dataclass(frozen=True, slots=True)
class Rules:
    """What a new table replaces, all at once: requests that are under way keep what they began with."""

    routes: RouteTable
    limits: Limits
    # By the path of a route, where it has `at_once`.
    rooms: Mapping[str, Admission]


@dataclass(frozen=True)
class Handler:
    """Answers requests, once everything it needs is open."""

    rules: "CurrentRules"
    pages: Pages
    callers: Callers
    admissions: Mapping[str, Admission]
    proxy: Proxy
    metrics: Metrics
    trace_ratio: float

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._serve(scope, receive, send)
        except Problem as problem:
            await send_problem(problem, scope, send)
        except ClientLeft:
            return

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        inbound = hygiene.read(scope)
        if cors.is_preflight(scope):
            await send({"type": "http.response.start", "status": 204, "headers": list(cors.PREFLIGHT)})
            await send({"type": "http.response.body"})
            return
        if (page := self.pages.find(inbound.path)) is not None:
            scope["route"] = page
            await pages.answer(page, inbound.method, scope["query_string"], send)
            return
        rules = self.rules.now
        if (route := rules.routes.find(inbound.path)) is None:
            raise NotFound
        scope["route"] = route
        caller = await self.callers.identify(inbound)
        passage = _Passage(self, rules, scope, inbound, route, caller)
        if route.silence_seconds is not None:
            # Streams stay for as long as they like: how many there may be is a matter of connections.
            await passage.take(receive, send)
        else:
            await self._admitted(passage, receive, send)

    async def _admitted(self, passage: "_Passage", receive: Receive, send: Send) -> None:
        upstream, name = passage.route.upstream, passage.caller.name
        room = passage.rules.rooms.get(passage.route.path)
        try:
            with self.admissions[upstream].entered(name), room.entered(name) if room else nullcontext():
                await passage.take(receive, send)
        except Overloaded:
            self.metrics.shed(upstream)
            raise


class CurrentRules:
    def __init__(self, rules: Rules) -> None:
        self.now = rules


@dataclass(slots=True)
class _Passage:
    """One request that belongs to a service."""

    handler: Handler
    rules: Rules
    scope: Scope
    inbound: Inbound
    route: Route
    caller: Caller

    async def take(self, receive: Receive, send: Send) -> None:
        route = self.route
        deadline = asyncio.get_running_loop().time() + route.seconds
        account = None
        if route.account is not None:
            peeked = await self._peek(receive, deadline)
            receive, account = peeked.receive, peeked.member(route.account)
        quotas = await self._charge(account)
        try:
            self._demand_identity()
            errand = Errand(
                self.inbound, route, deadline, self._introduction(), quotas, told=self.scope["state"]["log"]
            )
            await self.handler.proxy.forward(errand, receive, send)
        except Problem as problem:
            problem.headers |= {name.decode(): value.decode() for name, value in quotas}
            raise

    async def _peek(self, receive: Receive, deadline: float) -> bodies.Peeked:
        try:
            async with asyncio.timeout_at(deadline):
                return await bodies.peek(self.inbound, self.route, receive)
        except TimeoutError as error:
            raise RequestTimeout from error

    async def _charge(self, account: str | None) -> list[Header]:
        try:
            return await self.rules.limits.charge(self.inbound, self.route, self.caller, account=account)
        except QuotaExceeded as problem:
            self.handler.metrics.refused(problem.extensions["violated-policies"])
            raise

    def _demand_identity(self) -> None:
        """What is known here is not asked of a service, which would take in the whole body before it says no.

        That a token is good, it finds out by itself; and so it does where that cannot be told here, so that nobody has
        to sign in anew because a key is younger than what is known of keys.
        """
        shown, required = self.caller.shown, self.route.auth == "required"
        if shown == "nothing" and required:
            raise Unauthenticated
        if shown == "bad" and required:
            raise Unauthenticated("The access token is expired or not valid", error="invalid_token")
        if shown == "over" and not self.route.cookies:
            # Who reads cookies asks the session itself, and is where one signs in again.
            raise Unauthenticated("The session of this access token is over", error="invalid_token")

    def _introduction(self) -> list[Header]:
        """Whose request this is and what it is called, in the gateway's words."""
        state, ratio = self.scope["state"], self.handler.trace_ratio
        trace = state["trace"]
        added = [
            *self.caller.headers(),
            (b"x-request-id", state["request_id"].encode()),
            (b"traceparent", trace.passed_on(sampled=ratio > 0 and trace.falls_below(ratio))),
        ]
        if trace.parent_id:
            added += [(b"tracestate", each) for each in self.inbound.tracestates]
        return added
