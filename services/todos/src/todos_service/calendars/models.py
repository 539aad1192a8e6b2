from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from todos_service.tables import Table


class Calendar(Table):
    """That an owner's todos may be read by whoever has the link. What is stored does not make one."""

    __tablename__ = "calendars"

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    # SHA-256 of the link's 256 random bits: they need no slow hash.
    secret_hash: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
