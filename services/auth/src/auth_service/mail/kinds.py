"""What mail there is. The text of each is in the file of its name under `templates`."""

from datetime import timedelta
from enum import StrEnum


class Template(StrEnum):
    VERIFY_EMAIL = "verify_email"
    EMAIL_IN_USE = "email_in_use"
    PASSWORD_RESET = "password_reset"  # noqa: S105 (a mail, not a password)
    CHOOSE_PASSWORD = "choose_password"  # noqa: S105
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    # After a reset: then more has ended than sessions.
    PASSWORD_CHOSEN = "password_chosen"  # noqa: S105
    NEW_DEVICE = "new_device"
    SESSION_STOLEN = "session_stolen"
    SECOND_FACTOR_GUESSED = "second_factor_guessed"
    SECOND_FACTOR_CHANGED = "second_factor_changed"
    API_TOKEN_MADE = "api_token_made"  # noqa: S105
    ACCOUNT_DELETED = "account_deleted"


# A mail with a link is worth nothing once the link is.
LIFETIMES = {
    Template.VERIFY_EMAIL: timedelta(hours=24),
    Template.PASSWORD_RESET: timedelta(minutes=30),
    Template.CHOOSE_PASSWORD: timedelta(minutes=30),
}
LIFETIME = timedelta(days=2)
