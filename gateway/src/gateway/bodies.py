"""The body of a request on its way in: piece by piece, no more of it than its route takes."""

import json
from typing import Any

from starlette.types import Message, Receive

from chassis.problems import ContentTooLarge
from gateway.hygiene import CHUNKED, Inbound
from gateway.routes import Route


class ClientLeft(Exception):
    """Nobody is left to answer."""


class Upload:
    """Gives the pieces as they go on to a service."""

    def __init__(self, inbound: Inbound, route: Route, receive: Receive) -> None:
        self._chunked, self._route, self._receive = inbound.body == CHUNKED, route, receive
        self._received = 0
        self.more = bool(inbound.body)
        # Whether the client is waited for. Stays so when the waiting is given up: that says who was late.
        self.awaited = False

    async def next(self) -> bytes:
        """Raises ClientLeft, or ContentTooLarge."""
        self.awaited = True
        message = await self._receive()
        self.awaited = False
        if message["type"] == "http.disconnect":
            raise ClientLeft
        body: bytes = message.get("body", b"")
        self.more = message.get("more_body", False)
        self._received += len(body)
        if self._received > self._route.max_body:
            raise too_large(self._route)
        return self._framed(body) if self._chunked else body

    def _framed(self, body: bytes) -> bytes:
        piece = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
        return piece if self.more else piece + b"0\r\n\r\n"


def too_large(route: Route) -> ContentTooLarge:
    return ContentTooLarge(f"At most {route.max_body} bytes are taken here")


class Peeked:
    """A small body that was read to its end before it goes on; `receive` gives it again, and then what follows."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body, self._receive = body, receive
        self._given = False

    async def receive(self) -> Message:
        if self._given:
            return await self._receive()
        self._given = True
        return {"type": "http.request", "body": self._body, "more_body": False}

    def member(self, name: str) -> str | None:
        """A text in a JSON object, as a service that reads it would find it."""
        try:
            # Not a quicker reader: what this one takes in which encoding is what the services' reader takes.
            document: Any = json.loads(self._body)
        except (ValueError, RecursionError):
            return None
        value = document.get(name) if isinstance(document, dict) else None
        return value if isinstance(value, str) else None


async def peek(inbound: Inbound, route: Route, receive: Receive) -> Peeked:
    """Raises ClientLeft, or ContentTooLarge."""
    if inbound.body is not None and inbound.body > route.max_body:
        raise too_large(route)
    pieces: list[bytes] = []
    size, more = 0, bool(inbound.body)
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > route.max_body:
            raise too_large(route)
        more = message.get("more_body", False)
    return Peeked(b"".join(pieces), receive)
