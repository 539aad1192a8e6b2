"""Remembers which events a service has handled, so that a redelivered one does no harm."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.database import COLUMN_TYPES, metadata


class _Table(DeclarativeBase):
    metadata = metadata()
    type_annotation_map = COLUMN_TYPES


class InboxRow(_Table):
    __tablename__ = "inbox"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    # Old ones are removed; nobody else asks for it.
    handled_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


METADATA = _Table.metadata


async def is_new(tx: AsyncConnection, event_id: UUID) -> bool:
    """Claim an event for this transaction. False if an earlier one has handled it already."""
    claim = insert(InboxRow).values(event_id=event_id).on_conflict_do_nothing().returning(InboxRow.event_id)
    return await tx.scalar(claim) is not None
