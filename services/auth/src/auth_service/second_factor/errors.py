from collections.abc import Sequence
from typing import Any

from chassis.problems import Problem, Unauthenticated


class SecondFactorRequired(Unauthenticated):
    """Said only to who knows the password. `methods` says what the account can be asked for."""

    status, slug, title = 401, "second-factor-required", "Enter a code, or use a passkey"

    def __init__(self, detail: str | None = None, *, methods: Sequence[str] = (), **extensions: Any) -> None:
        super().__init__(detail, methods=list(methods), **extensions)


class SecondFactorInvalid(Unauthenticated):
    """Wrong, used before, or too old: one answer for all of them."""

    status, slug, title = 401, "second-factor-invalid", "The code or the passkey is not valid"

    def __init__(self, detail: str | None = None, **extensions: Any) -> None:
        super().__init__(detail, **extensions)


class TotpAlreadyOn(Problem):
    status, slug, title = 409, "totp-already-on", "There is an authenticator app already; remove it first"


class TotpNotBegun(Problem):
    status, slug, title = 409, "totp-not-begun", "There is no authenticator app to confirm or remove"


class NoSecondFactor(Problem):
    status, slug, title = 409, "no-second-factor", "Recovery codes go with an authenticator app or a passkey"


class PasskeyNotFound(Problem):
    status, slug, title = 404, "passkey-not-found", "There is no such passkey"


class PasskeyTaken(Problem):
    status, slug, title = 409, "passkey-taken", "This passkey is in use already"


class TooManyPasskeys(Problem):
    status, slug, title = 409, "too-many-passkeys", "Remove a passkey before you add another one"
