from chassis.problems import Problem


class CalendarNotFound(Problem):
    """Also for a link that was revoked, and for whoever guesses: there is nothing to tell them apart by."""

    status, slug, title = 404, "calendar-not-found", "There is no such calendar"
