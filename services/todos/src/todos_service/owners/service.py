"""Makes owners, and opens what only they may read."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.encryption import CannotDecryptError, Cipher, KeyRing, new_key
from todos_service.owners import repository, wrapping

log = structlog.get_logger()

_FIRST_VERSION = 1


async def add(tx: AsyncConnection, ring: KeyRing, *, owner_id: UUID) -> None:
    """Give an owner a stream and a data key. Does nothing for one who has them, or had them and was erased."""
    wrapped = wrapping.wrap(ring, new_key(), owner_id=owner_id, version=_FIRST_VERSION)
    await repository.add(tx, owner_id=owner_id, key_version=_FIRST_VERSION, wrapped=wrapped)


async def erase(tx: AsyncConnection, *, owner_id: UUID) -> None:
    """Make everything of an owner unreadable at once and for good; removing it takes a little longer."""
    await repository.erase(tx, owner_id=owner_id)
    log.info("owner.erased", owner_id=str(owner_id))


async def is_erased(reads: AsyncConnection, *, owner_id: UUID) -> bool:
    """Whether nobody can read anything of them any more."""
    return await repository.is_erased(reads, owner_id=owner_id)


async def check(reads: AsyncConnection) -> None:
    """Raises unless the database is there and has our tables."""
    await repository.touch(reads)


@dataclass(frozen=True, slots=True)
class OwnerKeys:
    """One owner's data keys, ready for use. What they seal opens for this owner and in this context only."""

    owner_id: UUID
    ciphers: Mapping[int, Cipher]

    @property
    def current(self) -> int:
        """The version that seals. All of them open."""
        return max(self.ciphers)

    def seal(self, plaintext: bytes, *context: bytes) -> bytes:
        """Seals with the current version. `context` parts have a fixed length each, or end with a zero byte."""
        return self.ciphers[self.current].seal(plaintext, self._associated(self.current, context))

    def open(self, version: int, blob: bytes, *context: bytes) -> bytes:
        """Raises CannotDecryptError for a blob from elsewhere, and for a key that is gone."""
        if version not in self.ciphers:
            raise CannotDecryptError(f"There is no data key of version {version}")
        return self.ciphers[version].open(blob, self._associated(version, context))

    def _associated(self, version: int, context: tuple[bytes, ...]) -> bytes:
        return b"".join((self.owner_id.bytes, version.to_bytes(4, "big"), *context))


class DataKeys:
    """Unwrapped data keys of the owners seen last. Unwrapping costs more than opening a page of todos.

    They are remembered by the epoch of the owner's stream, which the caller has read in the same transaction. So a
    key that was made in a transaction that failed, or that a restore has undone, is never used to seal anything:
    the epoch went with it.
    """

    def __init__(self, ring: KeyRing, *, remember: int = 10_000) -> None:
        self.ring = ring
        self._remember = remember
        self._by_epoch: OrderedDict[UUID, OwnerKeys] = OrderedDict()

    async def of(
        self, connection: AsyncConnection, *, owner_id: UUID, epoch: UUID, at_least: int = _FIRST_VERSION
    ) -> OwnerKeys:
        """The owner's keys, read again when the version `at_least` is newer than what is remembered."""
        known = self._by_epoch.get(epoch)
        if known is None or known.owner_id != owner_id or known.current < at_least:
            known = await self._load(connection, owner_id)
            self._by_epoch[epoch] = known
            if len(self._by_epoch) > self._remember:
                self._by_epoch.popitem(last=False)
        else:
            self._by_epoch.move_to_end(epoch)
        return known

    async def _load(self, connection: AsyncConnection, owner_id: UUID) -> OwnerKeys:
        wrapped = await repository.list_keys(connection, owner_id=owner_id)
        if not wrapped:
            raise CannotDecryptError("The owner has no data key")
        return OwnerKeys(
            owner_id,
            {
                version: Cipher.of(wrapping.unwrap(self.ring, blob, owner_id=owner_id, version=version))
                for version, blob in wrapped
            },
        )
