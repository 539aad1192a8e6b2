"""Compresses JSON that a service sent as it is, for clients that like it smaller. Nothing else, and never a stream."""

import zlib
from collections.abc import Iterable
from functools import lru_cache

from gateway.connections import Response
from gateway.hygiene import Header, Inbound

_SMALLEST = 1024
# Beyond the first level JSON gets little smaller and much dearer.
_LEVEL = 1
_GZIP_FORMAT = 16 + zlib.MAX_WBITS

# Also on the answer as it is, where others get it compressed: caches keep the two apart.
VARY: Header = (b"vary", b"Accept-Encoding")
_ENCODED: Header = (b"content-encoding", b"gzip")


class Gzip:
    """One answer's body, piece by piece."""

    def __init__(self) -> None:
        self._deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP_FORMAT)

    def squeeze(self, body: bytes, *, last: bool) -> bytes:
        return self._deflate.compress(body) + self._deflate.flush() if last else self._deflate.compress(body)


def is_compressible(response: Response, headers: Iterable[Header]) -> bool:
    """Whether the answer is one that some clients get compressed."""
    if response.status < 200 or response.status in {204, 206, 304}:  # noqa: PLR2004 (these have no whole body)
        return False
    known = dict(headers)
    length = known.get(b"content-length")
    return (
        _is_json(known.get(b"content-type", b""))
        and (length is None or int(length) > _SMALLEST)
        and b"content-encoding" not in known
        and b"no-transform" not in known.get(b"cache-control", b"").lower()
        # A strong tag promises these very bytes, and `If-Match` takes no weak one.
        and not known.get(b"etag", b"W/").startswith(b'"')
    )


@lru_cache(maxsize=100)
def _is_json(content_type: bytes) -> bool:
    media_type = content_type.partition(b";")[0].strip().lower()
    return media_type == b"application/json" or media_type.endswith(b"+json")


def is_accepted(inbound: Inbound) -> bool:
    accepted = [value for name, value in inbound.passed_on if name == b"accept-encoding"]
    return bool(accepted) and _accepts_gzip(b",".join(accepted))


@lru_cache(maxsize=1000)
def _accepts_gzip(accepted: bytes) -> bool:
    qualities: dict[bytes, float] = {}
    for each in accepted.lower().split(b","):
        coding, _, quality = each.partition(b";")
        qualities[coding.strip()] = _quality(quality.strip())
    return qualities.get(b"gzip", qualities.get(b"*", 0.0)) > 0


def _quality(text: bytes) -> float:
    try:
        return float(text.removeprefix(b"q=")) if text else 1.0
    except ValueError:
        return 0.0


def encoded(headers: Iterable[Header], *, length: int | None) -> list[Header]:
    """The same answer compressed, to so many bytes if that is known."""
    kept = [header for header in headers if header[0] not in {b"content-length", b"accept-ranges"}]
    if length is not None:
        kept.append((b"content-length", b"%d" % length))
    return [*kept, _ENCODED, VARY]
