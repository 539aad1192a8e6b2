"""Keys that sign no more are kept for the events that they have signed."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BEFORE = "state in ('next', 'active', 'retiring')"
_AFTER = "state in ('next', 'active', 'retiring', 'retired')"


def upgrade() -> None:
    _allow(_AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM signing_keys WHERE state = 'retired'")
    _allow(_BEFORE)


def _allow(states: str) -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.drop_constraint("signing_keys_state_check", "signing_keys", type_="check")
    op.create_check_constraint("signing_keys_state_check", "signing_keys", states)
