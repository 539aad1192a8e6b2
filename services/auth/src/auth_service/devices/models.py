from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from auth_service.tables import Table


class KnownDeviceRow(Table):
    """A browser that has signed in to an account, recognised by the secret in its cookie."""

    __tablename__ = "known_devices"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    secret_hash: Mapped[bytes] = mapped_column(primary_key=True)
    last_used_at: Mapped[datetime] = mapped_column(server_default=func.now())
