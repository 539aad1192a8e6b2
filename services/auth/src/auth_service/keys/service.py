"""The signing keys: what this process remembers of their table, the one that signs by the table itself, and their
rotation by the clock.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.keys import repository, rotation
from auth_service.keys.models import KeyState
from auth_service.keys.pairs import KeyPair
from auth_service.keys.repository import StoredKey
from auth_service.settings import KeySettings, SigningAlgorithm
from chassis import signatures
from chassis.database import Database
from chassis.encryption import KeyRing
from chassis.principals import Principal
from chassis.problems import ServiceUnavailable

log = structlog.get_logger()

# How long another process's change may go unnoticed by what this one believes. What it signs with is looked up.
_READ_SECONDS = 1
# As old is at most what is published to somebody who asks. However many ask, the table is read ten times a second.
_PUBLISHED_SECONDS = 0.1
# A verifier is served what is known rather than made to wait for longer.
_PATIENCE_SECONDS = 0.5
_TEND_SECONDS = 60


class SigningKeys:
    """Kept in memory, because every sign-in and every verifier asks. Usable from the first successful read on."""

    def __init__(self, database: Database, ring: KeyRing, algorithm: SigningAlgorithm = "RS256") -> None:
        self._database, self._ring, self._algorithm = database, ring, algorithm
        self._active: tuple[str, KeyPair] | None = None
        self._published: dict[str, Any] | None = None
        self._proving_events: dict[str, Any] | None = None
        # When the read began that all this is from.
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    @property
    def active(self) -> tuple[str, KeyPair]:
        """The key that signed when the table was last read, and its id. Sign with `current`."""
        if self._active is None:
            raise ServiceUnavailable("There is no key that signs")
        return self._active

    @property
    def published(self) -> dict[str, Any]:
        """The key set (RFC 7517) by which everybody verifies."""
        if self._published is None:
            raise ServiceUnavailable("The signing keys have not been read yet")
        return self._published

    @property
    def proving_events(self) -> dict[str, Any]:
        """The key set by which the other services verify events, which may have waited for longer than tokens live."""
        if self._proving_events is None:
            raise ServiceUnavailable("The signing keys have not been read yet")
        return self._proving_events

    async def current(self, tx: AsyncConnection) -> tuple[str, KeyPair]:
        """The key that signs, and its id, as the transaction sees it: what is remembered here may just have been
        revoked by another process. Raises ServiceUnavailable while there is none.
        """
        kid = await repository.find_active(tx)
        if self._active is None or self._active[0] != kid:
            began = time.monotonic()
            self._take(await repository.list_keys(tx), began)
        return self.active

    async def refresh(self) -> None:
        """Read the table if what is known may be out of date; for all who ask at once it is read once. Without the
        table, what is known stays.
        """
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS), self._reading:
                if time.monotonic() - self._read_at > _PUBLISHED_SECONDS:
                    _ = await self._read()
        except Exception as error:  # noqa: BLE001 (whatever is wrong with PostgreSQL, verifiers want what is known)
            log.warning("keys.not_read", reason=type(error).__name__)

    def is_revoked(self, principal: Principal) -> bool:
        """Whether the key that proves a token was taken away. Asked also of a token that was verified before that."""
        return all(key["kid"] != principal.key_id for key in self.published["keys"])

    async def check(self) -> None:
        """Readiness: raises while nothing can be signed."""
        _ = self.active

    async def keep_fresh(self) -> None:
        """Make what is missing, and follow the table. Raises when Postgres goes away; what is known stays."""
        while True:
            await self.make_missing()
            await asyncio.sleep(_READ_SECONDS)

    async def make_missing(self) -> None:
        """See to it that one key signs and one comes next, also at the very first start, and read them."""
        if await self._read() < {KeyState.ACTIVE, KeyState.NEXT}:
            await rotation.make_missing(self._database, self._ring, self._algorithm, at=datetime.now(UTC))
            _ = await self._read()

    async def sign_event(self, body: bytes) -> str:
        """With the key that signs now: what a key signs that was just taken away would be refused by everybody."""
        async with self._database.reads() as reads:
            kid, pair = await self.current(reads)
        return signatures.sign(body, pair.private_key, kid=kid, algorithm=pair.algorithm)

    async def read(self) -> dict[str, Any]:
        """Read the table anew; returns the key set."""
        _ = await self._read()
        return self.published

    async def _read(self) -> set[str]:
        """Returns which states there are."""
        began = time.monotonic()
        async with self._database.reads() as reads:
            stored = await repository.list_keys(reads)
        self._take(stored, began)
        return {key.state for key in stored}

    def _take(self, stored: list[StoredKey], began: float) -> None:
        if began < self._read_at:
            # Several read at once, and one that began later was quicker: this may be from before it.
            return
        self._read_at = began
        self._sign_with(next((key for key in stored if key.state == KeyState.ACTIVE), None))
        self._proving_events = {"keys": [key.public_jwk for key in stored]}
        self._published = {"keys": [key.public_jwk for key in stored if key.state != KeyState.RETIRED]}

    def _sign_with(self, key: StoredKey | None) -> None:
        """None after the active key was revoked with no other to follow it: nothing may be signed with it now."""
        if key is None or key.private_key is None:
            self._active = None
        elif self._active is None or self._active[0] != key.kid:
            pair = KeyPair.unseal(self._ring, kid=key.kid, algorithm=key.algorithm, sealed=key.private_key)
            self._active = key.kid, pair
            log.info("keys.active", kid=key.kid, algorithm=key.algorithm)


async def keep_rotating(database: Database, ring: KeyRing, settings: KeySettings) -> None:
    """Rotate when it is time. Any number of processes may do this at once. Runs until cancelled."""
    while True:
        await rotation.tend(database, ring, settings, at=datetime.now(UTC))
        await asyncio.sleep(_TEND_SECONDS)
