from datetime import datetime


class CannotRotateError(Exception):
    """What an operator asked for would make good tokens fail, or names a key that is not there."""


class NextKeyTooYoungError(CannotRotateError):
    """Not every verifier can have seen the next key yet."""

    def __init__(self, known_at: datetime) -> None:
        super().__init__(f"Every verifier knows the next key by {known_at:%Y-%m-%d %H:%M:%S} UTC; rotate then")
        self.known_at = known_at
