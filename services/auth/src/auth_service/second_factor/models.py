from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from auth_service.tables import Table


class TotpRow(Table):
    """An authenticator app (RFC 6238). It counts as a second factor once a code of it was entered."""

    __tablename__ = "totp"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    # Wrapped by a key-encryption key and bound to `user_id`.
    secret: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    confirmed_at: Mapped[datetime | None]
    # The time step of the last code that was accepted: that one and those before it are used up.
    last_step: Mapped[int] = mapped_column(BigInteger, server_default="0")


class RecoveryCodesRow(Table):
    """The hashes of the codes that are left, in one row: using one up is one statement."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    hashes: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PasskeyRow(Table):
    """A WebAuthn credential: the public half of a key that never leaves the person's device."""

    __tablename__ = "passkeys"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    # COSE (RFC 9052).
    public_key: Mapped[bytes]
    # How often it has signed, as far as it tells; 0 for those that do not.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_used_at: Mapped[datetime | None]


class UsedChallengeRow(Table):
    """WebAuthn challenges that were answered. They are not stored when they are made: see `challenges`."""

    __tablename__ = "used_challenges"

    challenge: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
