"""Chromium for the tests: Debian's own, installed when we may, unpacked privately when we may not."""

import os
import shutil
from pathlib import Path

from daybook.debian import Packages, library_path
from daybook.installation.turns import turn
from daybook.worksite import Worksite

# Without a font every page is full of boxes.
_PACKAGES = ("chromium", "fonts-liberation")


def find(site: Worksite) -> Path | None:
    given = site.environment.get("CHROMIUM")
    installed = given or shutil.which("chromium") or shutil.which("chromium-browser")
    private = _wrapper(site)
    return Path(installed) if installed else private if private.exists() else None


async def install(site: Worksite, packages: Packages) -> Path:
    async with turn(site, "Chromium"):
        return find(site) or await _fetch(site, packages)


async def _fetch(site: Worksite, packages: Packages) -> Path:
    with site.progress.step("Chromium", "fetching Debian's package"):
        if os.geteuid() == 0 and shutil.which("apt-get"):
            await _install_as_root(site)
            return Path("/usr/bin/chromium")
        root = await packages.unpack("chromium", _PACKAGES)
        wrapper = _wrapper(site)
        wrapper.write_text(_script(root))
        wrapper.chmod(0o755)
        return wrapper


async def _install_as_root(site: Worksite) -> None:
    variables = {"DEBIAN_FRONTEND": "noninteractive"}
    options = ("-qq", "-y", "-o", "DPkg::Lock::Timeout=300")
    await site.run("setup-chromium-index", "apt-get", *options, "update", variables=variables)
    await site.run(
        "setup-chromium", "apt-get", *options, "install", "--no-install-recommends", *_PACKAGES, variables=variables
    )


def _wrapper(site: Worksite) -> Path:
    return site.checkout.packages / "chromium" / "chromium"


def _script(root: Path) -> str:
    libraries = ":".join(
        [library_path(root), *(str(each) for each in root.glob("usr/lib/*-linux-gnu/*") if each.is_dir())]
    )
    return f"""#!/bin/sh
export LD_LIBRARY_PATH='{libraries}'
export FONTCONFIG_SYSROOT='{root}'
exec '{root}/usr/lib/chromium/chromium' "$@"
"""
