"""Waiting for so long and no longer, by a clock that stands still while this process does not get to run.

On a machine that is busy with something else, the clock on the wall would blame whoever is waited for.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

_TICK_SECONDS = 0.1


class Patience:
    """Calls `end` when it is over, unless it is stopped before. A tick that comes late counts as one."""

    __slots__ = ("_end", "_left", "_loop", "_timer")

    def __init__(self, seconds: float, end: Callable[[], None]) -> None:
        self._end, self._left = end, max(round(seconds / _TICK_SECONDS), 1)
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(_TICK_SECONDS, self._tick)

    def stop(self) -> None:
        self._timer.cancel()

    def _tick(self) -> None:
        self._left -= 1
        if self._left:
            self._timer = self._loop.call_later(_TICK_SECONDS, self._tick)
        else:
            self._end()


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """Raises TimeoutError in a block that takes longer."""
    async with asyncio.timeout(None) as limit:
        loop = asyncio.get_running_loop()
        patience = Patience(seconds, lambda: limit.reschedule(loop.time()))
        try:
            yield
        finally:
            patience.stop()
