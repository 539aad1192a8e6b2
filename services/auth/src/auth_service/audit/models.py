from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from auth_service.tables import Table

# One chain would make everybody's transactions wait for each other. One for each account would let a whole account's
# chain be taken away unnoticed. So there are a few, and an account's entries are always in the same one.
CHAINS = 16


class EntryRow(Table):
    """Written once. A trigger refuses every change, and the service's role has no right to make one."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("audit_entries_user_id_id_idx", "user_id", "id", postgresql_where=text("user_id is not null")),
        CheckConstraint(f"chain between 0 and {CHAINS - 1}", name="chain"),
    )

    chain: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    # Dense within its chain, from 1.
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[UUID]
    at: Mapped[datetime]
    kind: Mapped[str]
    user_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    request_id: Mapped[str | None]
    # Nothing that says who a person is: that is sealed.
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # Device, address and the like, under the key of the account, which is destroyed with it.
    sealed: Mapped[bytes]
    # Of the entry before it and of everything above. Keyed: whoever can only write to the database cannot make one.
    hash: Mapped[bytes]


class HeadRow(Table):
    """Where each chain ends, kept apart from it, so that an end that was cut off is missed."""

    __tablename__ = "audit_heads"
    __table_args__ = ({"postgresql_with": {"fillfactor": 10}},)

    chain: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    hash: Mapped[bytes] = mapped_column(server_default=text("''::bytea"))
    # Vouches for the two above.
    seal: Mapped[bytes] = mapped_column(server_default=text("''::bytea"))


class KeyRow(Table):
    """What the sealed part of entries opens with, wrapped by a key-encryption key."""

    __tablename__ = "audit_keys"

    # An account, or the month in which somebody without one did something.
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # Keys of accounts go with the account.
    forget_at: Mapped[datetime | None]
