"""The audit log, mail and errands that wait for the worker, attempts, known devices, and single-use tokens."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_CHAINS = 16

# The owner of a table can take such a guard away. It is there for mistakes and for injected statements; what whoever
# owns the role does is found by `audit verify`.
_GUARD = """
CREATE FUNCTION refuse_to_change_the_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log can only be added to' USING ERRCODE = 'insufficient_privilege';
END $$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    _create_audit()
    _create_waiting()
    _create_sign_in()


def _create_audit() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("chain", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("user_id", sa.Uuid),
        sa.Column("session_id", sa.Uuid),
        sa.Column("request_id", sa.String),
        sa.Column("details", postgresql.JSONB, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("chain", "sequence", name="audit_entries_pkey"),
        sa.CheckConstraint(f"chain between 0 and {_CHAINS - 1}", name="audit_entries_chain_check"),
    )
    op.create_index(
        "audit_entries_user_id_id_idx",
        "audit_entries",
        ["user_id", "id"],
        postgresql_where=sa.text("user_id is not null"),
    )
    op.create_table(
        "audit_heads",
        sa.Column("chain", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger, server_default=sa.text("0"), nullable=False),
        sa.Column("hash", sa.LargeBinary, server_default=sa.text("''::bytea"), nullable=False),
        sa.Column("seal", sa.LargeBinary, server_default=sa.text("''::bytea"), nullable=False),
        sa.PrimaryKeyConstraint("chain", name="audit_heads_pkey"),
        postgresql_with={"fillfactor": 10},
    )
    op.execute(f"INSERT INTO audit_heads (chain) SELECT generate_series(0, {_CHAINS - 1})")
    op.create_table(
        "audit_keys",
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("created_at", _TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("forget_at", _TIME),
        sa.PrimaryKeyConstraint("subject_id", name="audit_keys_pkey"),
    )
    op.execute(_GUARD)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_audit_log()"
    )
    op.execute(
        "CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON audit_heads"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_audit_log()"
    )
    op.execute(
        "CREATE TRIGGER moves_on BEFORE UPDATE ON audit_heads FOR EACH ROW"
        " WHEN (NEW.chain <> OLD.chain OR NEW.sequence <> OLD.sequence + 1)"
        " EXECUTE FUNCTION refuse_to_change_the_audit_log()"
    )
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON audit_entries FROM CURRENT_USER")
    op.execute("REVOKE DELETE, TRUNCATE ON audit_heads FROM CURRENT_USER")


def _create_waiting() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("template", sa.String, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("attempts", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", _TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("created_at", _TIME, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="mails_pkey"),
    )
    op.create_index("mails_due_at_idx", "mails", ["due_at"])
    op.create_table(
        "errands",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("attempts", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", _TIME, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="errands_pkey"),
    )
    op.create_index("errands_due_at_idx", "errands", ["due_at"])


def _create_sign_in() -> None:
    op.create_table(
        "attempts",
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("failures", sa.Float, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("next_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="attempts_pkey"),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "known_devices",
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False),
        sa.Column("last_used_at", _TIME, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "secret_hash", name="known_devices_pkey"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="known_devices_user_id_fkey", ondelete="CASCADE"),
    )
    op.create_table(
        "single_use_tokens",
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("created_at", _TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="single_use_tokens_pkey"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="single_use_tokens_user_id_fkey", ondelete="CASCADE"),
    )
    op.create_index("single_use_tokens_user_id_idx", "single_use_tokens", ["user_id"])
    op.create_index("single_use_tokens_expires_at_idx", "single_use_tokens", ["expires_at"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '1s'")
    for table in (
        "single_use_tokens",
        "known_devices",
        "attempts",
        "errands",
        "mails",
        "audit_keys",
        "audit_heads",
        "audit_entries",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_to_change_the_audit_log()")
