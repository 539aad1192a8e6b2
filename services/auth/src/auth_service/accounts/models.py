from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from auth_service.tables import Table


class UserRow(Table):
    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # As the person writes it: what is shown, and where mail goes.
    email: Mapped[str]
    # What two spellings of one address have in common: see `emails.key_of`.
    email_key: Mapped[str] = mapped_column(unique=True)
    email_verified_at: Mapped[datetime | None]
    password_hash: Mapped[str]
    display_name: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
