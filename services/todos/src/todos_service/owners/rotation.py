"""Wraps every data key anew with the key-encryption key that is first on the ring, while others go on using them."""

from dataclasses import dataclass, field
from uuid import UUID

import structlog

from chassis.database import Database
from chassis.encryption import CannotDecryptError, KeyRing
from todos_service.owners import repository, wrapping

log = structlog.get_logger()

_BATCH = 500


@dataclass(slots=True)
class Rotated:
    """`unreadable` are owners whose key no key on the ring unwraps."""

    wrapped_anew: int = 0
    already_right: int = 0
    unreadable: list[UUID] = field(default_factory=list)


async def rotate(database: Database, ring: KeyRing, *, batch: int = _BATCH) -> Rotated:
    """May be stopped and started again at any time: what is wrapped with the first key already is left alone."""
    rotated, after = Rotated(), None
    while True:
        async with database.transaction() as tx:
            rows = await repository.list_all_keys(tx, after=after, limit=batch)
            for row in rows:
                try:
                    anew = _wrapped_anew(ring, row.owner_id, row.version, row.wrapped)
                except CannotDecryptError as error:
                    log.error("data_key.unreadable", owner_id=str(row.owner_id), reason=str(error))  # noqa: TRY400 (that is all there is)
                    rotated.unreadable.append(row.owner_id)
                    continue
                if anew is None:
                    rotated.already_right += 1
                    continue
                # Nothing is done to a key that was erased meanwhile.
                rotated.wrapped_anew += await repository.replace_key(tx, row, wrapped=anew)
        if len(rows) < batch:
            return rotated
        after = (rows[-1].owner_id, rows[-1].version)


def _wrapped_anew(ring: KeyRing, owner_id: UUID, version: int, wrapped: bytes) -> bytes | None:
    """None for what is right already. Raises CannotDecryptError."""
    if wrapping.wrapped_by(wrapped) == ring.current:
        return None
    key = wrapping.unwrap(ring, wrapped, owner_id=owner_id, version=version)
    return wrapping.wrap(ring, key, owner_id=owner_id, version=version)
