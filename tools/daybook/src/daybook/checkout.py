"""Where things are in a clone of the repository, and what its `.env` file says."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from daybook.failures import Failure

SOURCE = Path(__file__).resolve().parents[1]
# What make, a virtual environment or our own start put there is about this process, not about those it starts.
_OURS = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")


@dataclass(frozen=True)
class Checkout:
    root: Path

    @classmethod
    def of_this_file(cls) -> "Checkout":
        return cls(SOURCE.parents[2])

    @property
    def local(self) -> Path:
        """Everything that this clone downloads, generates or stores: deleting it is starting over."""
        return self.root / ".local"

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def frontend(self) -> Path:
        return self.root / "frontend"

    @property
    def packages(self) -> Path:
        return self.local / "debian"

    def environment(self) -> dict[str, str]:
        """The environment for what we start: the person's own, completed by `.env`."""
        known = {name: value for name, value in os.environ.items() if name not in _OURS}
        home = Path(known.get("HOME", "/nonexistent"))
        if not os.access(home, os.W_OK):
            home = self.local / "home"
            home.mkdir(parents=True, exist_ok=True)
        return {"PATH": os.defpath, **read_dotenv(self.root / ".env"), **known, "HOME": str(home)}


def read_dotenv(file: Path) -> Mapping[str, str]:
    if not file.exists():
        return {}
    values = {}
    for number, line in enumerate(file.read_text().splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        name, separator, value = stripped.removeprefix("export ").partition("=")
        if not separator:
            raise Failure(f"{file.name}, line {number}: write it as NAME=value.")
        values[name.strip()] = _unquoted(value.strip())
    return values


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value.partition(" #")[0].rstrip()
