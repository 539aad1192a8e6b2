"""The steps together, side by side where one does not need the other."""

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from daybook import doctor
from daybook.debian import Packages
from daybook.installation import browser, engines, frontend, python
from daybook.worksite import Worksite

_LOOK_SECONDS = 0.2


async def for_running(site: Worksite) -> None:
    """All that `up` needs."""
    doctor.demand(site.checkout, site.environment)
    packages = Packages(site)
    async with _alone(site), asyncio.TaskGroup() as group:
        group.create_task(engines.install(site, packages))
        group.create_task(python.install(site, packages))
        group.create_task(_app(site))


async def for_engines(site: Worksite, names: tuple[str, ...]) -> None:
    """What `run` needs: no Node.js, no virtual environment."""
    async with _alone(site):
        await engines.install(site, Packages(site), names)


async def for_locking(site: Worksite) -> None:
    """uv, which `make lock` runs."""
    async with _alone(site):
        await python.install(site, Packages(site))


async def for_checking(site: Worksite) -> None:
    """What the linters need."""
    doctor.demand(site.checkout, site.environment)
    async with _alone(site), asyncio.TaskGroup() as group:
        group.create_task(python.install(site, Packages(site)))
        group.create_task(frontend.install(site))


async def for_browsing(site: Worksite) -> str:
    """The browser for the tests; says where it is."""
    async with _alone(site):
        return str(await browser.install(site, Packages(site)))


async def _app(site: Worksite) -> None:
    await frontend.install(site)
    await frontend.build(site)


@asynccontextmanager
async def _alone(site: Worksite) -> AsyncIterator[None]:
    """One installation at a time in a clone; the next one finds the work done."""
    site.checkout.local.mkdir(exist_ok=True)
    with (site.checkout.local / "installing.lock").open("w") as handle:
        waiting = False
        while not _lock(handle.fileno()):
            if not waiting:
                site.progress.say("waiting for another installation in this clone")
            waiting = True
            await asyncio.sleep(_LOOK_SECONDS)
        yield


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
