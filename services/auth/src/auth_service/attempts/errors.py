from chassis.problems import Problem


class TooManyAttempts(Problem):
    """A delay, never a lock: whoever waits as long as this says may try again."""

    status, slug, title = 429, "too-many-attempts", "Too many attempts; wait a moment"

    def __init__(self, detail: str | None = None, *, retry_after: int = 1) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, retry_after=retry_after)
