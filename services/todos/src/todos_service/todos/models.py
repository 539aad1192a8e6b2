from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, SmallInteger, Text, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from todos_service.tables import Table

# What todos are sorted by when it is by due date: a day begins at midnight UTC, and no due date comes last.
# An index is built on this very expression, written as Postgres writes it, so that the two can be compared.
NEVER_DUE = literal_column("TIMESTAMP WITH TIME ZONE '3000-01-01 00:00:00+00'", DateTime(timezone=True))
DUE_ORDER = literal_column(
    "COALESCE(due_at, (due_date::timestamp without time zone AT TIME ZONE 'UTC'::text), "
    "'3000-01-01 00:00:00+00'::timestamp with time zone)",
    DateTime(timezone=True),
)


class Todo(Table):
    """The state of one todo. A deleted one stays as a tombstone: its row without what was in it.

    There is no index on `seq`: it would make every update write to every index. The history is keyed by it and has
    a row for each change, so a reader of changes walks that and joins the todos.
    """

    __tablename__ = "todos"
    __table_args__ = (
        Index(None, "owner_id", "position", "id", postgresql_where=text("deleted_at IS NULL")),
        Index(
            "todos_owner_id_position_id_active_idx",
            "owner_id",
            "position",
            "id",
            postgresql_where=text("deleted_at IS NULL AND NOT completed"),
        ),
        Index("todos_owner_id_due_id_idx", "owner_id", DUE_ORDER, "id", postgresql_where=text("deleted_at IS NULL")),
        # What has been in the trash for too long, and of whom nothing but a tombstone is left.
        Index("todos_trashed_idx", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL AND purged_at IS NULL")),
        Index("todos_purged_idx", "deleted_at", postgresql_where=text("purged_at IS NOT NULL")),
        # The trash.
        Index(
            "todos_owner_id_deleted_at_id_idx",
            "owner_id",
            "deleted_at",
            "id",
            postgresql_where=text("deleted_at IS NOT NULL"),
        ),
        # A little room on each page: an edit that touches no indexed column stays on it and costs no index entry.
        {"postgresql_with": {"fillfactor": 85, "autovacuum_vacuum_scale_factor": 0.05}},
    )

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    # The number of its last change in the owner's stream.
    seq: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    key_version: Mapped[int]
    # Title, description and tags. None in a tombstone.
    sealed: Mapped[bytes | None]
    completed: Mapped[bool]
    completed_at: Mapped[datetime | None]
    priority: Mapped[int] = mapped_column(SmallInteger)
    due_date: Mapped[date | None]
    due_at: Mapped[datetime | None]
    due_zone: Mapped[str | None]
    # Compared byte by byte, as every client does.
    position: Mapped[str] = mapped_column(Text(collation="C"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    # When the text of a deleted one was removed for good.
    purged_at: Mapped[datetime | None]


class HistoryRow(Table):
    """One change of one todo: which fields, from what, to what. Written once, in the transaction of the change."""

    __tablename__ = "history"
    # The changes of one todo.
    __table_args__ = (Index(None, "owner_id", "todo_id", "version"),)

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    todo_id: Mapped[UUID]
    # The todo's version after the change.
    version: Mapped[int]
    kind: Mapped[str]
    op_id: Mapped[UUID | None]
    # The signed-in session that did it: its device.
    session_id: Mapped[UUID]
    at: Mapped[datetime]
    key_version: Mapped[int]
    sealed: Mapped[bytes]


class OperationRow(Table):
    """What became of an operation that its sender named, so that sending it again does nothing again."""

    __tablename__ = "operations"
    # For removing old ones; no request looks for it.
    __table_args__ = (Index(None, "at"),)

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    op_id: Mapped[UUID] = mapped_column(primary_key=True)
    todo_id: Mapped[UUID]
    seq: Mapped[int] = mapped_column(BigInteger)
    verdict: Mapped[str]
    at: Mapped[datetime]
    key_version: Mapped[int]
    # What a repetition is compared with, and answered with.
    sealed: Mapped[bytes]
