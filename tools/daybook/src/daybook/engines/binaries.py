"""Where an engine's programs are: installed, or unpacked below `.local/debian`."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from daybook.debian import library_path
from daybook.questions import ask

_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
Version = tuple[int, ...]


@dataclass(frozen=True)
class Binary:
    program: Path
    root: Path | None = None  # of the private unpacking it belongs to
    version: Version = ()

    @property
    def env(self) -> dict[str, str]:
        """A small environment that is the same on every machine."""
        env = {"PATH": _SYSTEM_PATH, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "TZ": "UTC"}
        if self.root:
            env["PATH"] = f"{self.root}/usr/lib/erlang/bin:{self.root}/usr/bin:{_SYSTEM_PATH}"
            env["LD_LIBRARY_PATH"] = library_path(self.root)
        return env


@dataclass(frozen=True)
class Engine:
    """What is known about an engine before it runs."""

    name: str
    variable: str
    packages: Sequence[str]
    oldest: Version
    candidates: Callable[[Path | None], Iterable[Path]]
    version_of: Callable[[Binary], Version]
    # How a URL of one begins, and the port it means if it names none.
    schemes: Mapping[str, int]

    def find(self, packages: Path) -> Binary | None:
        """The newest installed one that is new enough, else the one we unpacked."""
        for root in (None, packages / self.name):
            found = [Binary(program, root) for program in self.candidates(root) if program.exists()]
            known = [Binary(each.program, root, self.version_of(each)) for each in found]
            good = [each for each in known if each.version >= self.oldest]
            if good:
                return max(good, key=lambda each: each.version)
        return None


def ask_version(binary: Binary) -> Version:
    """The first dotted number that `--version` prints; nothing when it does not run."""
    found = re.search(r"\d+(\.\d+)*", ask(binary.program, "--version", env=binary.env).text)
    return tuple(int(part) for part in found[0].split(".")) if found else ()
