"""Carries one request to a service and its answer back, piece by piece, within the time its route allows."""

import asyncio
from collections.abc import Mapping

import structlog
from starlette.types import Receive, Send

from chassis.problems import ContentTooLarge, GatewayTimeout, Problem, RequestTimeout, ServiceUnavailable
from gateway.answers import Answer
from gateway.bodies import ClientLeft, Upload, too_large
from gateway.connections import Connection, ConnectionLost, MalformedResponse, Response
from gateway.endpoints import Endpoint, Unreachable
from gateway.errands import Errand
from gateway.errors import BadGateway
from gateway.hygiene import write_head
from gateway.metrics import Metrics
from gateway.retries import LONGEST_WAIT_SECONDS, is_repeatable
from gateway.upstreams import NobodyThere, Saturated, Upstream

log = structlog.get_logger()

# Most answers are there sooner: only those who wait longer are worth a task that notices them leaving.
_PATIENCE_SECONDS = 0.05
_TROUBLE, _BUSY = frozenset({500, 502, 503, 504}), 503
# Milliseconds that are left for the answer when the request goes on: docs/decisions/0034-time-left-is-told.md.
_TIME_LEFT = b"x-request-timeout-ms"


class Proxy:
    def __init__(self, upstreams: Mapping[str, Upstream], metrics: Metrics) -> None:
        self._upstreams, self._metrics = upstreams, metrics

    async def forward(self, errand: Errand, receive: Receive, send: Send) -> None:
        """Answer the request through its service. Raises a Problem as long as nothing has been answered."""
        inbound, route = errand.inbound, errand.route
        if inbound.body is not None and inbound.body > route.max_body:
            raise too_large(route)
        await _Exchange(errand, self._upstreams[route.upstream], self._metrics, receive, send).run()


class _Exchange:
    """One request and its answer. Everything it started has ended when `run` returns."""

    def __init__(self, errand: Errand, upstream: Upstream, metrics: Metrics, receive: Receive, send: Send) -> None:
        self._errand, self._upstream, self._metrics = errand, upstream, metrics
        self._inbound, self._route = errand.inbound, errand.route
        self._receive, self._send = receive, send
        self._upload = Upload(errand.inbound, errand.route, receive)
        self._loop = asyncio.get_running_loop()
        self._endpoint: Endpoint | None = None
        self._connection: Connection | None = None
        # Whether the service has the whole request and has not begun to answer it.
        self._owed = False
        self._patience: asyncio.TimerHandle | None = None
        self._client_watch: asyncio.Task[None] | None = None
        self._reply: Answer | None = None
        self._client_gone = False
        errand.told["upstream"] = upstream.name

    @property
    def _begun(self) -> bool:
        """Whether the client has got the head of an answer."""
        return self._reply is not None and self._reply.begun

    async def run(self) -> None:
        try:
            async with asyncio.timeout_at(self._errand.deadline) as self._deadline:
                try:
                    await self._answer(await self._ask())
                finally:
                    self._forget_client()
        except ClientLeft:
            self._client_gone = True
        except TimeoutError:
            self._end_late()
        except (MalformedResponse, ConnectionLost) as error:
            self._fail(BadGateway(), f"{type(error).__name__}: {error}", blame=True)
        except ContentTooLarge:
            if not self._begun:
                raise
        finally:
            self._let_go()

    def _end_late(self) -> None:
        """Somebody has taken too long: the service, unless the client has yet to send what the service waits for."""
        if not self._upload.awaited:
            self._fail(GatewayTimeout(), "late", blame=self._owed)
        elif not self._begun:
            raise RequestTimeout

    def _fail(self, problem: Problem, error: str, *, blame: bool) -> None:
        """`blame` says whether it is the service's fault, not that of a client that sends slowly."""
        if self._client_gone:
            return  # nobody is left to tell
        if blame and self._reply is None and self._endpoint is not None:
            self._upstream.failed(self._endpoint, error)
        self._metrics.upstream_failed(self._upstream.name, problem.slug)
        log.warning("upstream.failed", upstream=self._upstream.name, route=self._route.path, error=error)
        if not self._begun:
            raise problem
        # The answer has begun: returning before its end makes the server cut it off, so nobody takes it for whole.

    def _let_go(self) -> None:
        if self._connection is None or self._endpoint is None:
            return
        if self._owed:
            self._owed = False
            self._endpoint.forgive()
        self._endpoint.breaker.give_up()
        self._endpoint.release(self._connection)
        self._connection = None

    # --- the request -----------------------------------------------------------------------------

    async def _ask(self) -> Response:
        body = await self._upload.next() if self._upload.more else b""
        if not self._upload.more:
            self._patience = self._loop.call_later(_PATIENCE_SECONDS, self._watch_client)
        replayable = not self._upload.more and is_repeatable(self._inbound, self._route)
        self._upstream.retries.earn()
        try:
            response = await self._attempt(body)
        except ConnectionLost:
            # A kept connection may have been closed while the request was under way to it: most likely nobody saw it.
            connection = self._connection
            seen = connection is None or connection.exchanges == 1 or connection.received
            if seen or not replayable or not self._may_retry():
                raise
            self._let_go()
            return await self._attempt(body, fresh=True)
        if response.status == _BUSY and replayable and (wait := self._wait_to_retry(response)) is not None:
            busy = self._endpoint
            self._let_go()
            await asyncio.sleep(wait)
            return await self._attempt(body, avoid=busy)
        return response

    def _wait_to_retry(self, response: Response) -> float | None:
        """Seconds after which a busy service is worth asking again; None if it is not."""
        said = dict(response.headers).get(b"retry-after", b"")
        if len(said) != 1 or not said.isdigit() or int(said) > LONGEST_WAIT_SECONDS or self._endpoint is None:
            return None
        # Another process may have time at once.
        wait = 0.0 if self._upstream.has_another(self._endpoint) else float(said)
        left = self._errand.deadline - self._loop.time() - wait
        return wait if left > LONGEST_WAIT_SECONDS and self._may_retry() else None

    def _may_retry(self) -> bool:
        if not self._upstream.retries.spend():
            return False
        self._metrics.upstream_retried(self._upstream.name)
        self._errand.told["retried"] = True
        return True

    async def _attempt(self, body: bytes, *, fresh: bool = False, avoid: Endpoint | None = None) -> Response:
        asked_at = self._loop.time()
        endpoint, connection = await self._acquire(fresh=fresh, avoid=avoid)
        connection.begin(self._head(endpoint) + body, method=self._inbound.method, body_follows=self._upload.more)
        if self._upload.more:
            self._client_watch = asyncio.create_task(self._send_rest(connection))
        else:
            self._expect_answer()
        response = await connection.response()
        self._answered_by(endpoint, response.status, self._loop.time() - asked_at)
        return response

    async def _acquire(self, *, fresh: bool, avoid: Endpoint | None) -> tuple[Endpoint, Connection]:
        try:
            self._endpoint, self._connection = await self._upstream.acquire(fresh=fresh, avoid=avoid)
        except (Saturated, NobodyThere, Unreachable) as error:
            self._metrics.upstream_failed(self._upstream.name, type(error).__name__.lower())
            if isinstance(error, Unreachable):
                log.warning("upstream.unreachable", upstream=self._upstream.name, error=str(error))
            wait = error.wait if isinstance(error, NobodyThere) else 0.0
            raise ServiceUnavailable(retry_after=max(1, round(wait))) from error
        return self._endpoint, self._connection

    def _head(self, endpoint: Endpoint) -> bytes:
        left = max(1, int((self._errand.deadline - self._loop.time()) * 1000))
        ours = ((b"host", endpoint.origin.authority), (_TIME_LEFT, b"%d" % left), *self._errand.asking)
        return write_head(self._inbound, ours, cookies=self._route.cookies)

    def _expect_answer(self) -> None:
        """From here on it is the service that is slow, not the client."""
        if self._endpoint is not None and self._reply is None:
            self._owed = True
            self._endpoint.ask()

    async def _send_rest(self, connection: Connection) -> None:
        """Send the rest of the body while the answer is awaited, or already comes; then watch the client."""
        try:
            while self._upload.more:
                connection.write(await self._upload.next())
                await connection.writable()
        except ClientLeft:
            self._abandon()
            return
        except ContentTooLarge as problem:
            connection.abort(problem)
            return
        connection.sent = True
        self._expect_answer()
        await self._until_client_leaves()

    # --- the answer ------------------------------------------------------------------------------

    def _answered_by(self, endpoint: Endpoint, status: int, seconds: float) -> None:
        if self._owed:
            self._owed = False
            endpoint.answer()
        if status in _TROUBLE:
            self._upstream.answered_unwell(endpoint, status)
        else:
            self._upstream.succeeded(endpoint)
        self._metrics.upstream_answered(self._upstream.name, status, seconds)
        self._errand.told["endpoint"], self._errand.told["upstream_ms"] = endpoint.name, round(seconds * 1000, 2)

    async def _answer(self, response: Response) -> None:
        assert self._connection is not None  # noqa: S101 (it brought the response)
        self._reply = Answer(response, self._inbound, self._route, self._errand.answering)
        await self._reply.pass_on(self._connection, self._send, self._alive)

    def _alive(self) -> None:
        """A stream may take any time, as long as something comes."""
        if self._route.silence_seconds is not None:
            self._deadline.reschedule(self._loop.time() + self._route.silence_seconds)

    # --- the client ------------------------------------------------------------------------------

    def _watch_client(self) -> None:
        self._client_watch = asyncio.create_task(self._until_client_leaves())

    def _forget_client(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
        if self._client_watch is not None:
            self._client_watch.cancel()

    async def _until_client_leaves(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            continue
        self._abandon()

    def _abandon(self) -> None:
        """Nobody waits for the answer any more: its time is over at once."""
        self._client_gone = True
        self._deadline.reschedule(self._loop.time())
