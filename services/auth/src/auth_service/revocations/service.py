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
_HOUSEKEEPING_SECONDS = 600


async def revoke_session(tx: AsyncConnection, session_id: UUID, *, user_id: UUID, reason: str) -> None:
    await revoke_sessions(tx, [session_id], user_id=user_id, reason=reason)


async def revoke_sessions(tx: AsyncConnection, session_ids: Sequence[UUID], *, user_id: UUID, reason: str) -> None:
    """Refuse the tokens of these sessions. Exact: what the person does in another session is not concerned."""
    if session_ids:
        await _record(tx, session_ids, user_id=user_id, not_before=None, reason=reason)


async def revoke_user(tx: AsyncConnection, user_id: UUID, *, reason: str) -> None:
    """Refuse everything that was ever issued to a person who is not coming back.

    Sessions that begin within the next half minute are refused too, because clocks differ. For somebody who stays,
    end their sessions instead.
    """
    not_before = datetime.now(UTC) + _CLOCKS_DIFFER
    await _record(tx, [None], user_id=user_id, not_before=not_before, reason=reason)


async def _record(
    tx: AsyncConnection,
    session_ids: Sequence[UUID | None],
    *,
    user_id: UUID,
    not_before: datetime | None,
    reason: str,
) -> None:
    epoch, numbers = await repository.take_numbers(tx, len(session_ids))
    until = datetime.now(UTC) + HOLDS
    revocations = [
        Revocation(number, user_id, session_id, not_before, until)
        for number, session_id in zip(numbers, session_ids, strict=True)
    ]
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
