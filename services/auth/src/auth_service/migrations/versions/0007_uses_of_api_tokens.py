"""What the audit log has said of an API token, so that it does not say it again each time."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.add_column("api_tokens", sa.Column("used_from", sa.LargeBinary))
    op.add_column("api_tokens", sa.Column("refused_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.drop_column("api_tokens", "refused_at")
    op.drop_column("api_tokens", "used_from")
