"""Turns every expected failure into application/problem+json, and documents it."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from chassis.problems import (
    MEDIA_TYPE,
    BadRequest,
    ContentTooLarge,
    EncodedContent,
    GatewayTimeout,
    InvalidRequest,
    JsonRequired,
    MethodNotAllowed,
    NotFound,
    Problem,
    ServiceUnavailable,
)

_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "urn:problem:<slug>, what a program should look at"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
    },
}

# Headers that a problem may carry. Those of every answer, and when to come again, are the gateway's to tell.
_HEADERS: Mapping[str, dict[str, Any]] = {
    "WWW-Authenticate": {
        "description": "What would open this (RFC 6750), and what is wrong with the token that was shown",
        "schema": {"type": "string"},
    }
}


class ProblemResponse(Response):
    media_type = MEDIA_TYPE

    def __init__(self, problem: Problem, instance: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(
            orjson.dumps(problem.document(instance), default=str),
            problem.status,
            {**(headers or {}), **problem.headers},
        )


def responses(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI `responses=` for the problems an endpoint can raise, grouped by status."""
    documented: dict[int | str, dict[str, Any]] = {}
    for problem in problems:
        entry = documented.setdefault(
            problem.status, {"description": "", "content": {MEDIA_TYPE: {"schema": _SCHEMA, "examples": {}}}}
        )
        if headers := {name: _HEADERS[name] for name in problem().headers if name in _HEADERS}:
            entry.setdefault("headers", {}).update(headers)
        entry["description"] = " / ".join(filter(None, [entry["description"], problem.title]))
        entry["content"][MEDIA_TYPE]["examples"][problem.slug] = {"value": problem().document()}
    return documented


# What any endpoint of a service with a database may answer.
EVERYWHERE = responses(
    BadRequest, ContentTooLarge, JsonRequired, EncodedContent, InvalidRequest, ServiceUnavailable, GatewayTimeout
)

_NOT_JSON = "The body is not JSON that can be read"


def install(app: FastAPI) -> None:
    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)  # noqa: S101 (Starlette's handler type is wider than what it calls with)
        return ProblemResponse(error, request.url.path)

    async def on_invalid_request(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        if any(fault["type"] == "json_invalid" for fault in error.errors()):
            return ProblemResponse(BadRequest(_NOT_JSON), request.url.path)
        if any(fault["loc"] == ("body",) and fault["type"] != "missing" for fault in error.errors()) and not _is_json(
            request
        ):
            return ProblemResponse(JsonRequired(), request.url.path)
        return ProblemResponse(invalid_request(error.errors()), request.url.path)

    async def on_http_exception(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        return ProblemResponse(_of_status(app, request, error), request.url.path, error.headers)

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_invalid_request)
    app.add_exception_handler(HTTPException, on_http_exception)


def invalid_request(faults: Iterable[Mapping[str, Any]]) -> InvalidRequest:
    """Of faults as Pydantic and FastAPI describe them."""
    return InvalidRequest(
        errors=[{"pointer": _pointer(fault["loc"]), "detail": InvalidRequest.words(fault)} for fault in faults]
    )


def _is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _of_status(app: FastAPI, request: Request, error: HTTPException) -> Problem:
    if error.status_code == HTTPStatus.NOT_FOUND:
        return NotFound()
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return MethodNotAllowed(headers={"Allow": ", ".join(_methods_of(app, request))})
    if error.status_code == ContentTooLarge.status:
        return ContentTooLarge()
    if error.status_code == HTTPStatus.BAD_REQUEST:
        # Only a body is what the framework itself calls bad, and not always in words that say so.
        return BadRequest(_NOT_JSON)
    raise error


def _methods_of(app: FastAPI, request: Request) -> list[str]:
    """All methods of this path: Starlette itself names only those of the first route that matched."""
    return [
        method
        for method in _METHODS
        if any(route.matches({**request.scope, "method": _as_routed(method)})[0] is Match.FULL for route in app.routes)
    ]


def _as_routed(method: str) -> str:
    """What `chassis.web.middleware.HeadAsGet` makes of it."""
    return "GET" if method == "HEAD" else method


def _pointer(location: tuple[Any, ...]) -> str:
    """Where a fault is, as RFC 9457 says it: ("body", "tags", 0) becomes "#/tags/0", ("query", "limit") "?limit"."""
    source, *path = location
    if source == "body":
        return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return {"query": "?", "path": "path:", "header": "header:", "cookie": "cookie:"}.get(source, "") + "/".join(
        str(part) for part in path
    )
