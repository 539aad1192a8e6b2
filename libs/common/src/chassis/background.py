"""Work a process does beside answering requests: it runs until the process ends, whatever happens to its engines."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

log = structlog.get_logger()

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_CALM_SECONDS = 30.0


@asynccontextmanager
async def running(**tasks: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Keep each task running for as long as the block lasts; cancel them and wait for them at its end."""
    started = [asyncio.create_task(keep_running(name, task), name=name) for name, task in tasks.items()]
    try:
        yield
    finally:
        for each in started:
            each.cancel()
        await asyncio.gather(*started, return_exceptions=True)


async def keep_running(name: str, task: Callable[[], Awaitable[None]]) -> None:
    """Start the task again whenever it ends or fails, after a growing, jittered pause (0.2 to 5 s).

    A task connects to what it needs and raises when that is gone; this is the one place that tries again.
    Cancelling ends it, also where the task took that for a failed connection.
    """
    failures, loop = 0, asyncio.get_running_loop()
    while True:
        begun = loop.time()
        failure = await _outcome(task)
        _end_if_cancelled()
        if failure is None:
            log.warning("background.ended", task=name)
        else:
            log.warning("background.failed", task=name, error=f"{type(failure).__name__}: {failure}", failures=failures)
        # One that worked for a while has earned a quick restart.
        failures = 0 if loop.time() - begun > _CALM_SECONDS else failures + 1
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(failures, 10))
        await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 (jitter, not a secret)


async def _outcome(task: Callable[[], Awaitable[None]]) -> Exception | None:
    try:
        await task()
    except Exception as error:  # noqa: BLE001 (any failure is logged and tried again: nobody else is listening)
        return error
    return None


def _end_if_cancelled() -> None:
    """A connection that is being opened may turn its cancellation into an error of its own."""
    current = asyncio.current_task()
    if current is not None and current.cancelling():
        raise asyncio.CancelledError
