from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from auth_service.tables import Table


class SessionRow(Table):
    """Refresh tokens themselves are nowhere: the hash and the generation are enough to recognise one."""

    __tablename__ = "sessions"

    # The `sid` of its access tokens.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[bytes]
    generation: Mapped[int]
    rotated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    device: Mapped[str | None]
    address: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_used_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # The earlier of the idle and the absolute end; the idle one moves with every use.
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]

    __table_args__ = (CheckConstraint("(ended_at is null) = (end_reason is null)", name="ended_for_a_reason"),)
