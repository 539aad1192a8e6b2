"""Failures a client can act on, in the shape of RFC 9457. This module knows no web framework."""

from collections.abc import Mapping
from string import Formatter
from typing import Any, ClassVar

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """Base of every expected failure.

    A subclass is declared once, next to the feature that raises it, and fixes the three things a
    client may rely on: the status, the type and the title. Anything that varies from one
    occurrence to the next goes in `detail` (for people) or `extensions` (for programs).
    """

    status: ClassVar[int]
    slug: ClassVar[str]
    title: ClassVar[str]

    def __init__(
        self, detail: str | None = None, *, headers: Mapping[str, str] | None = None, **extensions: Any
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.headers: dict[str, str] = dict(headers or {})
        self.extensions = extensions

    def document(self, instance: str | None = None) -> dict[str, Any]:
        """The problem details object. `instance` is the path of the request that met the problem."""
        document: dict[str, Any] = {
            "type": f"urn:problem:{self.slug}",
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            document["detail"] = self.detail
        if instance:
            document["instance"] = instance
        return document | self.extensions


class BadRequest(Problem):
    status, slug, title = 400, "bad-request", "The request cannot be understood"


class Unauthenticated(Problem):
    status, slug, title = 401, "unauthenticated", "Sign in to continue"

    def __init__(self, detail: str | None = None, *, error: str | None = None, **extensions: Any) -> None:
        # RFC 6750: a request without a token gets the bare challenge, one with a bad token an error code.
        challenge = f'Bearer error="{error}"' if error else "Bearer"
        super().__init__(detail, headers={"WWW-Authenticate": challenge}, **extensions)


class InsufficientScope(Problem):
    """The token is good, but not for this (RFC 6750, 3.1)."""

    status, slug, title = 403, "insufficient-scope", "The access token does not allow this"

    def __init__(self, detail: str | None = None, *, scope: str = "") -> None:
        challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
        super().__init__(detail, headers={"WWW-Authenticate": challenge}, scope=scope)


class NotFound(Problem):
    status, slug, title = 404, "not-found", "There is nothing at this address"


class MethodNotAllowed(Problem):
    status, slug, title = 405, "method-not-allowed", "This address does not answer this method"


class RequestTimeout(Problem):
    """The request did not arrive in time."""

    status, slug, title = 408, "request-timeout", "The request took too long to arrive"


class ContentTooLarge(Problem):
    status, slug, title = 413, "content-too-large", "The request body is too large"


class JsonRequired(Problem):
    status, slug, title = 415, "json-required", "The content type has to be application/json"


class EncodedContent(Problem):
    """RFC 9110, 15.5.16: `Accept-Encoding` says what would be taken, and that is a body as it is."""

    status, slug, title = 415, "encoded-content", "The request body must not be compressed"

    def __init__(self) -> None:
        super().__init__(headers={"Accept-Encoding": "identity"})


class InvalidRequest(Problem):
    status, slug, title = 422, "invalid-request", "The request is not valid"

    @staticmethod
    def words(fault: Mapping[str, Any]) -> str:
        """What is wrong, for people: what Pydantic says for programmers says less to them."""
        words = _WORDS.get(fault["type"])
        known = fault.get("ctx", {})
        if words is None or not all(name in known for _, name, _, _ in Formatter().parse(words) if name):
            # A rule of ours, maybe one that is named like Pydantic's: it has words of its own.
            return str(fault["msg"]).removeprefix("Value error, ")
        if known.get("min_length") == 1:
            return "must not be empty"
        return words.format(**known)


_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "string_type": "must be a text",
    "string_unicode": "must be a text in Unicode",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "finite_number": "must be a number",
    "uuid_type": "must be a UUID",
    "uuid_parsing": "must be a UUID",
    "date_type": "must be a date, like 2026-11-24",
    "date_parsing": "must be a date, like 2026-11-24",
    "date_from_datetime_parsing": "must be a date, like 2026-11-24",
    "date_from_datetime_inexact": "must be a date, like 2026-11-24",
    "datetime_type": "must be a moment, like 2026-11-24T09:00:00Z",
    "datetime_parsing": "must be a moment, like 2026-11-24T09:00:00Z",
    "datetime_from_date_parsing": "must be a moment, like 2026-11-24T09:00:00Z",
    "timezone_aware": "must say how far it is from UTC, as by a Z at its end",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must have the form {pattern}",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
}


class InternalError(Problem):
    status, slug, title = 500, "internal-error", "Something went wrong on our side"


class ServiceUnavailable(Problem):
    status, slug, title = 503, "service-unavailable", "The service cannot answer right now"

    def __init__(self, detail: str | None = None, *, retry_after: int = 1, **extensions: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **extensions)


class GatewayTimeout(Problem):
    """Said by a service whose time is over as by the gateway in front of it: a client need not tell them apart.

    A change that was asked for may or may not have happened: look before asking again.
    """

    status, slug, title = 504, "gateway-timeout", "The service behind this address did not answer in time"
