"""Which version a request is meant for, and what its sender is told when the todo has another (RFC 9110, 13)."""

from dataclasses import dataclass

from chassis.problems import Problem
from todos_service.todos import etags
from todos_service.todos.errors import PreconditionFailed, PreconditionRequired, VersionConflict


@dataclass(frozen=True, slots=True)
class Expectation:
    """`versions` is None for any."""

    versions: frozenset[int] | None = None
    otherwise: type[Problem] = VersionConflict


ANY_VERSION = Expectation()


def expectation(if_match: str | None, version: int | None) -> Expectation:
    """`If-Match` is the stronger word where a request has both."""
    if if_match is not None:
        return Expectation(etags.versions_in(if_match), PreconditionFailed)
    return Expectation(frozenset({version}), VersionConflict) if version is not None else ANY_VERSION


def required(if_match: str | None, version: int | None) -> Expectation:
    if if_match is None and version is None:
        raise PreconditionRequired
    return expectation(if_match, version)
