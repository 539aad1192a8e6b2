"""A key pair: made, named, put away sealed and taken out again."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from jwt.algorithms import OKPAlgorithm, RSAAlgorithm

from auth_service.settings import SigningAlgorithm
from chassis.encryption import KeyRing

_BITS, _EXPONENT = 3072, 65537

PrivateKey = RSAPrivateKey | Ed25519PrivateKey


def _new_rsa_key() -> RSAPrivateKey:
    return generate_private_key(_EXPONENT, _BITS)


_MAKERS: dict[SigningAlgorithm, Callable[[], PrivateKey]] = {
    "RS256": _new_rsa_key,
    "PS256": _new_rsa_key,
    "EdDSA": Ed25519PrivateKey.generate,
}


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key, and the one algorithm it signs with."""

    algorithm: str
    private_key: PrivateKey

    @classmethod
    def generate(cls, algorithm: SigningAlgorithm) -> Self:
        """An RSA key takes about a second of CPU. The interpreter is free meanwhile, so call it in a thread."""
        return cls(algorithm, _MAKERS[algorithm]())

    @classmethod
    def unseal(cls, ring: KeyRing, *, kid: str, algorithm: str, sealed: bytes) -> Self:
        key = load_der_private_key(ring.unwrap(sealed, _associated_data(kid)), password=None)
        if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
            raise TypeError(f"signing key {kid} is of a kind that we do not make")
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
        """The members that make the key, which are those that RFC 7638 hashes."""
        if isinstance(self.private_key, RSAPrivateKey):
            jwk = RSAAlgorithm.to_jwk(self.private_key.public_key(), as_dict=True)
            return {name: jwk[name] for name in ("kty", "n", "e")}
        jwk = OKPAlgorithm.to_jwk(self.private_key.public_key(), as_dict=True)
        return {name: jwk[name] for name in ("kty", "crv", "x")}


def thumbprint(jwk: dict[str, Any]) -> str:
    """RFC 7638: the hash of the members that make the key, sorted, without a blank between them."""
    document = orjson.dumps(jwk, option=orjson.OPT_SORT_KEYS)
    return base64.urlsafe_b64encode(hashlib.sha256(document).digest()).rstrip(b"=").decode()


def _associated_data(kid: str) -> bytes:
    return f"signing-key:{kid}".encode()
