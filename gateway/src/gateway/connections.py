"""One connection to a service: writes requests that are already in order, reads answers strictly.

httptools (llhttp, without its leniencies) finds the bytes; what it lets through and we do not understand is refused
here: an answer whose end is not announced, that is framed twice, switches protocols or comes unasked. After anything
odd the connection is closed, so that one answer can never be taken for another.
"""

import asyncio
from dataclasses import dataclass

import httptools

from gateway.hygiene import Header

_LARGEST_HEAD = 64 * 1024
# Bytes of a body that wait here for a slow client before the service is made to wait as well.
_HIGH_WATER = 256 * 1024
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})
_SWITCHING_PROTOCOLS, _OK, _NO_CONTENT, _NOT_MODIFIED = 101, 200, 204, 304


class MalformedResponse(Exception):
    """The service answered something that is not HTTP/1.1 as it should be."""


class ConnectionLost(Exception):
    """The service closed the connection before its answer was complete."""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: list[Header]
    # An answer to HEAD, a 204 or a 304: complete with its head.
    bodiless: bool


class Connection(asyncio.Protocol):
    """Carries one exchange after another, never two at a time."""

    def __init__(self, open_ones: "set[Connection]") -> None:
        """`open_ones` has this connection in it for as long as it is open."""
        self._loop = asyncio.get_running_loop()
        self._open_ones = open_ones
        self._transport: asyncio.Transport
        self._parser = httptools.HttpResponseParser(self)
        self._waiter: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._error: Exception | None = None
        self._reading = True
        self._keep_alive = True
        self._asked_head = False
        self.exchanges = 0
        self.idle_since = 0.0
        # Between exchanges both are true: nothing is due in either direction.
        self.sent = True
        self.complete = True
        self._forget()

    def _forget(self) -> None:
        self._response: Response | None = None
        self._headers: list[Header] = []
        self._framing: list[Header] = []
        self._head_bytes = self._header_bytes = 0
        self._chunks: list[bytes] = []
        self._buffered = 0

    # --- what the proxy asks for -----------------------------------------------------------------

    @property
    def reusable(self) -> bool:
        """Whether another request can follow: this one was sent whole and answered whole, and what comes is heard."""
        # An answer can be complete here before anybody has read it; reading stays paused if nobody ever does.
        return self.sent and self.complete and self._keep_alive and self._reading and self._error is None

    @property
    def received(self) -> bool:
        """Whether any byte of an answer to this request has come."""
        return self._head_bytes > 0

    def begin(self, head: bytes, *, method: str, body_follows: bool) -> None:
        self._forget()
        self._asked_head = method == "HEAD"
        self.sent, self.complete = not body_follows, False
        self.exchanges += 1
        self._transport.write(head)

    def write(self, data: bytes) -> None:
        if self._error is None:
            self._transport.write(data)

    async def writable(self) -> None:
        """Return when the service keeps up with what is sent to it."""
        if self._writable is not None:
            await self._writable

    async def response(self) -> Response:
        """The head of the answer. Raises MalformedResponse, ConnectionLost, or what `abort` was given."""
        while self._response is None:
            if self._error is not None:
                raise self._error
            await self._news()
        return self._response

    async def read(self) -> bytes:
        """The body as far as it has come, at least a byte of it, or nothing at its end."""
        while not self._chunks and not self.complete:
            if self._error is not None:
                raise self._error
            await self._news()
        data = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self._chunks.clear()
        self._buffered = 0
        if not self._reading:
            self._reading = True
            self._transport.resume_reading()
        return data

    def abort(self, error: Exception) -> None:
        """Close at once; whoever waits for the answer gets this error."""
        if self._error is None:
            self._error = error
        self._keep_alive = False
        if self in self._open_ones:
            self._transport.abort()
        self._wake()

    def close(self) -> None:
        self.abort(ConnectionLost("closed by us"))

    # --- waiting ---------------------------------------------------------------------------------

    async def _news(self) -> None:
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # --- what asyncio says -----------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # a stream, always
        self._transport = transport
        self._open_ones.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        if self._error is None:
            self._error = ConnectionLost("closed by the service")
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._wake()
        self._open_ones.discard(self)

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    def data_received(self, data: bytes) -> None:
        if self.complete:  # nothing is due
            self.close()
            return
        if self._response is None:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._refuse(error)
        if self._response is None and self._head_bytes > _LARGEST_HEAD:
            self.abort(MalformedResponse("its head does not end"))
        self._wake()

    def _refuse(self, error: Exception) -> None:
        if self.complete:  # the answer itself was in order; what came after it is not
            self.close()
            return
        cause = error.__context__ if isinstance(error, httptools.HttpParserCallbackError) else error
        self.abort(MalformedResponse(str(cause)))

    # --- what httptools finds --------------------------------------------------------------------

    def on_message_begin(self) -> None:
        if self.complete:
            raise MalformedResponse("an answer nobody asked for")

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._response is not None:
            raise MalformedResponse("trailers are not expected")
        self._header_bytes += len(name) + len(value)
        if self._header_bytes > _LARGEST_HEAD:
            raise MalformedResponse("its head is too large")
        header = (name.lower(), value)
        self._headers.append(header)
        if header[0] in _FRAMING:
            self._framing.append(header)

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if self._parser.get_http_version() != "1.1" or status < 100 or status == _SWITCHING_PROTOCOLS:  # noqa: PLR2004
            raise MalformedResponse("not an answer in HTTP/1.1")
        if status < _OK:  # an interim answer: the final one follows
            self._headers, self._framing = [], []
            return
        bodiless = self._asked_head or status in {_NO_CONTENT, _NOT_MODIFIED}
        if not _is_framed(self._framing, bodiless=bodiless):
            raise MalformedResponse("where its body ends is not clear")
        self._keep_alive = self._keep_alive and self._parser.should_keep_alive()
        self._response = Response(status, self._headers, bodiless)
        if bodiless:
            # The parser cannot know that a body it sees announced does not follow: the next answer gets a new one.
            self._complete()
            self._parser = httptools.HttpResponseParser(self)

    def on_body(self, body: bytes) -> None:
        if self.complete:
            raise MalformedResponse("a body where there is none")
        self._chunks.append(body)
        self._buffered += len(body)
        if self._buffered > _HIGH_WATER and self._reading:
            self._reading = False
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        if self._response is not None:
            self._complete()

    def _complete(self) -> None:
        self.complete = True
        self.idle_since = self._loop.time()


def _is_framed(framing: list[Header], *, bodiless: bool) -> bool:
    """Whether the end of the body is announced, exactly once, in a way we read as the service meant it."""
    if not framing:
        return bodiless
    if len(framing) > 1:
        return False
    name, value = framing[0]
    return value.isdigit() if name == b"content-length" else value.lower() == b"chunked"
