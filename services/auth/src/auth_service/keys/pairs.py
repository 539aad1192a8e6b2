"""A key pair: made, named, put away sealed and taken out again."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any, Self

import orjson
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from jwt.algorithms import RSAAlgorithm

from chassis.encryption import KeyRing

ALGORITHM = "RS256"
_BITS, _EXPONENT = 3072, 65537


@dataclass(frozen=True, slots=True)
class KeyPair:
    algorithm: str
    private_key: RSAPrivateKey

    @classmethod
    def generate(cls) -> Self:
        """Takes about a second of CPU. The interpreter is free meanwhile, so call it in a thread."""
        return cls(ALGORITHM, generate_private_key(_EXPONENT, _BITS))

    @classmethod
    def unseal(cls, ring: KeyRing, *, kid: str, algorithm: str, sealed: bytes) -> Self:
        key = load_der_private_key(ring.unwrap(sealed, _associated_data(kid)), password=None)
        if not isinstance(key, RSAPrivateKey):
            raise TypeError(f"signing key {kid} is not an RSA key")
        return cls(algorithm, key)

    def seal(self, ring: KeyRing) -> bytes:
        plain = self.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return ring.wrap(plain, _associated_data(self.kid))

    @property
    def kid(self) -> str:
        return thumbprint(self._bare_jwk)

    @property
    def public_jwk(self) -> dict[str, Any]:
        return self._bare_jwk | {"kid": self.kid, "alg": self.algorithm, "use": "sig"}

    @property
    def _bare_jwk(self) -> dict[str, Any]:
        jwk = RSAAlgorithm.to_jwk(self.private_key.public_key(), as_dict=True)
        return {name: jwk[name] for name in ("kty", "n", "e")}


def thumbprint(jwk: dict[str, Any]) -> str:
    """RFC 7638: the hash of the members that make the key, sorted, without a blank between them."""
    document = orjson.dumps(jwk, option=orjson.OPT_SORT_KEYS)
    return base64.urlsafe_b64encode(hashlib.sha256(document).digest()).rstrip(b"=").decode()


def _associated_data(kid: str) -> bytes:
    return f"signing-key:{kid}".encode()
