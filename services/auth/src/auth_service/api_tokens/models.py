from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from auth_service.tables import Table


class ApiTokenRow(Table):
    """The token itself is nowhere: its hash is enough to recognise it."""

    __tablename__ = "api_tokens"

    # The `sid` of the access tokens it is exchanged for, so that revoking it reaches those too.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String))
    secret_hash: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    # Which program, and where, as a hash that only who has the token can make.
    used_from: Mapped[bytes | None]
    # When the audit log last said that it was refused.
    refused_at: Mapped[datetime | None]
