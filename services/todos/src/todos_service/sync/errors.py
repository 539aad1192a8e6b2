from chassis.problems import Problem


class ResyncRequired(Problem):
    """The cursor is from before a restore, or so old that deletions since then are forgotten.

    `epoch` is the stream's. Begin again without a cursor; what is not sent yet stays to be sent.
    """

    status, slug, title = 410, "resync-required", "This cursor is no longer good: begin again without one"


class IdempotencyConflict(Problem):
    """Of one operation, not of a request."""

    status, slug, title = 409, "idempotency-conflict", "Another operation came under this op_id before"


class TodoPurged(Problem):
    """Of one operation, not of a request."""

    status, slug, title = 410, "todo-purged", "This todo was deleted too long ago to be brought back"


class TooManyStreams(Problem):
    status, slug, title = 429, "too-many-streams", "Too many of your devices are listening at once"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, headers={"Retry-After": "60"})
