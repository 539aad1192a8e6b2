"""Envelope encryption: keys wrapped by a key-encryption key, documents sealed by a key (AES-256-GCM).

A sealed blob opens only with the associated data it was sealed with, so a ciphertext that was copied to
another row does not open there.
"""

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12
_FORMAT = 1


class CannotDecryptError(Exception):
    """The key, the associated data or the blob is not the one that was sealed."""


def new_key() -> bytes:
    """32 random bytes."""
    return AESGCM.generate_key(bit_length=256)


@dataclass(frozen=True, slots=True)
class Cipher:
    """A key made ready: building it costs more than using it, so keep it with the key it stands for."""

    _aead: AESGCM

    @classmethod
    def of(cls, key: bytes) -> Self:
        return cls(AESGCM(key))

    def seal(self, plaintext: bytes, associated_data: bytes) -> bytes:
        """Nonce (12 bytes, random) followed by ciphertext and tag. Good for 2³² documents a key."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plaintext, associated_data)

    def open(self, blob: bytes, associated_data: bytes) -> bytes:
        try:
            return self._aead.decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], associated_data)
        except (InvalidTag, ValueError) as error:
            raise CannotDecryptError("The blob does not open with this key and associated data") from error


class KeyRing:
    """The key-encryption keys a process may use. The first one wraps, each of them unwraps."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        self._keys = dict(keys)
        self._ciphers = {name: Cipher.of(key) for name, key in keys.items()}
        self.current = next(iter(keys))

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read `<id> <base64url of 32 bytes>` lines; `#` starts a comment.

        To rotate, put a new line on top: old keys are needed until everything has been wrapped anew.
        """
        keys: dict[str, bytes] = {}
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            name, _, encoded = line.partition("#")[0].strip().partition(" ")
            if not name:
                continue
            try:
                keys[name] = base64.urlsafe_b64decode(encoded.strip() + "=" * (-len(encoded.strip()) % 4))
            except ValueError as error:
                raise ValueError(f"{path.name}, line {number}: the key is not base64url") from error
            if len(keys[name]) != KEY_BYTES:
                raise ValueError(f"{path.name}, line {number}: the key has {len(keys[name])} bytes instead of 32")
        if not keys:
            raise ValueError(f"{path.name} holds no key")
        return cls(keys)

    def wrap(self, key: bytes, associated_data: bytes) -> bytes:
        """Format (1 byte), length of the wrapping key's id (1 byte), that id, sealed key."""
        name = self.current.encode()
        return bytes([_FORMAT, len(name)]) + name + self._ciphers[self.current].seal(key, associated_data)

    def unwrap(self, blob: bytes, associated_data: bytes) -> bytes:
        name = self.wrapped_by(blob)
        if name not in self._ciphers:
            raise CannotDecryptError(f"The key-encryption key {name!r} is not on this ring")
        return self._ciphers[name].open(blob[2 + blob[1] :], associated_data)

    def derive(self, purpose: str) -> list[bytes]:
        """A key for another purpose (HKDF-SHA256) from each key on the ring, the current one's first."""
        return [HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(key) for key in self._keys.values()]

    @staticmethod
    def wrapped_by(blob: bytes) -> str:
        """The id of the key-encryption key a blob was wrapped with."""
        if len(blob) < 2 or blob[0] != _FORMAT:  # noqa: PLR2004 (the two header bytes)
            raise CannotDecryptError("This is not a wrapped key")
        return blob[2 : 2 + blob[1]].decode()
