"""The directory of one local stack: its data, secrets, logs, and the record of what runs."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from daybook.failures import Failure
from daybook.secrets import Secrets, write_private
from daybook.supervision.identity import Identity

# In the environment of everything we start, so that even a grandchild can be told apart later.
STATE_VARIABLE = "DAYBOOK_STATE"
RUN_VARIABLE = "DAYBOOK_RUN"


@dataclass(frozen=True)
class Running:
    """One child as the record knows it. `url` answers whether it is ready, where it can be asked."""

    name: str
    identity: Identity
    signal: int
    since: float
    port: int | None = None
    url: str | None = None


@dataclass
class Record:
    run: str
    launcher: Identity
    ready: bool = False
    addresses: dict[str, str] = field(default_factory=dict)
    processes: list[Running] = field(default_factory=list)


class State:
    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self.secrets = Secrets(self.directory / "secrets")
        self._record_file = self.directory / "run.json"
        self._ending_file = self.directory / "ending"

    def __str__(self) -> str:
        return os.path.relpath(self.directory)

    def prepare(self, *, ephemeral: bool) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._ending_file.unlink(missing_ok=True)
        if ephemeral:
            self.forget()
        for name in ("data", "logs"):
            (self.directory / name).mkdir(mode=0o700, exist_ok=True)

    def forget(self) -> None:
        """Remove what was stored. Logs stay, for whoever asks what went wrong."""
        for name in ("data", "secrets"):
            shutil.rmtree(self.directory / name, ignore_errors=True)

    def data(self, name: str) -> Path:
        return self.directory / "data" / name

    @property
    def logs(self) -> Path:
        return self.directory / "logs"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def note_ending(self, why: str) -> None:
        """For whoever asks later, and was not there to read it."""
        write_private(self._ending_file, why)

    def ending(self) -> tuple[float, str] | None:
        """When and why the last one ended by itself; None if it did not."""
        try:
            return self._ending_file.stat().st_mtime, self._ending_file.read_text()
        except FileNotFoundError:
            return None

    @property
    def is_locked(self) -> bool:
        """Whether a launcher is at work, ready or not."""
        try:
            with self.lock():
                return False
        except Failure:
            return True

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One launcher at a time. The kernel unlocks when the launcher dies, however it dies."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.directory / "lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                holder = self.read()
                process = f" as process {holder.launcher.pid}" if holder else ""
                raise Failure(
                    f"Already running in {self}{process}: `make stop`, or end that process, first."
                ) from error
            yield

    def write(self, record: Record) -> None:
        write_private(self._record_file, json.dumps(asdict(record), indent=1))

    def read(self) -> Record | None:
        """What runs, or what ran when the launcher was killed."""
        try:
            stored: dict[str, Any] = json.loads(self._record_file.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        processes = [Running(**{**each, "identity": Identity(**each["identity"])}) for each in stored.pop("processes")]
        return Record(**{**stored, "launcher": Identity(**stored["launcher"]), "processes": processes})

    def clear_record(self) -> None:
        self._record_file.unlink(missing_ok=True)

    def live_record(self) -> Record | None:
        record = self.read()
        return record if record and record.launcher.is_alive else None
