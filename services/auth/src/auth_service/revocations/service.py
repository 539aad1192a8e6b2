"""Revocations are written in the transaction that ends a session, and known to every verifier a moment later.

A transaction that ends sessions locks their rows, then its end of the audit log, and only then asks for numbers: the
counter is everybody's, so it is held for the shortest time, and nobody who holds it waits for anything else.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.revocations import repository
from auth_service.revocations.repository import Revocation, Revocations
from chassis.database import Database
from chassis.messaging import outbox
from contracts.sessions import SessionRevoked

log = structlog.get_logger()

# Longer than a token that was made a moment ago is accepted anywhere: its lifetime, what verifiers forgive, and
# clocks that differ.
HOLDS = timedelta(minutes=10)
# Tokens from a machine whose clock is ahead are dated so much later at most.
_CLOCKS_DIFFER = timedelta(seconds=30)
# A token that somebody else signed with our key may say that it holds for years. Longer than a process, or a copy of
# the key set, is about that has not heard of it by then.
_KEYS_HOLD = timedelta(days=90)
_NOBODY = UUID(int=0)
_HOUSEKEEPING_SECONDS = 600


async def revoke_session(tx: AsyncConnection, session_id: UUID, *, user_id: UUID, reason: str) -> None:
    await revoke_sessions(tx, [session_id], user_id=user_id, reason=reason)


async def revoke_sessions(tx: AsyncConnection, session_ids: Sequence[UUID], *, user_id: UUID, reason: str) -> None:
    """Refuse the tokens of these sessions. Exact: what the person does in another session is not concerned."""
    if session_ids:
        until = datetime.now(UTC) + HOLDS
        await _record(tx, [Revocation(0, user_id, each, None, until) for each in session_ids], reason=reason)


async def revoke_user(tx: AsyncConnection, user_id: UUID, *, reason: str) -> None:
    """Refuse everything that was ever issued to a person who is not coming back.

    Sessions that begin within the next half minute are refused too, because clocks differ. For somebody who stays,
    end their sessions instead.
    """
    now = datetime.now(UTC)
    await _record(tx, [Revocation(0, user_id, None, now + _CLOCKS_DIFFER, now + HOLDS)], reason=reason)


async def revoke_key(tx: AsyncConnection, kid: str) -> None:
    """Refuse everything that was ever signed with a key that somebody else may have."""
    until = datetime.now(UTC) + _KEYS_HOLD
    await _record(tx, [Revocation(0, _NOBODY, _NOBODY, None, until, kid)], reason="key_revoked")


async def _record(tx: AsyncConnection, unnumbered: Sequence[Revocation], *, reason: str) -> None:
    epoch, numbers = await repository.take_numbers(tx, len(unnumbered))
    revocations = [each._replace(sequence=number) for number, each in zip(numbers, unnumbered, strict=True)]
    await repository.add(tx, revocations)
    events = (SessionRevoked(**each._asdict(), epoch=epoch, reason=reason) for each in revocations)
    await outbox.record(tx, *events, source="auth")


async def list_after(reads: AsyncConnection, sequence: int) -> Revocations:
    return await repository.list_after(reads, sequence)


async def keep_house(database: Database) -> None:
    """Remove those that no token can be concerned by any more. Runs until cancelled."""
    while True:
        async with database.transaction() as tx:
            removed = await repository.remove_expired(tx)
        log.info("revocations.removed", count=removed)
        await asyncio.sleep(_HOUSEKEEPING_SECONDS)
