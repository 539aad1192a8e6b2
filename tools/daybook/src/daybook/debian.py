"""Debian packages without root: fetched by apt-get, unpacked below `.local/debian`, never installed.

No maintainer script runs and nothing is configured; what needs that is skipped or told by environment variables.
"""

import asyncio
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

from daybook.failures import Failure
from daybook.worksite import Worksite

# Dependencies of installing a package, not of running what is in it.
_ONLY_FOR_INSTALLING = re.compile(
    r"^(adduser|debconf|init-|libjson-perl|libperl|locales|logrotate|manpages|netbase|openssl|perl|postgresql-common"
    r"|postgresql-client-common|sensible|socat|ssl-cert|sysv|ucf)"
)
_DEB = re.compile(r"^'[^']+' (?P<name>[^_ ]+)_(?P<version>[^_ ]+)_[^_ ]+\.deb ", re.MULTILINE)
_UNREAD = ("usr/share/doc", "usr/share/man", "usr/share/lintian", "usr/share/locale")
_EVERY_CALL = ("-qq", "-y", "-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=", "-o", "Acquire::Retries=3")
# Icons, translations and file lists are most of an index, and nobody here reads them.
_LEAN_INDEX = (
    "Acquire::Languages=none",
    "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
    "Acquire::IndexTargets::deb::DEP-11-icons::DefaultEnabled=false",
    "Acquire::IndexTargets::deb::DEP-11-icons-small::DefaultEnabled=false",
    "Acquire::IndexTargets::deb::DEP-11-icons-hidpi::DefaultEnabled=false",
    "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false",
    "Acquire::IndexTargets::deb-src::Sources::DefaultEnabled=false",
)


class Packages:
    def __init__(self, site: Worksite) -> None:
        self._site = site
        self._folder = site.checkout.packages
        self._index_options: tuple[str, ...] = ()
        self._refreshing = asyncio.Lock()

    async def unpack(self, name: str, wanted: Sequence[str], *, with_dependencies: bool = True) -> Path:
        """Unpack packages, and what they need beyond what this machine has, into the private root `name`."""
        if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
            raise Failure(
                f"There is no apt-get here to fetch {' and '.join(wanted)} with: install it your system's way."
            )
        archives, unfinished, root = (self._folder / f"{name}{end}" for end in (".archives", ".unfinished", ""))
        for stale in (archives, unfinished, root):
            shutil.rmtree(stale, ignore_errors=True)
        archives.mkdir(parents=True)
        await self._download(name, wanted, archives, with_dependencies=with_dependencies)
        await self._extract(name, archives, unfinished)
        shutil.rmtree(archives)
        _drop_what_nobody_reads(unfinished)
        unfinished.rename(root)
        return root

    async def _download(self, name: str, wanted: Sequence[str], into: Path, *, with_dependencies: bool) -> None:
        """With the index that this machine has; when that is missing or stale, with a fresh one of our own."""
        for refresh in (False, True):
            try:
                if refresh:
                    await self._refresh()
                packages = await self._closure(name, wanted) if with_dependencies else wanted
                await self._apt(f"{name}-download", "download", *packages, cwd=into)
            except Failure as error:
                if refresh:
                    raise Failure(f"Debian packages cannot be fetched; is the network there? {error}") from error
            else:
                return

    async def _closure(self, name: str, wanted: Sequence[str]) -> list[str]:
        question = ("--print-uris", "--no-install-recommends", "install", *wanted)
        answer = await self._apt(f"{name}-closure", *question)
        found = {match["name"]: unquote(match["version"]) for match in _DEB.finditer(answer)}
        return [f"{each}={found[each]}" for each in found if not _ONLY_FOR_INSTALLING.match(each)]

    async def _refresh(self) -> None:
        async with self._refreshing:
            if self._index_options:
                return
            index = self._folder / "index"
            (index / "lists" / "partial").mkdir(parents=True, exist_ok=True)
            places = (f"Dir::State::lists={index}/lists", f"Dir::Cache={index}", "Dir::Cache::pkgcache=packages.bin")
            options = tuple(word for each in (*places, *_LEAN_INDEX) for word in ("-o", each))
            await self._apt("index", *options, "update")
            self._index_options = options

    async def _apt(self, log: str, *arguments: str, cwd: Path | None = None) -> str:
        options = (*_EVERY_CALL, *self._index_options)
        return await self._site.run(
            f"setup-{log}", "apt-get", *options, *arguments, cwd=cwd, variables={"LC_ALL": "C.UTF-8"}
        )

    async def _extract(self, name: str, archives: Path, root: Path) -> None:
        script = 'mkdir "$1" && printf "%s\\0" *.deb | xargs -0 -P "$(nproc)" -I "{}" dpkg-deb -x "{}" "$1"'
        await self._site.run(f"setup-{name}-unpack", "sh", "-ec", script, "sh", root, cwd=archives)


def _drop_what_nobody_reads(root: Path) -> None:
    for unread in _UNREAD:
        shutil.rmtree(root / unread, ignore_errors=True)


def library_path(root: Path) -> str:
    """Where programs below a private root find their libraries."""
    folders = [*root.glob("usr/lib/*-linux-gnu*"), *root.glob("lib/*-linux-gnu*")]
    return ":".join(str(folder) for folder in folders)
