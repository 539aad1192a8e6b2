"""The two tokens of a session: a short one that anybody can verify, and a long one that only we can read."""

import asyncio
import base64
import hashlib
import hmac
import random
import secrets
import struct
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Self
from uuid import UUID

import jwt
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from auth_service.keys.service import SigningKeys
from chassis.encryption import KeyRing

SCOPES = "todos:read todos:write account"
_LIFETIME_SECONDS = 300
# People who signed in at the same moment must not all come back at the same moment.
_JITTER = 0.05

# With these, a token is 69 bytes: whole groups of base64, so that no padding and no spare bits are in its text.
_SECRET_BYTES = 17
# Session id, generation, secret. The HMAC of these three follows.
_BODY = struct.Struct(f">16sI{_SECRET_BYTES}s")


@dataclass(frozen=True, slots=True)
class AccessToken:
    text: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """What a refresh token says. The secret stays the same for as long as the session lives, and only the client
    has it; the generation counts how often the token was replaced, and only the HMAC makes it credible.
    """

    session_id: UUID
    generation: int
    secret: bytes

    @classmethod
    def first(cls) -> Self:
        """The first token of a new session."""
        return cls(uuid7(), 1, secrets.token_bytes(_SECRET_BYTES))

    @property
    def successor(self) -> "RefreshToken":
        return RefreshToken(self.session_id, self.generation + 1, self.secret)

    @property
    def secret_hash(self) -> bytes:
        return hashlib.sha256(self.secret).digest()


class Mint:
    """Makes tokens of both kinds, and reads those that only we can read."""

    def __init__(self, keys: SigningKeys, ring: KeyRing, *, issuer: str, audience: str) -> None:
        self._keys, self._issuer, self._audience = keys, issuer, audience
        self._mac_keys = ring.derive("daybook.auth.refresh-token.v1")

    async def access_token(
        self,
        tx: AsyncConnection,
        *,
        user_id: UUID,
        session_id: UUID,
        scope: str = SCOPES,
        at_most: timedelta | None = None,
    ) -> AccessToken:
        """By the key that signs as the transaction sees it: see `SigningKeys.current`, also for what it raises.

        Signed in a thread: OpenSSL lets go of the interpreter, and the way there and back costs a sixtieth.
        """
        kid, key = await self._keys.current(tx)
        now = int(time.time())
        lifetime = round(_LIFETIME_SECONDS * random.uniform(1 - _JITTER, 1 + _JITTER))  # noqa: S311 (not a secret)
        if at_most is not None:
            lifetime = min(lifetime, int(at_most.total_seconds()))
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(user_id),
            "sid": str(session_id),
            "jti": str(uuid7()),
            "iat": now,
            "exp": now + lifetime,
            "scope": scope,
        }
        headers = {"typ": "at+jwt", "kid": kid}
        text = await asyncio.to_thread(jwt.encode, claims, key.private_key, key.algorithm, headers)
        return AccessToken(text, lifetime)

    def write(self, token: RefreshToken) -> str:
        """The same text for the same token, every time: a successor that got lost can be given out again."""
        body = _BODY.pack(token.session_id.bytes, token.generation, token.secret)
        return base64.urlsafe_b64encode(body + _mac(self._mac_keys[0], body)).decode()

    def read(self, text: str) -> RefreshToken | None:
        """What a token says, or None if it is none that we wrote."""
        try:
            raw = base64.b64decode(text, altchars=b"-_", validate=True)
        except ValueError:
            return None
        body, mac = raw[: _BODY.size], raw[_BODY.size :]
        # Each key on the ring: a token lives longer than the key-encryption key that was current when it was written.
        if len(body) != _BODY.size or not any(hmac.compare_digest(mac, _mac(key, body)) for key in self._mac_keys):
            return None
        session_id, generation, secret = _BODY.unpack(body)
        return RefreshToken(UUID(bytes=session_id), generation, secret)


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, body, "sha256")
