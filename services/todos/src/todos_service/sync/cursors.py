"""How far a device has come in its owner's stream. Opaque to clients: only its maker knows what is in it."""

import base64
import binascii
import struct
from typing import NamedTuple
from uuid import UUID

from chassis.problems import InvalidRequest

_FORM = struct.Struct(">16sQQ")


class Cursor(NamedTuple):
    """`since` is the head when the device began with nothing: it need not be told of what was deleted before."""

    epoch: UUID
    seq: int
    since: int


def encode(cursor: Cursor) -> str:
    packed = _FORM.pack(cursor.epoch.bytes, cursor.seq, cursor.since)
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(encoded: str) -> Cursor:
    """Whatever is not a cursor of ours is the caller's mistake, and never reaches a query."""
    try:
        epoch, seq, since = _FORM.unpack(base64.b64decode(encoded + "=" * (-len(encoded) % 4), b"-_", validate=True))
    except (ValueError, binascii.Error, struct.error) as error:
        fault = {"pointer": "?cursor", "detail": "This is not a cursor of these changes"}
        raise InvalidRequest(errors=[fault]) from error
    # No stream is that long, and Postgres has no such numbers.
    largest = 2**63 - 1
    return Cursor(UUID(bytes=epoch), min(seq, largest), min(since, largest))
