"""`GET /sync/stream` in plain ASGI: FastAPI's own way costs three times the memory for each open stream."""

import asyncio
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.principals import Principal
from chassis.problems import InsufficientScope, Problem, Unauthenticated
from chassis.tokens import bearer_token
from chassis.web.middleware import send_problem
from todos_service.sync import feed
from todos_service.sync.channels import Following
from todos_service.sync.hub import Hub, head_event

PATH: Final = "/sync/stream"
_ROUTE: Final = SimpleNamespace(path=PATH)
_START: Final = {
    "type": "http.response.start",
    "status": HTTPStatus.OK.value,
    "headers": [
        (b"content-type", b"text/event-stream"),
        # Nobody on the way may keep an event, or wait for more of them to compress.
        (b"cache-control", b"no-cache, no-transform"),
        (b"x-accel-buffering", b"no"),
    ],
}


class HeadStreams:
    """Answers requests for the stream; all others are the application's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        scope["route"] = _ROUTE
        state = scope["app"].state
        try:
            principal = await _authenticate(scope, state)
            await _stream(principal, state, receive, send)
        except Problem as problem:
            await send_problem(problem, scope, send)


async def _authenticate(scope: Scope, state: Any) -> Principal:
    credentials = [value for name, value in scope["headers"] if name == b"authorization"]
    token = bearer_token(credentials[0]) if len(credentials) == 1 else None
    if token is None:
        raise Unauthenticated
    principal: Principal = await state.tokens.verify(token)
    if "todos:read" not in principal.scopes:
        raise InsufficientScope(scope="todos:read")
    return principal


async def _stream(principal: Principal, state: Any, receive: Receive, send: Send) -> None:
    hub: Hub = state.hub
    channels: Following = state.channels
    stream = hub.add(principal, send)
    try:
        await channels.follow(principal.id)
        # Only now, so that nothing falls between what is read and what is heard of.
        head = await feed.find_head(state.database, state.data_keys, owner_id=principal.id)
        await send(dict(_START))  # whoever passes it on may add to it
        stream.offer(head_event(hub.newest(principal.id, head)))
        stream.open()
        await _until_gone(receive)
    except asyncio.CancelledError:
        if not stream.is_abandoned:
            raise
    finally:
        if hub.remove(stream):
            await channels.leave(principal.id)


async def _until_gone(receive: Receive) -> None:
    """The client has left, or the answer has come to its end."""
    message = await receive()
    while message["type"] != "http.disconnect":
        message = await receive()
