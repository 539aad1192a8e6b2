from chassis.problems import Problem


class LinkExpired(Problem):
    """Used, too old, or never written: one answer for all of them."""

    status, slug, title = 410, "link-expired", "This link has been used or is too old; ask for a new one"
