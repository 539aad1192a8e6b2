"""The steps together, side by side where one does not need the other."""

import asyncio
from collections.abc import Mapping

from daybook.debian import Packages
from daybook.installation import browser, engines, frontend, python
from daybook.worksite import Worksite


async def for_running(site: Worksite) -> None:
    """All that `up` needs."""
    packages = Packages(site)
    async with asyncio.TaskGroup() as group:
        group.create_task(engines.install(site, packages))
        group.create_task(python.install(site, packages))
        group.create_task(_app(site))


async def for_engines(site: Worksite, names: tuple[str, ...]) -> None:
    """What `run` needs: no Node.js, no virtual environment."""
    await engines.install(site, Packages(site), names)


async def for_locking(site: Worksite) -> None:
    """uv, which `make lock` runs."""
    await python.install(site, Packages(site))


async def for_checking(site: Worksite) -> None:
    """What the linters need."""
    async with asyncio.TaskGroup() as group:
        group.create_task(python.install(site, Packages(site)))
        group.create_task(frontend.install(site))


async def for_testing(site: Worksite, only: str | None) -> Mapping[str, str]:
    """What one suite needs, or all of them; answers with variables for its environment."""
    if only == "frontend":
        await frontend.install(site)
        return {}
    if only == "python":
        packages = Packages(site)
        async with asyncio.TaskGroup() as group:
            group.create_task(engines.install(site, packages))
            group.create_task(python.install(site, packages))
        return {}
    await for_running(site)
    return {"CHROMIUM": str(await browser.install(site, Packages(site)))}


async def _app(site: Worksite) -> None:
    await frontend.install(site)
    await frontend.build(site)
