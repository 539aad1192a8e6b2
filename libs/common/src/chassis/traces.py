"""Which trace a request belongs to, as W3C Trace Context has it: what all processes it passes through call it."""

import re
from random import getrandbits
from typing import NamedTuple

# Version 00, and later ones as far as they say the same.
_TRACEPARENT = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?", re.ASCII
)
_SAMPLED = 1


class Trace(NamedTuple):
    trace_id: str
    # Of the one who asks.
    parent_id: str
    sampled: bool

    def passed_on(self, *, sampled: bool) -> bytes:
        """The value of `traceparent` for whoever is asked next, under a span of its own."""
        return f"00-{self.trace_id}-{getrandbits(64) or 1:016x}-{'01' if sampled else '00'}".encode()

    def falls_below(self, ratio: float) -> bool:
        """Whether this is one of that part of all traces: every process that asks finds the same."""
        return int(self.trace_id[16:], 16) < ratio * 2**64


def read(traceparent: bytes | None) -> Trace:
    """The trace that somebody else began, or a new one."""
    match = _TRACEPARENT.fullmatch(traceparent) if traceparent is not None else None
    # Version 00 ends after the flags.
    if match is None or (traceparent is not None and traceparent.startswith(b"00") and match.end(3) != match.end()):
        return Trace(f"{getrandbits(128) or 1:032x}", "", sampled=False)
    return Trace(match[1].decode(), match[2].decode(), sampled=bool(int(match[3], 16) & _SAMPLED))
