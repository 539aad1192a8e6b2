"""A data key as it is stored: wrapped by a key-encryption key, for one owner and one version, and nobody else's."""

from uuid import UUID

from chassis.encryption import CannotDecryptError, KeyRing


def wrap(ring: KeyRing, key: bytes, *, owner_id: UUID, version: int) -> bytes:
    return ring.wrap(key, _context(owner_id, version))


def unwrap(ring: KeyRing, wrapped: bytes, *, owner_id: UUID, version: int) -> bytes:
    """Raises CannotDecryptError."""
    wrapped_by(wrapped)
    return ring.unwrap(wrapped, _context(owner_id, version))


def wrapped_by(wrapped: bytes) -> str:
    """The name of the key-encryption key. Raises CannotDecryptError."""
    try:
        return KeyRing.wrapped_by(wrapped)
    except UnicodeDecodeError as error:
        raise CannotDecryptError("The name of the key-encryption key is not text") from error


def _context(owner_id: UUID, version: int) -> bytes:
    return b"data-key\0" + owner_id.bytes + version.to_bytes(4, "big")
