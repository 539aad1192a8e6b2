"""What the proxy is asked to do: a request, and the terms on which it is carried."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.hygiene import Header, Inbound
from gateway.routes import Route


@dataclass(slots=True)
class Errand:
    inbound: Inbound
    route: Route
    # By the clock of the event loop.
    deadline: float
    # What the gateway says itself, on the way there and on the way back.
    asking: Iterable[Header]
    answering: Iterable[Header]
    # Takes what the log should know about how it went.
    told: dict[str, object]
