from chassis.problems import Problem


class OwnerErased(Problem):
    """The account is gone; a token of it that has not expired yet opens nothing."""

    status, slug, title = 410, "account-erased", "This account has been deleted"
