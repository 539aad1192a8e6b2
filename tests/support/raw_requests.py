"""Raw requests that mean to be taken for something else than they are; and what plain ones look like, to a strict reader.

Used against the gateway in this process and as a real one, and against nginx beside it.
"""

import asyncio
import random
import re
from dataclasses import dataclass

_HOST = b"Host: api.test\r\n"
_CLOSE = b"Connection: close\r\n"


def request(line: bytes = b"GET /todos HTTP/1.1", headers: bytes = b"", body: bytes = b"") -> bytes:
    return line + b"\r\n" + _HOST + _CLOSE + headers + b"\r\n" + body


# Each is one connection's worth of bytes, and the status it must be answered with.
# ruff: noqa: E501 (bytes are easier to read in one line)
SMUGGLING: dict[str, tuple[int, bytes]] = {
    "CL and TE": (400, request(b"POST /todos HTTP/1.1", b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\nGET /x HTTP/1.1\r\n\r\n")),
    "TE and CL": (400, request(b"POST /todos HTTP/1.1", b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", b"0\r\n\r\n")),
    "two lengths": (400, request(b"POST /todos HTTP/1.1", b"Content-Length: 1\r\nContent-Length: 2\r\n", b"ab")),
    "two equal lengths": (400, request(b"POST /todos HTTP/1.1", b"Content-Length: 1\r\nContent-Length: 1\r\n", b"a")),
    "a list of lengths": (400, request(b"POST /todos HTTP/1.1", b"Content-Length: 1, 1\r\n", b"a")),
    "a signed length": (400, request(b"POST /todos HTTP/1.1", b"Content-Length: +1\r\n", b"a")),
    "a length in hex": (400, request(b"POST /todos HTTP/1.1", b"Content-Length: 0x1\r\n", b"a")),
    "a huge length": (400, request(b"POST /todos HTTP/1.1", b"Content-Length: 99999999999999999999999\r\n", b"a")),
    "a space before the colon": (400, request(b"POST /todos HTTP/1.1", b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n")),
    "a coding in two lines": (400, request(b"POST /todos HTTP/1.1", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", b"0\r\n\r\n")),
    "an unknown coding": (400, request(b"POST /todos HTTP/1.1", b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n")),
    "a second coding": (400, request(b"POST /todos HTTP/1.1", b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n")),
    "a folded header": (400, request(headers=b"X-A: b\r\n c\r\n")),
    "a bare line feed": (400, request(headers=b"X-A: b\nContent-Length: 5\r\n", body=b"hello")),
    "a bare carriage return": (400, request(headers=b"X-A: b\rContent-Length: 5\r\n", body=b"hello")),
    "a null in a value": (400, request(headers=b"X-A: b\x00c\r\n")),
    "a null in a name": (400, request(headers=b"X\x00A: b\r\n")),
    "a header without a name": (400, request(headers=b": b\r\n")),
    "no host": (400, b"GET /todos HTTP/1.1\r\nConnection: close\r\n\r\n"),
    "two hosts": (400, request(headers=b"Host: other.test\r\n")),
    "a bad host": (400, b"GET /todos HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n"),
    "an absolute target": (400, request(b"GET http://other.test/todos HTTP/1.1")),
    "an absolute target with our name": (400, request(b"GET http://api.test/todos HTTP/1.1")),
    "an authority": (400, request(b"CONNECT other.test:80 HTTP/1.1")),
    "a star": (400, request(b"OPTIONS * HTTP/1.1")),
    "a fragment": (400, request(b"GET /todos#x HTTP/1.1")),
    "dots": (400, request(b"GET /todos/../internal/revocations HTTP/1.1")),
    "encoded dots": (400, request(b"GET /todos/%2e%2e/internal/revocations HTTP/1.1")),
    "an encoded slash": (400, request(b"GET /todos%2f..%2finternal HTTP/1.1")),
    "an encoded letter": (400, request(b"POST /todo%73 HTTP/1.1", b"Content-Length: 2\r\n", b"{}")),
    "an encoded letter of sign-in": (400, request(b"POST /auth/logi%6e HTTP/1.1", b"Content-Length: 2\r\n", b"{}")),
    "an encoded letter, in capitals": (400, request(b"POST /auth/logi%6E HTTP/1.1", b"Content-Length: 2\r\n", b"{}")),
    "an encoded hyphen": (400, request(b"GET /.well%2Dknown/jwks.json HTTP/1.1")),
    "an encoded letter of a stream": (400, request(b"GET /sync/strea%6D HTTP/1.1")),
    "a backslash": (400, request(b"GET /todos\\..\\internal HTTP/1.1")),
    "two slashes": (400, request(b"GET //todos HTTP/1.1")),
    "HTTP/1.0": (505, request(b"GET /todos HTTP/1.0")),
    "HTTP/2": (505, request(b"GET /todos HTTP/2.0")),
    "HTTP/0.9": (505, b"GET /todos\r\n\r\n"),
    "an unknown method": (400, request(b"HACK /todos HTTP/1.1")),
    "TRACE": (405, request(b"TRACE /todos HTTP/1.1")),
    "WebSocket": (426, b"GET /sync/stream HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
    "a long target": (414, request(b"GET /todos?q=" + b"a" * 9000 + b" HTTP/1.1")),
    "a long header": (431, request(headers=b"X-A: " + b"a" * 40_000 + b"\r\n")),
    "many headers": (431, request(headers=b"X-A: b\r\n" * 101)),
    "a header without end": (431, b"GET /todos HTTP/1.1\r\nX-A: " + b"a" * 100_000),
    "an expectation": (417, request(headers=b"Expect: the-unexpected\r\n")),
    "nonsense": (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
}  # fmt: skip

# Nothing is wrong with these: they arrive, each as it is.
PLAIN: dict[str, bytes] = {
    "a read": request(b"GET /todos/1?q=a%20b&c=%2F HTTP/1.1", b"Accept: application/json\r\n"),
    "a removal": request(b"DELETE /todos/1 HTTP/1.1", b'If-Match: "v1"\r\n'),
    "a body of some length": request(b"POST /todos HTTP/1.1", b"Content-Type: application/json\r\nContent-Length: 15\r\n", b'{"title": "one"}'[:15]),
    "an empty body": request(b"POST /todos HTTP/1.1", b"Content-Length: 0\r\n"),
    "a body in chunks": request(b"PUT /todos/1 HTTP/1.1", b"Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n5;x=y\r\ndefgh\r\n0\r\n\r\n"),
    "a body that looks like a request": request(b"POST /todos HTTP/1.1", b"Content-Length: 34\r\n", b"GET /todos/x HTTP/1.1\r\nHost: a\r\n\r\n"[:34]),
    "two that follow each other": b"GET /todos/1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /todos/2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
}  # fmt: skip

_SEEDS = (*PLAIN.values(), *(data for _, data in SMUGGLING.values() if len(data) < 1000))
_PIECES = (
    b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\x00", b"\x0b", b"\x7f", b"\xff", b" ", b"\t", b":", b";", b",", b"0", b"1", b"9", b"a", b"+", b"-",
    b"%", b"%2e", b"%2f", b"/", b"..", b"?", b"#", b"chunked", b"0\r\n\r\n", b"Content-Length: 5\r\n", b"Content-Length: 0\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding:\tchunked\r\n", b"Host: b\r\n", b"Connection: content-length\r\n",
    b"Expect: 100-continue\r\n", b"GET /todos/smuggled HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.0", b"X-Forwarded-For: 1\r\n",
)  # fmt: skip


def mutations(count: int, *, seed: int) -> list[bytes]:
    """So many variations, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 (the same every time)
    return [_mutated(chance) for _ in range(count)]


def _mutated(chance: random.Random) -> bytes:
    data = bytearray(chance.choice(_SEEDS))
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data))
        kind = chance.randrange(4)
        if kind == 0:
            data[at:at] = chance.choice(_PIECES)
        elif kind == 1:
            del data[at : at + chance.randint(1, 4)]
        elif kind == 2:
            data[at : at + 1] = chance.choice(_PIECES)
        else:
            start = chance.randrange(len(data))
            data[at:at] = data[start : start + chance.randint(1, 30)]
    return bytes(data)


class NotPlain(Exception):
    """Bytes that a strict reader does not take for a request."""


@dataclass(frozen=True)
class RawRequest:
    method: str
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def essence(self) -> tuple[str, bytes, bytes]:
        """What two proxies must agree about."""
        return self.method, self.target, self.body

    def all(self, name: str) -> list[bytes]:
        return [value for key, value in self.headers if key == name.encode()]


_LINE = re.compile(rb"([A-Z]+) ([!-~]+) HTTP/1\.1", re.ASCII)
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*((?:[\t !-~\x80-\xff]*[!-~\x80-\xff])?)[ \t]*", re.ASCII)
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})(?:;[\t -~]*)?", re.ASCII)


async def read_request(reader: asyncio.StreamReader) -> RawRequest | None:
    """One request, or None where there is none any more. Raises NotPlain at the first byte that is out of place."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise NotPlain("a head without an end") from error
        return None
    except asyncio.LimitOverrunError as error:
        raise NotPlain("a head without an end") from error
    line, *fields = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    matched, found = _LINE.fullmatch(line), [_FIELD.fullmatch(each) for each in fields]
    if matched is None or not all(found):
        raise NotPlain(repr(head))
    headers = tuple((each[1].lower(), each[2]) for each in found if each)
    try:
        body = await _read_body(reader, headers)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise NotPlain("a body without an end") from error
    return RawRequest(matched[1].decode(), matched[2], headers, body)


async def _read_body(reader: asyncio.StreamReader, headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    framing = [header for header in headers if header[0] in {b"content-length", b"transfer-encoding"}]
    if not framing:
        return b""
    [(name, value), *more] = framing
    if more or (name == b"transfer-encoding" and value.lower() != b"chunked"):
        raise NotPlain(repr(framing))
    if name == b"transfer-encoding":
        return await _read_chunks(reader)
    if not re.fullmatch(rb"[0-9]{1,15}", value, re.ASCII):
        raise NotPlain(repr(framing))
    return await reader.readexactly(int(value))


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while True:
        size = _CHUNK.fullmatch((await reader.readuntil(b"\r\n")).removesuffix(b"\r\n"))
        if size is None:
            raise NotPlain("a chunk without a size")
        body += await reader.readexactly(int(size[1], 16))
        if await reader.readexactly(2) != b"\r\n":
            raise NotPlain("a chunk that does not end where it says, or a trailer")
        if not int(size[1], 16):
            return body


async def requests_in(data: bytes) -> list[RawRequest]:
    """As many as a strict reader finds before the first byte that is out of place."""
    reader = asyncio.StreamReader(limit=1 << 20)
    reader.feed_data(data)
    reader.feed_eof()
    found = []
    try:
        while (each := await read_request(reader)) is not None:
            found.append(each)
    except NotPlain:
        return found
    return found
