"""The steps together, side by side where one does not need the other."""

import asyncio
from collections.abc import Mapping

from daybook.debian import Packages
from daybook.installation import browser, engines, frontend, nginx, python
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
    packages = Packages(site)
    if only == "python":
        async with asyncio.TaskGroup() as group:
            group.create_task(engines.install(site, packages))
            group.create_task(python.install(site, packages))
            group.create_task(nginx.install_if_possible(site, packages))
        return {}
    await for_running(site)
    if only is None:
        await nginx.install_if_possible(site, packages)
    return {"CHROMIUM": str(await browser.install(site, packages))}


async def for_browsing(site: Worksite) -> Mapping[str, str]:
    """What `browser` needs: all that its quick tests do, and Lighthouse."""
    variables = await for_testing(site, "e2e")
    await frontend.install_lighthouse(site)
    return variables


async def for_measuring(site: Worksite) -> Mapping[str, str]:
    """What `bench` needs: the engines, and nginx to measure ours by."""
    variables = await for_testing(site, "python")
    return {**variables, "NGINX": str(await nginx.install(site, Packages(site)))}


async def for_containers(site: Worksite) -> Mapping[str, str]:
    """Only what asks at their door: they bring the rest themselves."""
    await python.install(site, Packages(site))
    return {}


async def _app(site: Worksite) -> None:
    await frontend.install(site)
    await frontend.build(site)
