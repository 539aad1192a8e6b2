"""Events are stored in the transaction that caused them; `chassis.messaging.relay` publishes them afterwards."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, delete, func, insert, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.database import COLUMN_TYPES, metadata
from chassis.messaging.events import Envelope, Event


class _Table(DeclarativeBase):
    metadata = metadata()
    type_annotation_map = COLUMN_TYPES


class OutboxRow(_Table):
    __tablename__ = "outbox"

    position: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(unique=True)
    envelope: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


METADATA = _Table.metadata

# NOTIFY reaches every schema of a database; the name says whose outbox it is.
CHANNEL = func.current_schema().concat("_outbox")


async def record(tx: AsyncConnection, *events: Event, source: str) -> None:
    """Record facts, in this order. They become public if, and only if, the caller's transaction commits.

    In one statement with what wakes the relay: whoever records may be holding a lock that others wait for.
    """
    envelopes = [Envelope.wrap(event, source=source) for event in events]
    rows = [{"event_id": each.id, "envelope": each.model_dump(mode="json")} for each in envelopes]
    await tx.execute(select(func.pg_notify(CHANNEL, "")).add_cte(insert(OutboxRow).values(rows).cte()))


async def claim(tx: AsyncConnection) -> bool:
    """Whether this transaction may publish. One relay at a time keeps a service's events in order."""
    lock = func.hashtext(func.current_schema().concat(".outbox"))
    return bool(await tx.scalar(select(func.pg_try_advisory_xact_lock(lock))))


async def list_oldest(tx: AsyncConnection, *, limit: int) -> list[tuple[int, Envelope]]:
    rows = await tx.execute(select(OutboxRow.position, OutboxRow.envelope).order_by(OutboxRow.position).limit(limit))
    return [(position, Envelope.model_validate(envelope)) for position, envelope in rows]


async def forget(tx: AsyncConnection, positions: list[int]) -> None:
    await tx.execute(delete(OutboxRow).where(OutboxRow.position.in_(positions)))
