"""Which address belongs to which service, and on what terms. Data: a new prefix is a new row."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

UpstreamName = Literal["auth", "todos"]

_KIB = 1024


@dataclass(frozen=True, slots=True)
class Route:
    """A path and everything below it. The longest path that fits decides; it reaches the service unchanged."""

    path: str
    upstream: UpstreamName
    # From the first byte of the request to the last of the answer; of a stream, to the head of the answer.
    seconds: float = 8.0
    max_body: int = 256 * _KIB
    # Policies on top of those that count every request: see `gateway.policies`.
    limits: tuple[str, ...] = ()
    # Only those who read cookies get them.
    cookies: bool = False
    # Answers without end (server-sent events): they may take any time, but not fall silent for longer than this.
    silence_seconds: float | None = None


ROUTES = (
    Route("/auth", "auth", max_body=64 * _KIB, cookies=True),
    Route("/auth/login", "auth", max_body=64 * _KIB, cookies=True, limits=("sign-in",)),
    Route("/auth/refresh", "auth", max_body=64 * _KIB, cookies=True, limits=("refresh",)),
    Route("/auth/register", "auth", max_body=64 * _KIB, cookies=True, limits=("registration",)),
    Route("/auth/password/forgot", "auth", max_body=64 * _KIB, cookies=True, limits=("reset",)),
    Route("/auth/password/reset", "auth", max_body=64 * _KIB, cookies=True, limits=("reset",)),
    Route("/.well-known/jwks.json", "auth"),
    Route("/todos", "todos"),
    Route("/sync", "todos", max_body=1024 * _KIB),
    Route("/sync/stream", "todos", silence_seconds=45.0),
)


class RouteTable:
    def __init__(self, routes: Iterable[Route]) -> None:
        self._by_first_segment: dict[bytes, list[tuple[bytes, bytes, Route]]] = {}
        for route in sorted(routes, key=lambda each: len(each.path), reverse=True):
            path = route.path.encode()
            siblings = self._by_first_segment.setdefault(_first_segment(path), [])
            if any(path == known for known, _, _ in siblings):
                raise ValueError(f"{route.path} is in the route table twice")
            siblings.append((path, path + b"/", route))

    def find(self, raw_path: bytes) -> Route | None:
        for path, below, route in self._by_first_segment.get(_first_segment(raw_path), ()):
            if raw_path == path or raw_path.startswith(below):
                return route
        return None


def _first_segment(path: bytes) -> bytes:
    return path[: end if (end := path.find(b"/", 1)) > 0 else len(path)]
