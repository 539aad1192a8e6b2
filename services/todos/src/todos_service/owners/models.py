from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from todos_service.tables import Table


class Stream(Table):
    """Numbers an owner's writes. Every write updates this row first, and so waits for the one before it.

    There are no foreign keys to it: a todo cannot be written without having updated its owner's row.
    """

    __tablename__ = "streams"
    # Half of each page stays free, so that the next version of a row finds room beside it and no index is touched.
    __table_args__ = ({"postgresql_with": {"fillfactor": 50, "autovacuum_vacuum_scale_factor": 0.02}},)

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    head: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    # Changes up to this number are no longer all there: tombstones below it have been purged.
    floor: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    # Another one after every restore: it tells a client that its numbers are from a future that is lost, and this
    # service that the data key it remembers may be too.
    epoch: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid())
    # How many todos are not deleted. Counting them would read them.
    live: Mapped[int] = mapped_column(server_default=text("0"))
    # The version of the data key that seals. Read by every write with its turn, so that none uses an older one.
    key_version: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # The row outlives its owner, so that neither a late event nor a token not yet expired brings the owner back.
    erased_at: Mapped[datetime | None]


class DataKey(Table):
    """The key of one owner's texts, wrapped by a key-encryption key that no database knows."""

    __tablename__ = "data_keys"

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Erasure(Table):
    """An owner whose key is destroyed and whose rows are not all removed yet. Gone when they are."""

    __tablename__ = "erasures"

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(server_default=func.now())
