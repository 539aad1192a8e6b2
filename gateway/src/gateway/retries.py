"""What is asked a second time: what cannot act twice, and only so much that a service in trouble gets no more."""

from gateway.hygiene import Inbound
from gateway.routes import Route

_SHARE = 0.1
_RESERVE = 10.0
# Longer than that the client is told to wait instead.
LONGEST_WAIT_SECONDS = 1
# Whether a PUT or DELETE was done cannot be seen from here. Done twice it leaves the same behind (RFC 9110, 9.2.2), but
# its second answer (409, 412, 404) would tell the client that somebody else had been quicker.
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_repeatable(inbound: Inbound, route: Route) -> bool:
    """Whether nothing happens twice when a request comes twice."""
    if inbound.method in _SAFE or route.repeatable == "all":
        return True
    # Only what makes something new under the route itself knows the key again. Elsewhere it would be done twice.
    makes_something = inbound.method == "POST" and inbound.path == route.path.encode()
    return (
        route.repeatable == "keyed"
        and makes_something
        and any(name == b"idempotency-key" for name, _ in inbound.passed_on)
    )


class RetryBudget:
    """One retry for ten requests; of these, ten may come at once."""

    def __init__(self) -> None:
        self._left = _RESERVE

    def earn(self) -> None:
        """A request has come."""
        self._left = min(_RESERVE, self._left + _SHARE)

    def spend(self) -> bool:
        """Whether there is a retry left; if so it is gone now."""
        if self._left < 1:
            return False
        self._left -= 1
        return True
