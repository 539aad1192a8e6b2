"""Around every request: an id, one log line, and an answer even when the code below crashes. Plain ASGI."""

import asyncio
import random
import re
import time
from collections.abc import Callable, Mapping

import orjson
import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from chassis import traces
from chassis.problems import MEDIA_TYPE, ContentTooLarge, InternalError, Problem

log = structlog.get_logger()

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,128}", re.ASCII)
# Asked several times a minute by every orchestrator: their answers are in the metrics, not in the log.
_QUIET_PATHS = frozenset({"/livez", "/readyz"})
# Asked by the other services, over and over: worth a line when it goes wrong.
_INTERNAL = "/internal/"
_FIRST_ERROR = 400
_ATTEMPTS = 3

Translate = Callable[[Exception], Problem | None]
# Told of each request at its end: method, route, status (0: nobody was left to answer), seconds.
Observe = Callable[[str, str | None, int, float], None]


def names_of(scope: Scope) -> tuple[str, traces.Trace]:
    """The caller's `X-Request-Id` if it is a plausible one, else a new id; and the trace the request belongs to."""
    request_id: str | None = None
    traceparents: list[bytes] = []
    for name, value in scope["headers"]:
        if name == b"x-request-id" and request_id is None and _REQUEST_ID.fullmatch(value):
            request_id = str(value, "ascii")
        elif name == b"traceparent":
            traceparents.append(value)
    # Two of them are none (W3C Trace Context, 3.2).
    trace = traces.read(traceparents[0] if len(traceparents) == 1 else None)
    return request_id or str(uuid7()), trace


class RequestContext:
    """Gives each request its id, in every log line and in the response, and logs how it went.

    `translate` says which exceptions are a known failure (a database that is away): those become their
    problem, every other one a 500 that tells the client nothing but the request id. What the code below puts into
    `scope["state"]["log"]` is in the line as well.
    """

    def __init__(
        self, app: ASGIApp, *, translate: Translate = lambda _: None, observe: Observe = lambda *_: None
    ) -> None:
        self._app, self._translate, self._observe = app, translate, observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id, trace = names_of(scope)
        state = scope.setdefault("state", {})
        state["request_id"], state["trace"], state["log"] = request_id, trace, {}
        response = _Response(send, request_id)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id, trace_id=trace.trace_id)
        try:
            await self._app(scope, receive, response.send)
        except Exception as error:  # noqa: BLE001 (the last one who can still answer)
            await self._answer(error, scope, response)
        finally:
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", None)
            self._observe(scope["method"], route, response.status, seconds)
            if not _is_routine(scope["path"], response.status):
                _log_request(scope, route, response.status, seconds)

    async def _answer(self, error: Exception, scope: Scope, response: "_Response") -> None:
        problem = self._translate(error)
        if problem is None:
            log.error("request.crashed", exc_info=error)
            problem = InternalError()
        else:
            log.warning("request.failed", problem=problem.slug, error=f"{type(error).__name__}: {error}")
        if response.status:
            raise error  # the answer has begun: cut it off, so that nobody takes it for whole
        await send_problem(problem, scope, response.send)


class HeadAsGet:
    """Answers HEAD wherever GET is answered, with the head of that answer. A stream is over with its head: the server
    tells whoever goes on writing into it that nobody is there any more.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b""})

        # A copy, because the server looks at its own while it writes, and has to know that no body follows.
        asked = {**scope, "method": "GET"}
        try:
            await self._app(asked, receive, send_head)
        finally:
            scope.update(asked, method="HEAD")


class BodyLimit:
    """Refuses a body that is longer than its address takes: before it arrives, or once it turns out to be.

    `longer` are the paths that take more than `most` bytes.
    """

    def __init__(self, app: ASGIApp, *, most: int, longer: Mapping[str, int] | None = None) -> None:
        self._app, self._most, self._longer = app, most, longer or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._longer.get(scope["path"], self._most)
        if (_content_length(scope) or 0) > most:
            await send_problem(ContentTooLarge(f"At most {most} bytes", limit=most), scope, send)
            return
        taken = 0

        async def receive_some() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                # What FastAPI lets through from below itself; it becomes the same problem there.
                raise HTTPException(ContentTooLarge.status)
            return message

        try:
            await self._app(scope, receive_some, send)
        except HTTPException:
            if taken <= most:
                raise
            await send_problem(ContentTooLarge(f"At most {most} bytes", limit=most), scope, send)


def _content_length(scope: Scope) -> int | None:
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(lengths[0]) if lengths and lengths[0].isdigit() else None


class Replay:
    """Runs a request again whose transaction the database undid, as it does to one of two that wait for each other.

    Only where nothing can have been done yet: before the answer has begun, and for requests that are one transaction.
    `never` are the paths of those that are several; their bodies are not kept in memory either.
    """

    def __init__(
        self, app: ASGIApp, *, was_undone: Callable[[Exception], bool], never: frozenset[str] = frozenset()
    ) -> None:
        self._app, self._was_undone, self._never = app, was_undone, never

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._never:
            await self._app(scope, receive, send)
            return
        body = await _whole_body(receive)
        for attempt in range(1, _ATTEMPTS + 1):
            begun = False

            async def send_on(message: Message) -> None:
                nonlocal begun
                begun = True
                await send(message)

            again = dict(scope)
            try:
                await self._app(again, _replayed(body, receive), send_on)
            except Exception as error:
                if begun or attempt == _ATTEMPTS or not self._was_undone(error):
                    raise
                log.info("request.replayed", attempt=attempt, error=type(error).__name__)
            else:
                return
            finally:
                scope.update(again)
            await asyncio.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 (jitter, not a secret)


async def _whole_body(receive: Receive) -> list[Message]:
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())
    return messages


def _replayed(messages: list[Message], receive: Receive) -> Receive:
    """The messages once more, and then what is really coming: that the client has gone."""
    waiting = iter(messages)

    async def receive_again() -> Message:
        return next(waiting, None) or await receive()

    return receive_again


class _Response:
    """The way out of one request: remembers the status (0: nothing sent yet) and adds the request id."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send, self._request_id, self.status = send, request_id.encode(), 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], (b"x-request-id", self._request_id)]
        await self._send(message)


def _is_routine(path: str, status: int) -> bool:
    return path in _QUIET_PATHS or (path.startswith(_INTERNAL) and 0 < status < _FIRST_ERROR)


def _log_request(scope: Scope, route: str | None, status: int, seconds: float) -> None:
    log.info(
        "request",
        method=scope["method"],
        # The template, not the path: ids belong to people.
        route=route,
        status=status,
        duration_ms=round(seconds * 1000, 2),
        **scope["state"]["log"],
    )


async def send_problem(problem: Problem, scope: Scope, send: Send) -> None:
    body = orjson.dumps(problem.document(scope["path"]), default=str)
    headers = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), **problem.headers}
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
