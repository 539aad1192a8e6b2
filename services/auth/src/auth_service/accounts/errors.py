from chassis.problems import Problem, Unauthenticated


class EmailTaken(Problem):
    status, slug, title = 409, "email-taken", "There is an account with this e-mail address already"


class InvalidCredentials(Unauthenticated):
    """Also when there is no such account: nobody learns here who has one."""

    status, slug, title = 401, "invalid-credentials", "The e-mail address or the password is wrong"
