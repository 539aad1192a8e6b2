from chassis.problems import Problem, Unauthenticated


class ApiTokenInvalid(Unauthenticated):
    """Unknown, expired or revoked: one answer for all of them."""

    status, slug, title = 401, "api-token-invalid", "This API token is not valid, or not any more"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail)


class ApiTokenNotFound(Problem):
    status, slug, title = 404, "api-token-not-found", "There is no such API token"


class TooManyApiTokens(Problem):
    status, slug, title = 409, "too-many-api-tokens", "Revoke an API token before you make another one"
