from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from auth_service.tables import Table


class AttemptsRow(Table):
    """What is counted for one account, address or device. The key is a pseudonym of it."""

    __tablename__ = "attempts"
    __table_args__ = ({"postgresql_with": {"fillfactor": 50}},)

    key: Mapped[bytes] = mapped_column(primary_key=True)
    # Failures fade with time, so this is no whole number.
    failures: Mapped[float]
    # When they were counted.
    at: Mapped[datetime]
    # When the next attempt may be made.
    next_at: Mapped[datetime]
