"""Engines that nobody gave us: fetched as Debian packages."""

from daybook.debian import Packages
from daybook.engines.roles import find_psql
from daybook.engines.room import ENGINES
from daybook.failures import Failure
from daybook.worksite import Worksite


async def install(site: Worksite, packages: Packages, names: tuple[str, ...] = tuple(ENGINES)) -> None:
    folder = site.checkout.packages
    for engine in (ENGINES[name] for name in names):
        if site.environment.get(engine.variable) or engine.find(folder):
            continue
        with site.progress.step(engine.name, f"fetching Debian's {' and '.join(engine.packages)} into .local"):
            await packages.unpack(engine.name, engine.packages)
        if not engine.find(folder):
            oldest = ".".join(str(part) for part in engine.oldest)
            raise Failure(
                f"Daybook needs {engine.name} {oldest} or newer, and this Debian's is older: "
                f"set {engine.variable} to the URL of one that you run."
            )
    if "postgres" in names and not find_psql(folder):
        with site.progress.step("psql", "fetching Debian's postgresql-client into .local"):
            await packages.unpack("psql", ["postgresql-client"])
