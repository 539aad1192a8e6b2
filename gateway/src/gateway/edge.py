"""The server side of a client's connection: uvicorn's, with limits it does not have and our own refusals.

What is refused here never becomes a request: a head that is too large or too slow, anything but HTTP/1.1, a target
that is not a path. The rest of the rules are in `gateway.hygiene`, which sees requests.
"""

import asyncio
from typing import Any

import orjson
import structlog
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from chassis.problems import MEDIA_TYPE, BadRequest, Problem, RequestTimeout
from chassis.web.middleware import names_of
from gateway.errors import HeadersTooLarge, UriTooLong, VersionNotSupported
from gateway.metrics import COUNT_REFUSED

log = structlog.get_logger()

_LONGEST_TARGET = 8 * 1024
_LARGEST_HEAD = 32 * 1024
_MOST_HEADERS = 100
# For the whole head, from the first byte of the connection or the request.
_HEAD_SECONDS = 10.0
# After an answer that did not wait for the whole body: so long the rest is read and thrown away, because closing at
# once would take the answer from a client that is still sending.
_LINGER_SECONDS = 2.0


class _Refused(Exception):
    """Stops the parser; what to answer is in `EdgeProtocol._refusal`."""


class _OneWrite:
    """A transport that hands on what is written in one turn of the event loop in one piece: the head of an answer
    and its body come as two, and each would cost a system call and a packet.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._pieces: list[bytes] = []
        # uvicorn closes at the end of an answer that says so; one that has not read all of its request must not yet.
        self.held_open = False
        # Everything else is the transport's own business.
        self.get_extra_info, self.is_closing = transport.get_extra_info, transport.is_closing
        self.pause_reading, self.resume_reading = transport.pause_reading, transport.resume_reading

    def write(self, data: bytes) -> None:
        if not self._pieces:
            self._loop.call_soon(self._flush)
        self._pieces.append(data)

    def _flush(self) -> None:
        if self._pieces:
            data = b"".join(self._pieces)
            self._pieces.clear()
            self._transport.write(data)

    def write_eof(self) -> None:
        self._flush()
        self._transport.write_eof()

    def close(self) -> None:
        self._flush()
        if not self.held_open:
            self._transport.close()


class EdgeProtocol(HttpToolsProtocol):
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._application, self.app = self.app, self._answer
        self._refusal: Problem | None = None
        self._in_head = True
        self._in_body = False
        self._unanswered = 0
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._linger: asyncio.TimerHandle | None = None

    # --- the connection --------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        self._door = _OneWrite(transport, self.loop)
        super().connection_made(self._door)  # type: ignore[arg-type]  # as far as uvicorn uses it
        self._head_timer = self.loop.call_later(_HEAD_SECONDS, self._head_too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._head_timer, self._linger):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            # Not a complete head yet: the parser would go on collecting it for ever.
            self._head_bytes += len(data)
            if self._head_bytes > _LARGEST_HEAD + _LONGEST_TARGET:
                self._refusal = HeadersTooLarge()
                self.send_400_response("")

    def _head_too_slow(self) -> None:
        if self._head_bytes:
            self._refusal = RequestTimeout()
            self.send_400_response("")
        else:
            self.transport.close()  # it never said a word

    # --- the request -----------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(_HEAD_SECONDS, self._head_too_slow)

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._head_bytes += len(url)
        if len(self.url) > _LONGEST_TARGET:
            self._refuse(UriTooLong())

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            self._refuse(BadRequest("Trailers are not taken"))
        # As uvicorn does it; a call for each header adds up.
        name = name.lower()
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))
        self._head_bytes += len(name) + len(value)
        if self._head_bytes > _LARGEST_HEAD + len(self.url) or len(self.headers) > _MOST_HEADERS:
            self._refuse(HeadersTooLarge())

    def on_headers_complete(self) -> None:
        if self.parser.get_http_version() != "1.1":
            self._refuse(VersionNotSupported())
        if not self.url.startswith(b"/") or b"#" in self.url:
            self._refuse(BadRequest("The target of a request is a path"))
        self._in_head, self._in_body = False, True
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        super().on_headers_complete()
        self._unanswered += 1
        if self.parser.should_upgrade():
            # Whatever the client hopes to speak from here on: it is not spoken, and nothing more is read.
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        self._in_body = False
        super().on_message_complete()
        if self._linger is not None:
            self.transport.close()

    def on_response_complete(self) -> None:
        self._unanswered -= 1
        super().on_response_complete()
        if not self._door.held_open:
            return
        self._door.held_open = False
        if self._in_body:
            self.transport.write_eof()
            self._linger = self.loop.call_later(_LINGER_SECONDS, self.transport.close)
        else:
            self.transport.close()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        holding = False

        async def send_honestly(message: Message) -> None:
            nonlocal holding
            if message["type"] == "http.response.start" and self._in_body and self._unanswered == 1:
                # The rest of the body is thrown away with the connection: nobody may send another request into it.
                message = {**message, "headers": [*message["headers"], (b"connection", b"close")]}
                self._door.held_open = holding = True
            await send(message)

        try:
            await self._application(scope, receive, send_honestly)
        finally:
            # Of an answer that was broken off nothing is to be read any more: uvicorn closes, and may.
            if holding:
                self._door.held_open = False

    def _unsupported_upgrade_warning(self) -> None:
        """Not worth a line: what a client hopes for is in no one's hands."""

    # --- refusals --------------------------------------------------------------------------------

    def _refuse(self, problem: Problem) -> None:
        self._refusal = problem
        raise _Refused

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 (uvicorn's words; ours are in the problem)
        """Called when the parser stops: answer if the client can take it for the answer to this request."""
        in_order = not self._unanswered or (self._unanswered == 1 and self._in_body and not self.cycle.response_started)
        if self._linger is None:
            problem = self._refusal or BadRequest("This is not HTTP/1.1 as RFC 9112 has it")
            request_id = self._request_id()
            log.info("request.refused", request_id=request_id, status=problem.status, problem=problem.slug)
            self.app_state.get(COUNT_REFUSED, lambda _: None)(problem.slug)
            if in_order:
                self.transport.write(_raw_answer(problem, request_id))
        self._door.held_open = False
        self.transport.close()

    def _request_id(self) -> str:
        """What the request is called, as far as there is one already: its application may have begun to run."""
        scope: Any = self.scope  # uvicorn has none before the first byte of a request
        known: str | None = scope["state"].get("request_id") if scope else None
        return known or names_of({"headers": self.headers or ()})[0]


def _raw_answer(problem: Problem, request_id: str) -> bytes:
    body = orjson.dumps(problem.document())
    headers = {
        "content-type": MEDIA_TYPE,
        "content-length": str(len(body)),
        "x-request-id": request_id,
        "connection": "close",
        **problem.headers,
    }
    lines = [f"{name}: {value}\r\n".encode() for name, value in headers.items()]
    return b"".join([STATUS_LINE[problem.status], *lines, b"\r\n", body])
