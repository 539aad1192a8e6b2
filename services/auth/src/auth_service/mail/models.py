from datetime import datetime
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.orm import Mapped, mapped_column

from auth_service.tables import Table


class MailRow(Table):
    """A mail that was not sent yet. The row goes when the mail does."""

    __tablename__ = "mails"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    template: Mapped[str]
    # Whom it goes to and what it says: links in it open accounts.
    sealed: Mapped[bytes]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    due_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    # When nobody needs it any more.
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
