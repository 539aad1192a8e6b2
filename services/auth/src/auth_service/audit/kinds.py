"""What is worth remembering. A kind never changes its meaning; clients treat one they do not know as its name says."""

from enum import StrEnum


class Kind(StrEnum):
    ACCOUNT_OPENED = "account.opened"
    ACCOUNT_RENAMED = "account.renamed"
    ACCOUNT_EXPORTED = "account.exported"
    ACCOUNT_DELETED = "account.deleted"
    EMAIL_VERIFIED = "email.verified"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 (an event, not a password)
    # The password that somebody signed in had to give again was wrong.
    CONFIRMATION_FAILED = "confirmation.failed"
    PASSWORD_RESET_ASKED = "password.reset_asked"  # noqa: S105
    PASSWORD_RESET = "password.reset"  # noqa: S105
    # Signing in. `details.method` says how; a failure for an address without an account has no account either.
    SIGNED_IN = "session.started"
    SIGN_IN_FAILED = "sign_in.failed"
    # The password was right, and `details.missing` was not there: "second_factor", or "verified_email".
    SIGN_IN_INCOMPLETE = "sign_in.incomplete"
    SESSION_ENDED = "session.ended"
    SESSIONS_ENDED = "sessions.ended"
    REFRESH_REUSED = "session.reuse_detected"
    SECOND_FACTOR_ENABLED = "second_factor.enabled"
    SECOND_FACTOR_DISABLED = "second_factor.disabled"
    SECOND_FACTOR_FAILED = "second_factor.failed"
    RECOVERY_CODE_USED = "recovery_code.used"
    RECOVERY_CODES_RENEWED = "recovery_codes.renewed"
    RECOVERY_CODES_REMOVED = "recovery_codes.removed"
    PASSKEY_ADDED = "passkey.added"
    PASSKEY_REMOVED = "passkey.removed"
    API_TOKEN_CREATED = "api_token.created"  # noqa: S105 (an event, not a token)
    API_TOKEN_REVOKED = "api_token.revoked"  # noqa: S105
    # The first use of a day, and each by another program or from another address than the one before.
    API_TOKEN_USED = "api_token.used"  # noqa: S105
    # `details.reason` is "expired" or "wrong_secret". Once an hour at most, and nobody's where there is no such token.
    API_TOKEN_REFUSED = "api_token.refused"  # noqa: S105
    # Of nobody's account: what everybody's tokens are signed with. `details.by` is "schedule" or "command".
    SIGNING_KEY_ROTATED = "signing_key.rotated"
    SIGNING_KEY_REVOKED = "signing_key.revoked"
