from enum import StrEnum


class Purpose(StrEnum):
    RESET_PASSWORD = "reset_password"  # noqa: S105 (a purpose, not a password)
    VERIFY_EMAIL = "verify_email"
    # No link: only counted.
    EMAIL_IN_USE = "email_in_use"
