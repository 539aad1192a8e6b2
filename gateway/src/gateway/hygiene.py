"""What may come in, and what goes on in its place.

A request is read once, strictly, and written anew from what was read: bytes that were not understood are never
passed on, and nothing a client says about itself (its address, its identity) reaches a service.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from chassis.problems import BadRequest, MethodNotAllowed
from gateway.errors import ExpectationFailed, UpgradeNotOffered

Header = tuple[bytes, bytes]

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

# A path of non-empty segments (the last one may be empty), none of them "." or "..", in which nothing is encoded
# that changes what a segment is (slash, backslash, control characters), and nothing that needs no encoding (RFC 3986,
# 2.3): routes are found in the bytes that came, and services decode them, so that "/auth/logi%6e" would be the way to
# "/auth/login" without the terms of its route.
_ENCODED = rb"%(?!2[DdEeFf]|3[0-9]|4[1-9A-Fa-f]|5[0-9AaCcFf]|6[1-9A-Fa-f]|7[0-9AaEeFf]|[01])[0-9A-Fa-f]{2}"
_PATH = re.compile(
    rb"/(?:(?!\.{1,2}(?:/|\Z))(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|" + _ENCODED + rb")++(?:/|\Z))*+", re.ASCII
)
_QUERY = re.compile(rb"[!-~]*+", re.ASCII)
_HOST = re.compile(rb"(?:[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?", re.ASCII)
_LENGTH = re.compile(rb"[0-9]{1,15}", re.ASCII)
# With a tab excepted, which a value may contain.
_CONTROLS = bytes(set(range(32)) - {9}) + b"\x7f"

# Read here rather than passed on as they are.
_READ = frozenset(
    {
        b"authorization", b"connection", b"content-length", b"cookie", b"expect", b"host", b"traceparent",
        b"tracestate", b"transfer-encoding", b"upgrade", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto",
    }
)  # fmt: skip
_FORWARDED = (b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto")
_PERSONAL = frozenset({b"authorization", b"cookie"})
_HOP_BY_HOP = frozenset(
    {
        b"connection", b"http2-settings", b"keep-alive", b"proxy-authenticate", b"proxy-authorization",
        b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade",
    }
)  # fmt: skip
# What services read, or what says what their answer may be. Whatever else a client sends is none of their business,
# however it is spelled: who it is (proxies and content networks each have their own header for that), which address or
# method it would rather have had, what some library between here and there might read one day.
_PASSED_ON = frozenset(
    {
        b"accept", b"accept-encoding", b"accept-language", b"content-encoding", b"content-type", b"idempotency-key",
        b"if-match", b"if-none-match", b"last-event-id", b"origin", b"referer", b"sec-fetch-site", b"user-agent",
    }
)  # fmt: skip
# What the server in front of this code or this code writes itself, and what is nobody's business. Limits are counted
# here: what a service said of its own would stand beside them, and which is which nobody could tell.
_NOT_ANSWERED = _HOP_BY_HOP | {b"date", b"ratelimit", b"ratelimit-policy", b"server", b"x-powered-by", b"x-request-id"}

_NOT_ANSWERED_AT_ALL = (b"access-control-", b"ratelimit-", b"x-ratelimit-")

# A body whose length is not known beforehand.
CHUNKED = -1


@dataclass(slots=True)
class Inbound:
    """A request as it was understood."""

    method: str
    # Path and query, as they came.
    path: bytes
    target: bytes
    host: bytes
    scheme: str
    # The peer of the connection: a client, or the last proxy before us.
    peer: str
    # The length of the body, CHUNKED, or None when there is none.
    body: int | None = None
    authorization: bytes | None = None
    cookies: list[bytes] = field(default_factory=list)
    # What tracing systems add to a trace; it means nothing without the trace.
    tracestates: list[bytes] = field(default_factory=list)
    # What proxies before us, or somebody who pretends to be one, say about the client.
    forwarded: dict[bytes, list[bytes]] = field(default_factory=dict)
    passed_on: list[Header] = field(default_factory=list)


def read(scope: Any) -> Inbound:
    """The request in an ASGI scope. Raises BadRequest for one that is not plainly well-formed."""
    if scope["method"] not in METHODS:
        raise MethodNotAllowed(headers={"Allow": ", ".join(sorted(METHODS))})
    path, query = scope["raw_path"], scope["query_string"]
    if not _PATH.fullmatch(path) or not _QUERY.fullmatch(query):
        raise BadRequest("The address is not in its plain form")
    read: dict[bytes, list[bytes]] = {}
    passed_on: list[Header] = []
    for header in scope["headers"]:
        name = header[0]
        if name in _READ:
            read.setdefault(name, []).append(header[1])
        elif name in _PASSED_ON:
            passed_on.append(header)
    _refuse_upgrade(read)
    if connection := read.get(b"connection"):
        named = {token.strip().lower() for value in connection for token in value.split(b",")}
        passed_on = [header for header in passed_on if header[0] not in named]
        for name in _PERSONAL & named:
            read.pop(name, None)
    client = scope.get("client")
    return Inbound(
        method=scope["method"],
        path=path,
        target=path + b"?" + query if query else path,
        host=_host(read),
        scheme=scope["scheme"],
        peer=client[0] if client else "",
        body=_body(read),
        authorization=_single(read, b"authorization"),
        cookies=read.get(b"cookie", []),
        tracestates=read.get(b"tracestate", []),
        forwarded={name: read[name] for name in _FORWARDED if name in read},
        passed_on=passed_on,
    )


def _single(headers: dict[bytes, list[bytes]], name: bytes) -> bytes | None:
    values = headers.get(name)
    if values is None:
        return None
    if len(values) != 1:
        raise BadRequest(f"There is more than one {name.decode().title()} header")
    return values[0]


def _host(headers: dict[bytes, list[bytes]]) -> bytes:
    host = _single(headers, b"host")
    if host is None or not is_host(host):
        raise BadRequest("There is no valid Host header")
    return host


def is_host(value: bytes) -> bool:
    return _HOST.fullmatch(value) is not None


def _body(headers: dict[bytes, list[bytes]]) -> int | None:
    length, coding = _single(headers, b"content-length"), _single(headers, b"transfer-encoding")
    if coding is not None:
        if length is not None or coding.lower() != b"chunked":
            raise BadRequest("Where the body ends is not clear")
        return CHUNKED
    if length is None:
        return None
    if not _LENGTH.fullmatch(length):
        raise BadRequest("Where the body ends is not clear")
    return int(length)


def _refuse_upgrade(headers: dict[bytes, list[bytes]]) -> None:
    if b"websocket" in b",".join(headers.get(b"upgrade", ())).lower():
        raise UpgradeNotOffered
    expectation = _single(headers, b"expect")
    if expectation is not None and expectation.lower() != b"100-continue":
        raise ExpectationFailed


def write_head(inbound: Inbound, added: Iterable[Header], *, cookies: bool) -> bytes:
    """The head of the request as it goes on. `added` is what the gateway says itself."""
    lines = [f"{inbound.method} ".encode() + inbound.target + b" HTTP/1.1\r\n"]
    lines += [b"%b: %b\r\n" % header for header in added]
    lines += [b"%b: %b\r\n" % header for header in inbound.passed_on]
    if inbound.authorization is not None:
        lines.append(b"authorization: %b\r\n" % inbound.authorization)
    if cookies and inbound.cookies:
        lines.append(b"cookie: %b\r\n" % b"; ".join(inbound.cookies))
    if inbound.body is not None:
        lines.append(
            b"transfer-encoding: chunked\r\n" if inbound.body == CHUNKED else b"content-length: %d\r\n" % inbound.body
        )
    lines.append(b"\r\n")
    head = b"".join(lines)
    # Whatever was read and however: there are exactly the line ends that were written here, and no other controls.
    if len(head) - len(head.translate(None, _CONTROLS)) != 2 * len(lines):
        raise BadRequest("There is a control character in a header")
    return head


def clean_response(headers: Iterable[Header], *, bodiless: bool) -> list[Header]:
    """The headers of an answer that go on to the client."""
    headers = list(headers)
    dropped: frozenset[bytes] | set[bytes] = _NOT_ANSWERED
    for name, value in headers:
        if name == b"connection":
            dropped = dropped | {token.strip().lower() for token in value.split(b",")}
    if bodiless:  # a 204 has no length, and that of a 304 would make the server in front wait for a body
        dropped = dropped | {b"content-length"}
    return [header for header in headers if header[0] not in dropped and not header[0].startswith(_NOT_ANSWERED_AT_ALL)]
