"""Revocations, and the counter that numbers them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.create_table(
        "revocation_counter",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("epoch", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("id", name="revocation_counter_pkey"),
        sa.CheckConstraint("id = 1", name="revocation_counter_is_one_row_check"),
    )
    op.execute("INSERT INTO revocation_counter VALUES (1, 0, gen_random_uuid())")
    op.create_table(
        "revocations",
        sa.Column("sequence", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("session_id", sa.Uuid),
        sa.Column("not_before", sa.DateTime(timezone=True)),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="revocations_pkey"),
        sa.CheckConstraint("(session_id is null) <> (not_before is null)", name="revocations_one_or_all_check"),
    )
    op.create_index("revocations_until_idx", "revocations", ["until"])


def downgrade() -> None:
    for table in ("revocations", "revocation_counter"):
        op.drop_table(table)
