from chassis.problems import Problem, Unauthenticated


class EmailTaken(Problem):
    status, slug, title = 409, "email-taken", "There is an account with this e-mail address already"


class WrongPassword(Problem):
    """Of somebody who is signed in and has to prove again who they are."""

    status, slug, title = 403, "wrong-password", "The password is wrong"


class PasswordTooShortAlone(Problem):
    """Eight characters are enough beside a second factor only: see `rules`."""

    status, slug, title = 409, "password-too-short-alone", "Choose a longer password before you remove this"


class EmailNotVerified(Problem):
    """Said only to who knows the password."""

    status, slug, title = 403, "email-not-verified", "Confirm your e-mail address first; we have sent you a link"


class InvalidCredentials(Unauthenticated):
    """Also when there is no such account: nobody learns here who has one."""

    status, slug, title = 401, "invalid-credentials", "The e-mail address or the password is wrong"
