"""Events that were handled, by their age: old ones are removed without reading all."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INDEX = "inbox_handled_at_idx"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    # Writers go on while it is built.
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")  # what an attempt that failed has left
        op.create_index(_INDEX, "inbox", ["handled_at"], postgresql_concurrently=True)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_index(_INDEX)
