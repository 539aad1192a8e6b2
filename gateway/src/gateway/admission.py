"""How many requests of one service are under way at once, and who has to come back later when that is too many."""

from collections.abc import Iterator
from contextlib import contextmanager

from gateway.errors import Overloaded

# From here on whoever has their share already is turned away, so that there is room for those who have little.
_CROWDED = 0.75


class Admission:
    """Room for so many. Each service has its own, so that one that is slow takes no room from another."""

    def __init__(self, most: int) -> None:
        self._most, self._crowded = most, max(1, int(most * _CROWDED))
        self._by_caller: dict[str, int] = {}
        self.under_way = 0

    @contextmanager
    def entered(self, caller: str) -> Iterator[None]:
        """Raises Overloaded at once: nobody waits in a line here."""
        self.enter(caller)
        try:
            yield
        finally:
            self.leave(caller)

    def enter(self, caller: str) -> None:
        """Whoever enters leaves. Raises Overloaded at once: nobody waits in a line here."""
        mine = self._by_caller.get(caller, 0)
        if self.under_way >= self._crowded and (self.under_way >= self._most or mine >= self._share(mine)):
            raise Overloaded
        self._by_caller[caller] = mine + 1
        self.under_way += 1

    def leave(self, caller: str) -> None:
        self.under_way -= 1
        left = self._by_caller[caller] - 1
        if left:
            self._by_caller[caller] = left
        else:
            del self._by_caller[caller]

    def _share(self, mine: int) -> int:
        callers = len(self._by_caller) + (not mine)
        return max(1, self._most // callers)
