"""Owners with their streams and data keys, their todos, what happened to them, and the inbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    _create_owners()
    _create_todos()
    _create_what_happened()
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("handled_at", _TIME, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="inbox_pkey"),
    )
    # Ciphertext does not compress: Postgres need not try when a long one moves out of its row.
    for table in ("todos", "history", "operations"):
        op.execute(f"ALTER TABLE {table} ALTER COLUMN sealed SET STORAGE EXTERNAL")


def _create_owners() -> None:
    op.create_table(
        "streams",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("head", sa.BigInteger(), server_default=text("0"), nullable=False),
        sa.Column("floor", sa.BigInteger(), server_default=text("0"), nullable=False),
        sa.Column("epoch", sa.Uuid(), server_default=sa.func.gen_random_uuid(), nullable=False),
        sa.Column("live", sa.Integer(), server_default=text("0"), nullable=False),
        sa.Column("created_at", _TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("erased_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("owner_id", name="streams_pkey"),
        postgresql_with={"fillfactor": 50, "autovacuum_vacuum_scale_factor": 0.02},
    )
    op.create_table(
        "data_keys",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _TIME, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "version", name="data_keys_pkey"),
    )


def _create_todos() -> None:
    op.create_table(
        "todos",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("completed", sa.Boolean(), nullable=False),
        sa.Column("completed_at", _TIME, nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("due_at", _TIME, nullable=True),
        sa.Column("due_zone", sa.String(), nullable=True),
        sa.Column("position", sa.Text(collation="C"), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("deleted_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("owner_id", "id", name="todos_pkey"),
        postgresql_with={"fillfactor": 85, "autovacuum_vacuum_scale_factor": 0.05},
    )
    order = ["owner_id", "position", "id"]
    op.create_index("todos_owner_id_position_id_idx", "todos", order, postgresql_where=text("deleted_at IS NULL"))
    op.create_index(
        "todos_owner_id_position_id_active_idx",
        "todos",
        order,
        postgresql_where=text("deleted_at IS NULL AND NOT completed"),
    )


def _create_what_happened() -> None:
    op.create_table(
        "history",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("todo_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("op_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "seq", name="history_pkey"),
    )
    op.create_table(
        "operations",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("todo_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "op_id", name="operations_pkey"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table in ("inbox", "operations", "history", "todos", "data_keys", "streams"):
        op.drop_table(table)
