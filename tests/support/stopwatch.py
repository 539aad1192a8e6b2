"""How long something takes, less the time in which this process does not get to run: that is the machine's fault."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_TICK_SECONDS = 0.02


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 0.0

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            self.seconds += _TICK_SECONDS


@asynccontextmanager
async def stopwatch() -> AsyncIterator[Stopwatch]:
    watch = Stopwatch()
    running = asyncio.create_task(watch._run())
    try:
        yield watch
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
