"""WebAuthn challenges that need no table while they are open: who asked for one, and until when, stands in it.

Only an answered challenge is remembered, so asking for many costs an attacker everything and us nothing.
"""

import secrets
import struct
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from auth_service.vault import Vault

LASTS_SECONDS = 300
_PURPOSE = "passkey-challenge"
_NONCE_BYTES = 16
# Nonce, end (seconds since 1970). The HMAC of these two and of the subject follows.
_BODY = struct.Struct(f">{_NONCE_BYTES}sI")


class Challenge(NamedTuple):
    bytes: bytes
    expires_at: datetime


def new_challenge(vault: Vault, *, subject: UUID | None, now: float, with_code: bool = False) -> bytes:
    """For that session to add a passkey, or, without one, for anybody to sign in with theirs.

    `with_code` says in it that whoever asks has shown a code of their authenticator app.
    """
    body = _BODY.pack(secrets.token_bytes(_NONCE_BYTES), int(now) + LASTS_SECONDS)
    return body + vault.mac(_PURPOSE, _said(body, subject, with_code))


def read(
    vault: Vault, challenge: bytes, *, subject: UUID | None, now: float, with_code: bool = False
) -> Challenge | None:
    """None if it is none of ours, for something else, or too old."""
    body, mac = challenge[: _BODY.size], challenge[_BODY.size :]
    if len(body) != _BODY.size or not vault.vouches(_PURPOSE, _said(body, subject, with_code), mac):
        return None
    ends = _BODY.unpack(body)[1]
    return Challenge(challenge, datetime.fromtimestamp(ends, UTC)) if now <= ends else None


def _said(body: bytes, subject: UUID | None, with_code: bool) -> bytes:
    return body + (subject.bytes if subject else b"") + (b"code" if with_code else b"")
