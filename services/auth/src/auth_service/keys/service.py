"""The signing keys as this process last read them from the table."""

import asyncio
from typing import Any

import structlog

from auth_service.keys import repository
from auth_service.keys.models import KeyState
from auth_service.keys.pairs import KeyPair
from auth_service.keys.repository import StoredKey
from chassis.database import Database
from chassis.encryption import KeyRing
from chassis.problems import ServiceUnavailable

log = structlog.get_logger()

# How long another process's change may go unnoticed.
_READ_SECONDS = 60


class SigningKeys:
    """Kept in memory, because every sign-in and every verifier asks. Usable from the first successful read on."""

    def __init__(self, database: Database, ring: KeyRing) -> None:
        self._database, self._ring = database, ring
        self._active: tuple[str, KeyPair] | None = None
        self._published: dict[str, Any] | None = None
        self._states: frozenset[str] = frozenset()

    @property
    def active(self) -> tuple[str, KeyPair]:
        """The key that signs, and its id."""
        if self._active is None:
            raise ServiceUnavailable("The signing keys have not been read yet")
        return self._active

    @property
    def published(self) -> dict[str, Any]:
        """The key set (RFC 7517) by which everybody verifies."""
        if self._published is None:
            raise ServiceUnavailable("The signing keys have not been read yet")
        return self._published

    async def check(self) -> None:
        """Readiness: raises while nothing can be signed."""
        _ = self.active

    async def keep_fresh(self) -> None:
        """Make what is missing, then follow the table. Raises when Postgres goes away; what is known stays."""
        await self.make_missing()
        while True:
            await asyncio.sleep(_READ_SECONDS)
            await self.read()

    async def read(self) -> dict[str, Any]:
        """Read the table anew; returns the key set."""
        async with self._database.reads() as reads:
            stored = await repository.list_keys(reads)
        for key in stored:
            if key.state == KeyState.ACTIVE and (self._active is None or self._active[0] != key.kid):
                pair = KeyPair.unseal(self._ring, kid=key.kid, algorithm=key.algorithm, sealed=key.private_key)
                self._active = key.kid, pair
                log.info("keys.active", kid=key.kid, algorithm=key.algorithm)
        self._published = {"keys": [key.public_jwk for key in stored]}
        self._states = frozenset(key.state for key in stored)
        return self._published

    async def make_missing(self) -> None:
        """See to it that one key signs and one comes next.

        Several processes may do this at once at the very first start. They all make keys and the unique index
        keeps the first of each: nobody holds a lock while making one takes its second.
        """
        await self.read()
        for state in (KeyState.ACTIVE, KeyState.NEXT):
            if state not in self._states:
                await self._make(state)
                await self.read()

    async def _make(self, state: KeyState) -> None:
        pair = await asyncio.to_thread(KeyPair.generate)
        key = StoredKey(pair.kid, pair.algorithm, state, pair.public_jwk, pair.seal(self._ring))
        async with self._database.transaction() as tx:
            added = await repository.add_if_missing(tx, key)
        if added:
            log.info("keys.made", kid=key.kid, algorithm=key.algorithm, state=state)
