"""Small bodies that are read before they go on, and larger ones that are counted as they go."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.types import Message

from chassis.problems import ContentTooLarge
from gateway import bodies
from gateway.bodies import ClientLeft, Upload
from gateway.hygiene import CHUNKED, Inbound
from gateway.routes import Route

_ROUTE = Route("/todos", "todos", max_body=10)


def inbound(body: int | None) -> Inbound:
    return Inbound("POST", b"/todos", b"/todos", b"a", "http", "192.0.2.1", body=body)


def sending(*pieces: bytes, leaves: bool = False) -> Callable[[], Awaitable[Message]]:
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    if leaves:
        messages.append({"type": "http.disconnect"})
    elif messages:
        messages[-1]["more_body"] = False

    async def receive() -> Message:
        await asyncio.sleep(0)
        return messages.pop(0)

    return receive


async def uploaded(upload: Upload) -> bytes:
    sent = b""
    while upload.more:
        sent += await upload.next()
    return sent


class TestUpload:
    async def test_gives_the_body_as_it_comes(self) -> None:
        assert await uploaded(Upload(inbound(10), _ROUTE, sending(b"01234", b"56789"))) == b"0123456789"

    async def test_frames_what_has_no_length(self) -> None:
        upload = Upload(inbound(CHUNKED), _ROUTE, sending(b"abc", b"", b"de", b""))
        assert await uploaded(upload) == b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"

    @pytest.mark.parametrize("body", [None, 0])
    async def test_of_nothing_is_over_before_it_begins(self, body: int | None) -> None:
        assert not Upload(inbound(body), _ROUTE, sending()).more

    async def test_ends_where_it_becomes_too_large(self) -> None:
        upload = Upload(inbound(CHUNKED), _ROUTE, sending(b"0123456789", b"x"))
        await upload.next()
        with pytest.raises(ContentTooLarge, match="At most 10 bytes"):
            await upload.next()

    async def test_ends_with_its_client(self) -> None:
        upload = Upload(inbound(5), _ROUTE, sending(b"ab", leaves=True))
        await upload.next()
        with pytest.raises(ClientLeft):
            await upload.next()


class TestPeek:
    async def test_reads_all_of_it_and_gives_it_again_once(self) -> None:
        receive = sending(b'{"a":', b"1}")
        peeked = await bodies.peek(inbound(7), _ROUTE, receive)
        assert await peeked.receive() == {"type": "http.request", "body": b'{"a":1}', "more_body": False}
        with pytest.raises(IndexError):  # whatever comes then comes from the client
            await peeked.receive()

    @pytest.mark.parametrize("body, pieces", [(11, []), (CHUNKED, [b"0123456789", b"x"])])
    async def test_refuses_what_is_too_large(self, body: int, pieces: list[bytes]) -> None:
        with pytest.raises(ContentTooLarge):
            await bodies.peek(inbound(body), _ROUTE, sending(*pieces))

    async def test_ends_with_its_client(self) -> None:
        with pytest.raises(ClientLeft):
            await bodies.peek(inbound(5), _ROUTE, sending(b"ab", leaves=True))


class TestMember:
    @pytest.mark.parametrize(
        "body, found",
        [
            (b'{"email": "a@b"}', "a@b"),
            (b'{"email": "x", "email": "a@b"}', "a@b"),
            (b'{"\\u0065mail": "a@b"}', "a@b"),
            ('{"email": "a@b"}'.encode("utf-16"), "a@b"),
            ('{"email": "a@b"}'.encode("utf-8-sig"), "a@b"),
            (b'{"Email": "a@b"}', None),
            (b'{"email": ["a@b"]}', None),
            (b'[{"email": "a@b"}]', None),
            (b"[" * 100_000, None),
            (b"\xff", None),
            (b"", None),
        ],
    )
    def test_is_what_a_service_would_find(self, body: bytes, found: str | None) -> None:
        assert bodies.Peeked(body, sending()).member("email") == found
