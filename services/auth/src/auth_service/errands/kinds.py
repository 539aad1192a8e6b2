from enum import StrEnum


class Errand(StrEnum):
    # Mail to a person of whom only the id is known.
    NOTIFY = "notify"
    # For whoever has this address, if anybody has: a new password, or an account.
    RESET_PASSWORD = "reset_password"  # noqa: S105 (an errand, not a password)
    OPEN_ACCOUNT = "open_account"
    # A link that proves that an address is the person's own.
    VERIFY_EMAIL = "verify_email"
