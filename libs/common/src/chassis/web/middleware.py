"""Around every request: an id, one log line, and an answer even when the code below crashes. Plain ASGI."""

import re
import time
from collections.abc import Callable

import orjson
import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from chassis.problems import MEDIA_TYPE, InternalError, Problem

log = structlog.get_logger()

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,128}", re.ASCII)
# Asked several times a minute by every orchestrator: their answers are in the metrics, not in the log.
_QUIET_PATHS = frozenset({"/livez", "/readyz"})
# Asked by the other services, over and over: worth a line when it goes wrong.
_INTERNAL = "/internal/"
_FIRST_ERROR = 400

Translate = Callable[[Exception], Problem | None]


def request_id_of(scope: Scope) -> str:
    """The caller's `X-Request-Id` if it is a plausible one, else a new id."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return str(value, "ascii")
    return str(uuid7())


class RequestContext:
    """Gives each request its id, in every log line and in the response, and logs how it went.

    `translate` says which exceptions are a known failure (a database that is away): those become their
    problem, every other one a 500 that tells the client nothing but the request id.
    """

    def __init__(self, app: ASGIApp, *, translate: Translate = lambda _: None) -> None:
        self._app, self._translate = app, translate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, started = request_id_of(scope), time.perf_counter()
        scope.setdefault("state", {})["request_id"] = request_id
        response = _Response(send, request_id)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await self._app(scope, receive, response.send)
        except Exception as error:  # noqa: BLE001 (the last one who can still answer)
            await self._answer(error, scope, response)
        finally:
            if not _is_routine(scope["path"], response.status):
                _log_request(scope, response.status, time.perf_counter() - started)

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


def _log_request(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", None)
    log.info(
        "request",
        method=scope["method"],
        # The template, not the path: ids belong to people.
        route=route,
        status=status,
        duration_ms=round(seconds * 1000, 2),
    )


async def send_problem(problem: Problem, scope: Scope, send: Send) -> None:
    body = orjson.dumps(problem.document(scope["path"]), default=str)
    headers = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), **problem.headers}
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
