"""How long a request may take here: never as long as somebody still waits for it, and never longer than this service
gives. See docs/decisions/0034-time-left-is-told.md.
"""

import asyncio
import re
from collections.abc import Mapping

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.problems import GatewayTimeout, RequestTimeout
from chassis.web.middleware import send_problem

log = structlog.get_logger()

# What the gateway says: whole milliseconds until it answers in our place.
_TIME_LEFT = b"x-request-timeout-ms"
_MILLISECONDS = re.compile(rb"[0-9]{1,9}", re.ASCII)
# An answer has to get there as well.
_WAY_BACK_SECONDS = 0.25
# Longer than a statement of the database may take, shorter than the gateway waits.
USUAL_SECONDS = 6.0


class Deadlines:
    """Ends what is not answered in time: 504, or 408 where it is the client who has not sent all of it yet.

    `longer` are the paths that may take more than `usual` seconds. An answer that has begun may take any time: whoever
    waits for it says when that is enough, by closing the connection.
    """

    def __init__(
        self, app: ASGIApp, *, usual: float = USUAL_SECONDS, longer: Mapping[str, float] | None = None
    ) -> None:
        self._app, self._usual, self._longer = app, usual, longer or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seconds = min(self._longer.get(scope["path"], self._usual), _time_left(scope))
        await _Exchange(scope, receive, send).run(self._app, seconds)


def _time_left(scope: Scope) -> float:
    """Seconds; infinite where nobody says."""
    for name, value in scope["headers"]:
        if name == _TIME_LEFT and _MILLISECONDS.fullmatch(value):
            left = int(value) / 1000
            return max(left - _WAY_BACK_SECONDS, left / 2)
    return float("inf")


class _Exchange:
    """One request and its answer, in time or not."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._begun = self._late = False
        # Whether the body has come as a whole, and whether somebody is waiting for more of it.
        self._arrived = self._waits_for_client = False
        self._refusal: asyncio.Task[None] | None = None

    async def run(self, app: ASGIApp, seconds: float) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (a server runs each request in one)
        timer = asyncio.get_running_loop().call_later(seconds, self._expire, task)
        try:
            await app(self._scope, self._receive_some, self._send_some)
        except asyncio.CancelledError:
            # Ours, unless somebody else wants this task to end as well.
            if not self._late or task.cancelling() > 1:
                raise
        except Exception as error:
            if not self._late:
                raise
            # What was left of it has stumbled over its end; the answer is out already.
            log.info("request.abandoned", error=type(error).__name__)
        finally:
            timer.cancel()
            if self._refusal is not None:
                task.uncancel()
                await self._refusal

    def _expire(self, task: "asyncio.Task[None]") -> None:
        """Answer at once. To end what was begun may take longer: a database that hangs does so then as well."""
        if self._begun:
            return
        self._late = True
        problem = RequestTimeout() if self._waits_for_client else GatewayTimeout()
        log.warning("request.late", problem=problem.slug)
        self._refusal = asyncio.create_task(send_problem(problem, self._scope, self._send))
        task.cancel()

    async def _receive_some(self) -> Message:
        self._waits_for_client = not self._arrived
        try:
            message = await self._receive()
        finally:
            self._waits_for_client = False
        self._arrived = self._arrived or not message.get("more_body", False)
        return message

    async def _send_some(self, message: Message) -> None:
        if self._late:
            return  # nobody hears it: the answer was another one
        self._begun = True
        await self._send(message)
