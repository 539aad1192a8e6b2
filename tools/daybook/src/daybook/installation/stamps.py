"""Whether something made from inputs is still what these inputs make."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Stamp:
    """Lives inside what it vouches for, so that deleting the one deletes the other."""

    file: Path
    fingerprint: str

    @property
    def is_fresh(self) -> bool:
        return self.file.exists() and self.file.read_text() == self.fingerprint

    def set(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(self.fingerprint)

    def lift(self) -> None:
        """Before the work, so that work that was interrupted is not taken for done."""
        self.file.unlink(missing_ok=True)


def fingerprint(*inputs: str | Path) -> str:
    """Of texts as they are, and of files by name and content."""
    digest = hashlib.sha256()
    for each in inputs:
        part = each.encode() if isinstance(each, str) else str(each).encode() + b"\0" + each.read_bytes()
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def files_below(folder: Path, *, without: Iterable[str]) -> Iterator[Path]:
    """Every file below a folder in a stable order, without those and the folders of these names."""
    excluded = set(without)
    for each in sorted(folder.iterdir()):
        if each.name in excluded:
            continue
        if each.is_dir() and not each.is_symlink():
            yield from files_below(each, without=excluded)
        elif each.is_file():
            yield each
