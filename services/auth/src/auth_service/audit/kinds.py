"""What is worth remembering. A kind never changes its meaning; clients treat one they do not know as its name says."""

from enum import StrEnum


class Kind(StrEnum):
    ACCOUNT_OPENED = "account.opened"
    ACCOUNT_RENAMED = "account.renamed"
    ACCOUNT_EXPORTED = "account.exported"
    ACCOUNT_DELETED = "account.deleted"
    EMAIL_VERIFIED = "email.verified"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 (an event, not a password)
    PASSWORD_CHANGE_REFUSED = "password.change_refused"  # noqa: S105
    PASSWORD_RESET_ASKED = "password.reset_asked"  # noqa: S105
    PASSWORD_RESET = "password.reset"  # noqa: S105
    # Signing in. `details.method` says how; a failure for an address without an account has no account either.
    SIGNED_IN = "session.started"
    SIGN_IN_FAILED = "sign_in.failed"
    SIGN_IN_SLOWED = "sign_in.slowed"
    SESSION_ENDED = "session.ended"
    SESSIONS_ENDED = "sessions.ended"
    REFRESH_REUSED = "session.reuse_detected"
