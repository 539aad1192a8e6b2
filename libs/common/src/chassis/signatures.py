"""Signs what goes over the bus, and tells whether auth signed what came over it.

A signature is a JWS whose payload travels beside it, as it is (RFC 7515 appendix F, RFC 7797): the body stays readable
to whoever looks into a queue, and a reader that does not know about signatures yet reads it as before. `typ` keeps it
apart from an access token, which the same key may sign.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from chassis import key_sets
from chassis.key_sets import KeySet
from chassis.problems import ServiceUnavailable
from chassis.settings import EventSettings

_TYPE = "secevent+jwt"
_FETCH_SECONDS = 2.0
# Asked this often at most for a key that nobody knows, and this old is a set of keys at most before it is read again.
_RETRY_SECONDS, _FRESH_SECONDS = 1.0, 60.0

_JWS = jwt.PyJWS()


class BadSignatureError(Exception):
    """Nobody whom we trust has signed this."""


def sign(body: bytes, key: RSAPrivateKey | Ed25519PrivateKey, *, kid: str, algorithm: str) -> str:
    return _JWS.encode(body, key, algorithm, headers={"typ": _TYPE, "kid": kid}, is_payload_detached=True)


class SignatureVerifier:
    def __init__(self, keys: KeySet) -> None:
        self._keys = keys

    async def verify(self, body: bytes, signature: object) -> None:
        """Raises BadSignatureError, and ServiceUnavailable while it cannot be told for want of a key."""
        if not isinstance(signature, str):
            raise BadSignatureError("it has no signature")
        try:
            header = jwt.get_unverified_header(signature)
        except jwt.InvalidTokenError as error:
            raise BadSignatureError("its signature is none") from error
        key = await self._key(header)
        if header.get("typ") != _TYPE or header.get("alg") != key.algorithm_name:
            raise BadSignatureError("its signature is of another kind")
        try:
            _JWS.decode(signature, key, algorithms=[key.algorithm_name], detached_payload=body)
        except jwt.InvalidTokenError as error:
            raise BadSignatureError("its signature is not of these bytes") from error

    async def _key(self, header: dict[str, Any]) -> jwt.PyJWK:
        kid = header.get("kid")
        if not isinstance(kid, str):
            raise BadSignatureError("it does not say which key signed it")
        key = await self._keys.find(kid)
        if key is not None:
            return key
        if not self._keys.answered:
            raise ServiceUnavailable("The keys that prove events cannot be fetched")
        raise BadSignatureError("nobody knows its key")


@asynccontextmanager
async def connect(settings: EventSettings, *, waits: bool = False) -> AsyncIterator[SignatureVerifier]:
    """A verifier that fetches the keys over HTTP. Starts whether or not they are there.

    `waits`, for what cannot be taken back: nothing is believed by keys that are older than a second, in which one may
    have been revoked, unless they cannot be fetched.
    """
    async with httpx.AsyncClient(timeout=_FETCH_SECONDS) as client:
        fetch = partial(key_sets.fetch, client, settings.keys_url)
        fresh_seconds = _RETRY_SECONDS if waits else _FRESH_SECONDS
        yield SignatureVerifier(KeySet(fetch, fresh_seconds=fresh_seconds, retry_seconds=_RETRY_SECONDS, waits=waits))
