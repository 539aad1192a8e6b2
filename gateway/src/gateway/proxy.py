"""Carries one request to a service and its answer back, piece by piece, within the time its route allows."""

import asyncio
from collections.abc import Iterable, Mapping

import structlog
from starlette.types import Message, Receive, Send

from chassis.problems import ContentTooLarge, Problem, ServiceUnavailable
from gateway.connections import Connection, ConnectionLost, MalformedResponse, Response
from gateway.errors import BadGateway, GatewayTimeout
from gateway.hygiene import CHUNKED, Header, Inbound, clean_response, write_head
from gateway.routes import Route
from gateway.upstreams import Saturated, Unreachable, Upstream

log = structlog.get_logger()

# Doing them twice is the same as doing them once (RFC 9110, 9.2.2).
_IDEMPOTENT = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PUT"})
# Most answers are there sooner: only those who wait longer are worth a task that notices them leaving.
_PATIENCE_SECONDS = 0.05


class Proxy:
    def __init__(self, upstreams: Mapping[str, Upstream]) -> None:
        self._upstreams = upstreams

    async def forward(
        self,
        inbound: Inbound,
        route: Route,
        *,
        asking: Iterable[Header],
        answering: Iterable[Header],
        receive: Receive,
        send: Send,
    ) -> None:
        """Answer the request through its service. Raises a Problem as long as nothing has been answered.

        `asking` are the headers the gateway adds on the way there, `answering` those on the way back.
        """
        if inbound.body is not None and inbound.body > route.max_body:
            raise _too_large(route)
        upstream = self._upstreams[route.upstream]
        head = write_head(inbound, [(b"host", upstream.authority), *asking], cookies=route.cookies)
        await _Exchange(upstream, route, inbound, head=head, added=answering, receive=receive, send=send).run()


class _Exchange:
    """One request and its answer. Everything it started has ended when `run` returns."""

    def __init__(
        self,
        upstream: Upstream,
        route: Route,
        inbound: Inbound,
        *,
        head: bytes,
        added: Iterable[Header],
        receive: Receive,
        send: Send,
    ) -> None:
        self._upstream, self._route, self._inbound = upstream, route, inbound
        self._head, self._added = head, added
        self._receive, self._send = receive, send
        self._loop = asyncio.get_running_loop()
        self._connection: Connection | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._client_watch: asyncio.Task[None] | None = None
        self._answering = self._client_gone = False
        self._body_received = 0

    async def run(self) -> None:
        try:
            async with asyncio.timeout(self._route.seconds) as self._deadline:
                try:
                    await self._answer(await self._ask())
                finally:
                    self._forget_client()
        except TimeoutError:
            self._fail(GatewayTimeout(), "late")
        except (MalformedResponse, ConnectionLost) as error:
            self._fail(BadGateway(), f"{type(error).__name__}: {error}")
        except ContentTooLarge:
            if not self._answering:
                raise
        finally:
            if self._connection is not None:
                self._upstream.release(self._connection)

    def _fail(self, problem: Problem, error: str) -> None:
        if self._client_gone:
            return  # nobody is left to tell
        log.warning("upstream.failed", upstream=self._upstream.name, route=self._route.path, error=error)
        if not self._answering:
            raise problem
        # The answer has begun: returning before its end makes the server cut it off, so nobody takes it for whole.

    # --- the request -----------------------------------------------------------------------------

    async def _ask(self) -> Response:
        body = await self._first_piece() if self._inbound.body else None
        body_follows = body is not None and body.get("more_body", False)
        if not body_follows:
            self._patience = self._loop.call_later(_PATIENCE_SECONDS, self._watch_client)
        replayable = self._inbound.method in _IDEMPOTENT and not body_follows
        try:
            return await self._attempt(body, body_follows=body_follows)
        except Unreachable as error:
            if not replayable:
                raise self._unavailable(error) from error
        except ConnectionLost:
            connection = self._connection
            # A kept connection may have been closed while the request was under way to it: nobody saw the request.
            if not replayable or connection is None or connection.exchanges == 1 or connection.received:
                raise
            self._upstream.release(connection)
            self._connection = None
        try:
            return await self._attempt(body, body_follows=False, fresh=True)
        except Unreachable as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Unreachable) -> ServiceUnavailable:
        log.warning("upstream.unreachable", upstream=self._upstream.name, error=str(error))
        return ServiceUnavailable()

    async def _attempt(self, body: Message | None, *, body_follows: bool, fresh: bool = False) -> Response:
        try:
            connection = self._connection = await self._upstream.acquire(fresh=fresh)
        except Saturated as error:
            raise ServiceUnavailable from error
        head = self._head if body is None else self._head + self._framed(body)
        connection.begin(head, method=self._inbound.method, body_follows=body_follows)
        if body_follows:
            self._client_watch = asyncio.create_task(self._upload(connection))
        return await connection.response()

    async def _first_piece(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._abandon()
            await asyncio.sleep(0)  # where the deadline, which has just come, is noticed
        else:
            self._count(message)
        return message

    async def _upload(self, connection: Connection) -> None:
        """Send the rest of the body while the answer is awaited, or already comes; then watch the client."""
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._abandon()
                return
            try:
                self._count(message)
            except ContentTooLarge as problem:
                connection.abort(problem)
                return
            connection.write(self._framed(message))
            more = message.get("more_body", False)
            await connection.writable()
        connection.sent = True
        await self._until_client_leaves()

    def _count(self, message: Message) -> None:
        self._body_received += len(message.get("body", b""))
        if self._body_received > self._route.max_body:
            raise _too_large(self._route)

    def _framed(self, message: Message) -> bytes:
        body: bytes = message.get("body", b"")
        if self._inbound.body != CHUNKED:
            return body
        piece = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
        return piece if message.get("more_body", False) else piece + b"0\r\n\r\n"

    # --- the answer ------------------------------------------------------------------------------

    async def _answer(self, response: Response) -> None:
        connection, route = self._connection, self._route
        assert connection is not None  # noqa: S101 (it brought the response)
        headers = clean_response(response.headers, bodiless=response.bodiless and self._inbound.method != "HEAD")
        headers += self._added
        self._answering = True
        await self._send({"type": "http.response.start", "status": response.status, "headers": headers})
        more = True
        while more:
            if route.silence_seconds is not None:
                self._deadline.reschedule(self._loop.time() + route.silence_seconds)
            body = await connection.read()
            more = not connection.complete
            await self._send({"type": "http.response.body", "body": body, "more_body": more})

    # --- the client ------------------------------------------------------------------------------

    def _watch_client(self) -> None:
        self._client_watch = asyncio.create_task(self._until_client_leaves())

    def _forget_client(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
        if self._client_watch is not None:
            self._client_watch.cancel()

    async def _until_client_leaves(self) -> None:
        message: Message = {"type": "http.request"}
        while message["type"] != "http.disconnect":
            message = await self._receive()
        self._abandon()

    def _abandon(self) -> None:
        """Nobody waits for the answer any more: its time is over at once."""
        self._client_gone = True
        self._deadline.reschedule(self._loop.time())


def _too_large(route: Route) -> ContentTooLarge:
    return ContentTooLarge(f"At most {route.max_body} bytes are taken here")
