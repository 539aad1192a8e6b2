from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from auth_service.tables import Table


class KeyState(StrEnum):
    NEXT = "next"  # published, so that every verifier knows it by the time it signs
    ACTIVE = "active"  # signs
    RETIRING = "retiring"  # signs no more; tokens it signed are still about
    RETIRED = "retired"  # no longer published; events it signed may still wait in a queue


class SigningKeyRow(Table):
    __tablename__ = "signing_keys"

    # The RFC 7638 thumbprint of the public key.
    kid: Mapped[str] = mapped_column(primary_key=True)
    algorithm: Mapped[str]
    state: Mapped[str]
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # PKCS #8, wrapped by a key-encryption key and bound to `kid`. Gone from a key that signs no more.
    private_key: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    activated_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state in ('next', 'active', 'retiring', 'retired')", name="state"),
        # One signs and one comes next, however many processes try to make one.
        Index("signing_keys_in_use_idx", "state", unique=True, postgresql_where=text("state in ('next', 'active')")),
    )
