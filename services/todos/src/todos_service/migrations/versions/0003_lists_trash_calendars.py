"""Lists by due date, the trash, the changes of one todo, newer data keys, and calendars to subscribe to."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_DUE = text(
    "COALESCE(due_at, (due_date::timestamp without time zone AT TIME ZONE 'UTC'::text), "
    "'3000-01-01 00:00:00+00'::timestamp with time zone)"
)
_INDEXES: tuple[tuple[str, str, list[Any], str | None], ...] = (
    ("todos_owner_id_due_id_idx", "todos", ["owner_id", _DUE, "id"], "deleted_at IS NULL"),
    ("todos_owner_id_deleted_at_id_idx", "todos", ["owner_id", "deleted_at", "id"], "deleted_at IS NOT NULL"),
    ("todos_trashed_idx", "todos", ["deleted_at"], "deleted_at IS NOT NULL AND purged_at IS NULL"),
    ("todos_purged_idx", "todos", ["deleted_at"], "purged_at IS NOT NULL"),
    ("history_owner_id_todo_id_version_idx", "history", ["owner_id", "todo_id", "version"], None),
    ("operations_at_idx", "operations", ["at"], None),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("todos", sa.Column("purged_at", _TIME, nullable=True))
    op.add_column("streams", sa.Column("key_version", sa.Integer(), server_default=text("1"), nullable=False))
    op.create_table(
        "calendars",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _TIME, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name="calendars_pkey"),
    )
    # Writers go on while these are built.
    with op.get_context().autocommit_block():
        for name, table, columns, where in _INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # what an attempt that failed has left
            condition = text(where) if where else None
            op.create_index(name, table, columns, postgresql_where=condition, postgresql_concurrently=True)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for name, *_ in _INDEXES:
        op.drop_index(name)
    op.drop_table("calendars")
    op.drop_column("streams", "key_version")
    op.drop_column("todos", "purged_at")
