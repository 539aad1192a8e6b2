"""An answer on its way out, piece by piece as it comes; compressed where that is worth it."""

from collections.abc import Callable, Iterable

from starlette.types import Send

from gateway import compression
from gateway.compression import Gzip
from gateway.connections import Connection, Response
from gateway.hygiene import Header, Inbound, clean_response
from gateway.routes import Route


class Answer:
    def __init__(self, response: Response, inbound: Inbound, route: Route, added: Iterable[Header]) -> None:
        self._response, self._added = response, added
        # Whether its head is on the way to the client: from then on nothing else can be answered.
        self.begun = False
        self._headers = clean_response(response.headers, bodiless=response.bodiless and inbound.method != "HEAD")
        self._gzip: Gzip | None = None
        if route.gzip and compression.is_compressible(response, self._headers):
            if compression.is_accepted(inbound):
                self._gzip = Gzip()
            else:
                self._headers.append(compression.VARY)

    async def pass_on(self, connection: Connection, send: Send, alive: Callable[[], None]) -> None:
        """`alive` is called before each wait for the service."""
        if self._gzip is None:
            await self._start(send, self._headers)
        elif await self._passed_at_once(connection, send, self._gzip):
            return
        more = True
        while more:
            alive()
            body = await connection.read()
            more = not connection.complete
            if self._gzip is not None:
                body = self._gzip.squeeze(body, last=not more)
                if more and not body:
                    continue
            await send({"type": "http.response.body", "body": body, "more_body": more})

    async def _start(self, send: Send, headers: list[Header]) -> None:
        self.begun = True
        headers = [*headers, *self._added]
        await send({"type": "http.response.start", "status": self._response.status, "headers": headers})

    async def _passed_at_once(self, connection: Connection, send: Send, gzip: Gzip) -> bool:
        """Begin a compressed answer, and also end it if all of it is there, so that its length can be told."""
        if self._response.bodiless:  # what GET would be told, as far as it is known without the body
            await self._start(send, compression.encoded(self._headers, length=None))
            await send({"type": "http.response.body", "body": b""})
            return True
        first = await connection.read()
        body = gzip.squeeze(first, last=connection.complete)
        length = len(body) if connection.complete else None
        await self._start(send, compression.encoded(self._headers, length=length))
        await send({"type": "http.response.body", "body": body, "more_body": length is None})
        return length is not None
