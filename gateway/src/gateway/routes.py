"""Which address belongs to which service, and on what terms."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, FiniteFloat, Strict, StrictBool, StrictInt

_KIB = 1024

# Less than the first is no time to answer anything.
Seconds = Annotated[FiniteFloat, Strict(), Field(ge=0.1, le=3600)]


@dataclass(frozen=True, slots=True)
class Route:
    """A path and everything below it. The longest path that fits decides; it reaches the service unchanged."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    path: Annotated[str, Field(pattern=r"^(/[A-Za-z0-9._~-]*[A-Za-z0-9_~-])+$")]
    upstream: str
    # From the first byte of the request to the last of the answer; of a stream, to the head of the answer.
    seconds: Seconds = 8.0
    max_body: Annotated[StrictInt, Field(ge=0, le=1024**3)] = 256 * _KIB
    # How many requests may be under way at once, of those that any service of it may have. For what costs far more
    # than the rest: nobody who wants something else stands in line behind it.
    at_once: Annotated[StrictInt, Field(ge=1, le=100_000)] | None = None
    # Whether a request without an access token is turned away here, instead of by its service.
    auth: Literal["optional", "required"] = "optional"
    # Policies on top of those that count every request: see `gateway.policies`.
    limits: tuple[str, ...] = ()
    # The member of a JSON body that says whose account it is about, for policies that count by it.
    account: Annotated[str, Field(min_length=1)] | None = None
    # Only those who read cookies get them.
    cookies: StrictBool = False
    # Whether JSON is compressed here. Not where secrets are answered: their size must not depend on what is beside.
    gzip: StrictBool = True
    # Which requests may be asked a second time when nobody knows what became of the first: those that change nothing;
    # a POST to the path itself with an `Idempotency-Key`, too; or all, because whatever they carry is known again.
    repeatable: Literal["safe", "keyed", "all"] = "safe"
    # Answers without end (server-sent events): they may take any time, but not fall silent for longer than this.
    silence_seconds: Seconds | None = None


class RouteTable:
    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(sorted(routes, key=lambda each: len(each.path), reverse=True))
        self._by_first_segment: dict[bytes, list[tuple[bytes, bytes, Route]]] = {}
        for route in self.routes:
            path = route.path.encode()
            self._by_first_segment.setdefault(_first_segment(path), []).append((path, path + b"/", route))

    def find(self, raw_path: bytes) -> Route | None:
        for path, below, route in self._by_first_segment.get(_first_segment(raw_path), ()):
            if raw_path == path or raw_path.startswith(below):
                return route
        return None


def _first_segment(path: bytes) -> bytes:
    return path[: end if (end := path.find(b"/", 1)) > 0 else len(path)]
