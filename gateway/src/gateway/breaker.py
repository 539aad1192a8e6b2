"""Whether an address is worth trying: not after failures in a row, and then with one request at a time to see."""

from collections.abc import Callable

_FAILURES = 5
# How long nobody asks: twice as long each time in a row, and short enough that a service that is back is noticed.
_FIRST_SECONDS, _LONGEST_SECONDS = 0.5, 3.0


class Breaker:
    """Closed: everybody passes. Open: nobody. When its time is over, one request passes and decides."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._failures = 0
        self._seconds = _FIRST_SECONDS
        self._open_until: float | None = None
        self._probing = False

    @property
    def closed(self) -> bool:
        return self._open_until is None

    @property
    def calm(self) -> bool:
        """Closed, and nothing speaks against it."""
        return not self._failures and self._open_until is None

    def passes(self) -> bool:
        return self._open_until is None or (not self._probing and self._now() >= self._open_until)

    def wait(self) -> float:
        """Seconds until it is worth asking again."""
        return 0.0 if self._open_until is None else max(0.0, self._open_until - self._now())

    def begin(self) -> None:
        """A request that was let through begins."""
        self._probing = self._open_until is not None

    def succeed(self) -> None:
        self._failures, self._seconds = 0, _FIRST_SECONDS
        self._open_until, self._probing = None, False

    def fail(self, *, opens: bool = True) -> None:
        """`opens` says whether this failure may open it: one that its neighbours have as well should not."""
        self._failures += 1
        if self._probing:
            self._seconds = min(_LONGEST_SECONDS, 2 * self._seconds)
        elif self._failures < _FAILURES or self._open_until is not None:
            return  # not often enough yet; or one that began before it opened
        if opens:
            self._open_until, self._probing = self._now() + self._seconds, False
        elif self._probing:
            self.succeed()  # it answers again, if only with the trouble that all of them have

    def give_up(self) -> None:
        """The request ended without telling anything, because its client left: the next one may try."""
        self._probing = False
