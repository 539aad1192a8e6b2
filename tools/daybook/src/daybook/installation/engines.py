"""Engines that nobody gave us: fetched as Debian packages."""

from daybook.debian import Packages
from daybook.engines.binaries import Engine
from daybook.engines.roles import find_psql
from daybook.engines.room import ENGINES
from daybook.failures import Failure
from daybook.installation.turns import turn
from daybook.worksite import Worksite


async def install(site: Worksite, packages: Packages, names: tuple[str, ...] = tuple(ENGINES)) -> None:
    for engine in (ENGINES[name] for name in names):
        if _is_missing(site, engine):
            async with turn(site, engine.name):
                await _fetch(site, packages, engine)
    if "postgres" in names and not find_psql(site.checkout.packages):
        async with turn(site, "psql"):
            with site.progress.step("psql", "fetching Debian's postgresql-client into .local"):
                await packages.unpack("psql", ["postgresql-client"])


async def _fetch(site: Worksite, packages: Packages, engine: Engine) -> None:
    if not _is_missing(site, engine):
        return
    with site.progress.step(engine.name, f"fetching Debian's {' and '.join(engine.packages)} into .local"):
        await packages.unpack(engine.name, engine.packages)
    if _is_missing(site, engine):
        oldest = ".".join(str(part) for part in engine.oldest)
        raise Failure(
            f"Daybook needs {engine.name} {oldest} or newer, and this Debian's is older: "
            f"set {engine.variable} to the URL of one that you run."
        )


def _is_missing(site: Worksite, engine: Engine) -> bool:
    return not (site.environment.get(engine.variable) or engine.find(site.checkout.packages))
