"""Chromium for the tests: Debian's own, installed when we may, unpacked privately when we may not."""

import os
import shutil
from pathlib import Path

from daybook.debian import Packages, library_path
from daybook.installation.turns import turn
from daybook.worksite import Worksite

# Chromium without what only a window needs: pages come up three times as fast. Without a font they are full of boxes.
_PACKAGES = ("chromium-headless-shell", "fonts-liberation")
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")


def find(site: Worksite) -> Path | None:
    if given := site.environment.get("CHROMIUM"):
        return Path(given)
    found = (*(shutil.which(name) for name in _NAMES), _wrapper(site))
    return next((Path(each) for each in found if each and Path(each).exists()), None)


async def install(site: Worksite, packages: Packages) -> Path:
    async with turn(site, "Chromium"):
        return find(site) or await _fetch(site, packages)


async def _fetch(site: Worksite, packages: Packages) -> Path:
    with site.progress.step("Chromium", "fetching Debian's package"):
        if os.geteuid() == 0 and shutil.which("apt-get"):
            await _install_as_root(site)
            return Path("/usr/bin/chromium-headless-shell")
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
exec '{root}/usr/lib/chromium/chromium-headless-shell' "$@"
"""
