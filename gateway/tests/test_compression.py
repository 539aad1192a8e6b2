import asyncio
import gzip

import httpx
import pytest
from starlette.types import Receive, Scope, Send
from tests.support.servers import Answer, Header, Running, Service, respond, say

from gateway import compression

_LARGE = b'{"items": [' + b", ".join(b'{"title": "Buy milk"}' for _ in range(200)) + b"]}"
_JSON = (b"content-type", b"application/json")


def answering(*headers: Header, body: bytes = _LARGE, status: int = 200) -> Answer:
    async def answer(_: Scope, __: Receive, send: Send) -> None:
        await respond(send, body, status=status, headers=headers)

    return answer


async def raw(
    client: httpx.AsyncClient, path: str = "/todos", accepted: str = "gzip", method: str = "GET"
) -> httpx.Response:
    """What comes over the wire is in `extensions["raw"]`."""
    async with client.stream(method, path, headers={"Accept-Encoding": accepted}) as response:
        response.extensions["raw"] = b"".join([piece async for piece in response.aiter_raw()])
    return response


class TestCompressed:
    @pytest.mark.parametrize(
        "media_type", [b"application/json", b"application/json; charset=utf-8", b"application/problem+json"]
    )
    async def test_is_json_of_some_size(self, client: httpx.AsyncClient, todos: Service, media_type: bytes) -> None:
        todos.answer = answering((b"content-type", media_type), (b"etag", b'W/"a.1"'))
        answer = await raw(client)
        body = answer.extensions["raw"]
        assert answer.headers["content-encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers.get_list("vary", split_commas=True)
        assert answer.headers["content-length"] == str(len(body))
        assert len(body) < len(_LARGE) / 5
        assert gzip.decompress(body) == _LARGE
        assert answer.headers["etag"] == 'W/"a.1"'

    async def test_is_what_comes_in_pieces(self, client: httpx.AsyncClient, todos: Service) -> None:
        async def answer(_: Scope, __: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": [_JSON]})
            for start in range(0, len(_LARGE), 1000):
                await send({"type": "http.response.body", "body": _LARGE[start : start + 1000], "more_body": True})
                await asyncio.sleep(0)
            await send({"type": "http.response.body", "body": b""})

        todos.answer = answer
        answered = await raw(client)
        assert gzip.decompress(answered.extensions["raw"]) == _LARGE

    async def test_head_is_told_what_get_would_be(self, gateway: Running, todos: Service) -> None:
        todos.answer = answering(_JSON)
        sent = b"HEAD /todos HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
        head, _, body = (await say(gateway.port, sent)).partition(b"\r\n\r\n")
        assert b"content-encoding: gzip" in head
        assert b"content-length" not in head
        assert body == b""

    async def test_a_service_that_breaks_off_is_not_taken_for_whole(
        self, client: httpx.AsyncClient, todos: Service
    ) -> None:
        async def answer(_: Scope, __: Receive, send: Send) -> None:
            headers = [_JSON, (b"content-length", b"100000")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": _LARGE, "more_body": True})

        todos.answer = answer
        with pytest.raises(httpx.RemoteProtocolError):
            await raw(client)


class TestNotCompressed:
    @pytest.mark.parametrize(
        "headers",
        [
            [(b"content-type", b"text/event-stream")],
            [(b"content-type", b"text/html")],
            [],
            [_JSON, (b"content-encoding", b"br")],
            [_JSON, (b"cache-control", b"no-cache, No-Transform")],
            [_JSON, (b"etag", b'"v1"')],
        ],
        ids=["events", "html", "untyped", "compressed already", "no-transform", "a strong tag"],
    )
    async def test_is_what_must_stay_as_it_is(
        self, client: httpx.AsyncClient, todos: Service, headers: list[Header]
    ) -> None:
        todos.answer = answering(*headers)
        answer = await raw(client)
        assert answer.extensions["raw"] == _LARGE
        assert answer.headers.get("content-encoding") in {None, "br"}
        assert answer.headers["content-length"] == str(len(_LARGE))

    async def test_is_what_is_small(self, client: httpx.AsyncClient, todos: Service) -> None:
        todos.answer = answering(_JSON, body=b"{}" + b" " * 1022)
        assert "content-encoding" not in (await raw(client)).headers

    async def test_is_what_is_only_a_part(self, client: httpx.AsyncClient, todos: Service) -> None:
        todos.answer = answering(_JSON, (b"content-range", b"bytes 0-9/10"), status=206)
        assert "content-encoding" not in (await raw(client)).headers

    async def test_is_what_may_have_secrets_in_it(self, client: httpx.AsyncClient, auth: Service) -> None:
        auth.answer = answering(_JSON)
        assert "content-encoding" not in (await raw(client, "/auth/me")).headers

    @pytest.mark.parametrize(
        "accepted", ["identity", "br", "gzip;q=0", "*;q=0", "gzip;q=nonsense", "deflate, br;q=1.0"]
    )
    async def test_is_what_nobody_asked_for_but_caches_are_told(
        self, client: httpx.AsyncClient, todos: Service, accepted: str
    ) -> None:
        todos.answer = answering(_JSON)
        answer = await raw(client, accepted=accepted)
        assert "content-encoding" not in answer.headers
        assert "Accept-Encoding" in answer.headers.get_list("vary", split_commas=True)


class TestAccepted:
    @pytest.mark.parametrize("accepted", [b"gzip", b"br, gzip", b"*", b"GZIP ; q=0.5", b"*;q=0, gzip", b"gzip;q=0.001"])
    def test_is_gzip_in_all_its_spellings(self, accepted: bytes) -> None:
        assert compression._accepts_gzip(accepted)
