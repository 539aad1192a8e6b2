"""Second factors, API tokens, and signing keys that outlive their private half."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    op.create_table(
        "totp",
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("last_step", sa.BigInteger, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="totp_pkey"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="totp_user_id_fkey", ondelete="CASCADE"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("hashes", postgresql.ARRAY(sa.LargeBinary), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="recovery_codes_pkey"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="recovery_codes_user_id_fkey", ondelete="CASCADE"),
    )
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("credential_id", sa.LargeBinary, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="passkeys_pkey"),
        sa.UniqueConstraint("credential_id", name="passkeys_credential_id_key"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="passkeys_user_id_fkey", ondelete="CASCADE"),
    )
    op.create_index("passkeys_user_id_idx", "passkeys", ["user_id"])
    op.create_table(
        "used_challenges",
        sa.Column("challenge", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("challenge", name="used_challenges_pkey"),
    )
    op.create_index("used_challenges_expires_at_idx", "used_challenges", ["expires_at"])
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.String), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="api_tokens_pkey"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="api_tokens_user_id_fkey", ondelete="CASCADE"),
    )
    op.create_index("api_tokens_user_id_idx", "api_tokens", ["user_id"])
    # A key that signs no more has no use for its private half.
    op.alter_column("signing_keys", "private_key", nullable=True)


def downgrade() -> None:
    # A key without its private half cannot be told apart from one that may sign; it is only good for verifying.
    op.execute("DELETE FROM signing_keys WHERE private_key IS NULL")
    op.alter_column("signing_keys", "private_key", nullable=False)
    for table in ("api_tokens", "used_challenges", "passkeys", "recovery_codes", "totp"):
        op.drop_table(table)
