"""How signing keys come and go: next → active → retiring → retired → gone.

A key is published long before it signs, so that every verifier knows it by then, and for a while after, so that what
it has signed stays good: minutes for a token, months for an event that waits in a queue. Whoever calls says what time
it is.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Literal

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.audit import service as audit
from auth_service.audit.kinds import Kind
from auth_service.keys import repository
from auth_service.keys.errors import CannotRotateError, NextKeyTooYoungError
from auth_service.keys.models import KeyState
from auth_service.keys.pairs import KeyPair
from auth_service.keys.repository import StoredKey
from auth_service.revocations import service as revocations
from auth_service.settings import KeySettings, SigningAlgorithm
from chassis.database import Database
from chassis.encryption import KeyRing

log = structlog.get_logger()

# What the audit log says of who rotated.
By = Literal["schedule", "command"]

# Longer than all caches between the table and a verifier together: what this process last published (0.1 s), an HTTP
# cache on the way (max-age 300 s) and the verifier's own (300 s).
PUBLISH_AHEAD = timedelta(minutes=15)
# Longer than its last token is good for: the token's life (315 s at most), and clocks that differ (30 s).
_PUBLISHED_AFTER = timedelta(hours=1)
# Longer than an event waits for a consumer that is away, or to be replayed by hand.
_KEPT_AFTER = timedelta(days=90)


async def make_missing(database: Database, ring: KeyRing, algorithm: SigningAlgorithm, *, at: datetime) -> None:
    """See to it that one key signs and one comes next.

    Several processes may do this at once. They all make keys and the unique index keeps the first of each: nobody
    holds a lock while making one takes its second.
    """
    async with database.reads() as reads:
        present = {key.state for key in await repository.list_keys(reads)}
    for state in (KeyState.ACTIVE, KeyState.NEXT):
        if state not in present:
            pair = await asyncio.to_thread(KeyPair.generate, algorithm)
            activated_at = at if state == KeyState.ACTIVE else None
            key = StoredKey(pair.kid, algorithm, state, pair.public_jwk, pair.seal(ring), at, activated_at)
            async with database.transaction() as tx:
                added = await repository.add_if_missing(tx, key)
            if added:
                log.info("keys.made", kid=key.kid, algorithm=algorithm, state=state)


async def rotate(tx: AsyncConnection, *, at: datetime, by: By = "schedule") -> None:
    """The next key signs from now on. Refused while there may be a verifier that has not seen it."""
    keys = {key.state: key for key in await repository.lock_keys(tx)}
    active, following = keys.get(KeyState.ACTIVE), keys.get(KeyState.NEXT)
    if active is None or following is None:
        raise CannotRotateError("There is no key yet that could sign next")
    if not _is_known(following, at):
        raise NextKeyTooYoungError(following.created_at + PUBLISH_AHEAD)
    await repository.retire(tx, active.kid, at=at)
    await repository.activate(tx, following.kid, at=at)
    details = {"kid": following.kid, "algorithm": following.algorithm, "retiring": active.kid, "by": by}
    await audit.record(tx, Kind.SIGNING_KEY_ROTATED, user_id=None, details=details)
    log.info("keys.rotated", kid=following.kid, algorithm=following.algorithm, retiring=active.kid)


async def revoke(tx: AsyncConnection, kid: str, *, at: datetime) -> None:
    """Take a key away at once, because somebody else may have it. Every verifier hears of it as of a sign-out.

    If it was the one that signs, the next one takes over, known to everybody or not: a token that fails for moments
    is better than one that anybody may have signed.
    """
    keys = await repository.lock_keys(tx)
    revoked = next((key for key in keys if key.kid == kid), None)
    if revoked is None:
        raise CannotRotateError(f"There is no key {kid}")
    await repository.remove(tx, kid)
    following = next((key for key in keys if key.state == KeyState.NEXT), None)
    if revoked.state == KeyState.ACTIVE and following is not None:
        await repository.activate(tx, following.kid, at=at)
    details = {"kid": kid, "algorithm": revoked.algorithm, "state": revoked.state, "by": "command"}
    await audit.record(tx, Kind.SIGNING_KEY_REVOKED, user_id=None, details=details)
    await revocations.revoke_key(tx, kid)
    log.warning("keys.revoked", kid=kid, state=revoked.state)


async def tend(database: Database, ring: KeyRing, settings: KeySettings, *, at: datetime) -> None:
    """Do whatever is due: make what is missing, rotate, let go of what nobody needs."""
    await prepare(database, ring, settings, at=at)
    async with database.transaction() as tx:
        keys = {key.state: key for key in await repository.lock_keys(tx)}
        active, following = keys.get(KeyState.ACTIVE), keys.get(KeyState.NEXT)
        if active and following and _is_known(following, at) and _is_due(active, settings, at):
            await rotate(tx, at=at)
    await make_missing(database, ring, settings.algorithm, at=at)


async def prepare(database: Database, ring: KeyRing, settings: KeySettings, *, at: datetime) -> None:
    """See to it that the key to come is of the algorithm that is wanted, and put away those that are over."""
    async with database.transaction() as tx:
        withdrawn = await repository.withdraw(tx, before=at - _PUBLISHED_AFTER)
        gone = await repository.remove_retired(tx, before=at - _KEPT_AFTER)
        replaced = await repository.remove_next_unless(tx, settings.algorithm)
    if withdrawn or gone or replaced:
        log.info("keys.gone", withdrawn=withdrawn, removed=gone, replaced=replaced)
    await make_missing(database, ring, settings.algorithm, at=at)


def _is_known(following: StoredKey, at: datetime) -> bool:
    return following.created_at + PUBLISH_AHEAD <= at


def _is_due(active: StoredKey, settings: KeySettings, at: datetime) -> bool:
    """By age, or because another algorithm is wanted."""
    since = active.activated_at or active.created_at
    return active.algorithm != settings.algorithm or since + timedelta(days=settings.rotate_after_days) <= at
