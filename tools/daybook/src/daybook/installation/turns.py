"""One at a time: two launchers in one clone that both find the same thing missing."""

import asyncio
import fcntl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from daybook.installation.stamps import Stamp
from daybook.worksite import Worksite

_LOOK_SECONDS = 0.2


@asynccontextmanager
async def turn(site: Worksite, what: str) -> AsyncIterator[None]:
    """Whoever comes second waits, and had better look again whether anything is left to do."""
    site.checkout.local.mkdir(exist_ok=True)
    with (site.checkout.local / f"installing-{what}.lock").open("w") as handle:
        if not _lock(handle.fileno()):
            site.progress.say(f"{what}: being installed by another launcher, waiting for it")
            while not _lock(handle.fileno()):  # noqa: ASYNC110  (the kernel tells nobody that a lock is free)
                await asyncio.sleep(_LOOK_SECONDS)
        yield


async def made(site: Worksite, what: str, stamp: Stamp, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work, unless its stamp says that it was done from the same inputs."""
    if stamp.is_fresh:
        return
    async with turn(site, what):
        if stamp.is_fresh:
            return
        stamp.lift()
        await work()
        stamp.set()


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
