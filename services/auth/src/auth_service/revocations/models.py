from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from auth_service.tables import Table


class RevocationCounterRow(Table):
    """One row. Whoever numbers a revocation holds it until the end of the transaction, so that numbers become
    visible in their order and without a gap, which those of a Postgres sequence do not.
    """

    __tablename__ = "revocation_counter"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger)
    # Another one after each restore: the numbers of the two do not belong together.
    epoch: Mapped[UUID]

    __table_args__ = (CheckConstraint("id = 1", name="is_one_row"),)


class RevocationRow(Table):
    __tablename__ = "revocations"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    user_id: Mapped[UUID]
    # One session of that person; without it, everything issued to them before `not_before`.
    session_id: Mapped[UUID | None]
    not_before: Mapped[datetime | None]
    # Everything that this key has signed; then the ids are nobody's.
    kid: Mapped[str | None]
    # When the last token that it concerns has expired.
    until: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (CheckConstraint("(session_id is null) <> (not_before is null)", name="one_or_all"),)
