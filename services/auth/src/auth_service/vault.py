"""The keys travel with the database handle.

Whoever is given a transaction can record an audit entry or leave a mail in it, both of which are sealed, without
being given the keys as well. What it seals with is derived from the key-encryption keys; none of it is in a database.
"""

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis import database
from chassis.database import Database
from chassis.encryption import KeyRing
from chassis.settings import DatabaseSettings

_OPTION = "auth_vault"


class Vault:
    """Seals with the key-encryption keys, and makes the codes and pseudonyms that only we can make."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring
        self._derived: dict[str, list[bytes]] = {}

    def macs(self, purpose: str, message: bytes) -> list[bytes]:
        """The HMAC-SHA256 of a message under each key there is, the current one's first."""
        keys = self._derived.setdefault(purpose, self.ring.derive(f"daybook.auth.{purpose}.v1"))
        return [hmac.digest(key, message, "sha256") for key in keys]

    def mac(self, purpose: str, message: bytes) -> bytes:
        return self.macs(purpose, message)[0]

    def vouches(self, purpose: str, message: bytes, mac: bytes) -> bool:
        """Whether we made this code, with whichever of our keys."""
        return any(hmac.compare_digest(mac, known) for known in self.macs(purpose, message))


@asynccontextmanager
async def connect(settings: DatabaseSettings, ring: KeyRing) -> AsyncIterator[Database]:
    async with database.connect(settings) as db:
        yield Database(db.engine.execution_options(**{_OPTION: Vault(ring)}))


def of(tx: AsyncConnection) -> Vault:
    """The vault of the database this transaction is in."""
    if tx.sync_connection is None:
        raise RuntimeError("the connection has not begun")
    vault: Vault = tx.sync_connection.get_execution_options()[_OPTION]
    return vault
