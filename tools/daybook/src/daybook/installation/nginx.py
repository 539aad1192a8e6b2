"""nginx, which our gateway is compared with: installed, or Debian's package unpacked as the engines are."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from daybook.debian import Packages
from daybook.failures import Failure
from daybook.installation.turns import turn
from daybook.worksite import Worksite

# Of its packages the smallest that is a whole nginx in every Debian and Ubuntu: a megabyte or two.
_PACKAGE = "nginx-light"


def find(packages: Path, environment: Mapping[str, str]) -> Path | None:
    """What `NGINX` names, else an installed one, else the one below the private root."""
    # An ordinary user's PATH leaves out the folder that it is installed in.
    installed = shutil.which("nginx", path=f"{environment.get('PATH', '')}:/usr/sbin:/sbin")
    for candidate in (environment.get("NGINX"), installed, packages / "nginx" / "usr" / "sbin" / "nginx"):
        if candidate and Path(candidate).exists():
            return Path(candidate)
    return None


async def install(site: Worksite, packages: Packages) -> Path:
    async with turn(site, "nginx"):
        found = find(site.checkout.packages, site.environment)
        if found:
            return found
        with site.progress.step("nginx", f"fetching Debian's {_PACKAGE} into .local"):
            await packages.unpack("nginx", [_PACKAGE])
    found = find(site.checkout.packages, site.environment)
    if not found:
        raise Failure(f"There is no nginx in {_PACKAGE} here: set NGINX to the program.")
    return found


async def install_if_possible(site: Worksite, packages: Packages) -> None:
    """For tests that compare with it where it is there, and say that they did not where it is not."""
    try:
        await install(site, packages)
    except Failure as error:
        site.progress.say(f"nginx: nothing will be compared with it. {error}")
