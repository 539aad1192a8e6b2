from typing import Any

from chassis.problems import Problem, Unauthenticated


class SessionEnded(Unauthenticated):
    """The refresh token is missing, unknown, too old, or of a session that is over: one answer for all of them."""

    status, slug, title = 401, "session-ended", "This session is over; sign in again"

    def __init__(self, detail: str | None = None, **extensions: Any) -> None:
        super().__init__(detail, **extensions)


class SessionNotFound(Problem):
    """Also for one that is somebody else's or over: ids tell nothing."""

    status, slug, title = 404, "session-not-found", "There is no such session"


class OriginNotAllowed(Problem):
    """Only Daybook's own pages may use the cookie: another site's page may not act for whoever is visiting it."""

    status, slug, title = 403, "origin-not-allowed", "This page may not use the session cookie"
