"""Who was erased and when, in a file kept apart from the database: a restored backup is of before somebody was.

One line each, added and never changed. A line may be there twice; replaying it twice does no harm.
"""

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Self
from uuid import UUID

import structlog

log = structlog.get_logger()

_MODE = 0o600


class Entry(NamedTuple):
    owner_id: UUID
    erased_at: datetime


class Ledger:
    def __init__(self, file: Path) -> None:
        self._file = file

    @classmethod
    def of(cls, file: Path | None) -> Self | None:
        if file is None:
            log.warning("erasures.no_ledger", hint="set TODOS_ERASURE_LEDGER_FILE: a restore would undo erasures")
            return None
        return cls(file)

    async def add(self, owner_id: UUID) -> None:
        """It is on the disk when this returns."""
        await asyncio.to_thread(self._add, Entry(owner_id, datetime.now(UTC)))

    def _add(self, entry: Entry) -> None:
        is_new = not self._file.exists()
        line = f"{entry.erased_at:%Y-%m-%dT%H:%M:%SZ} {entry.owner_id}\n"
        descriptor = os.open(self._file, os.O_RDWR | os.O_APPEND | os.O_CREAT, _MODE)
        try:
            # What was cut off by a crash must not swallow this one. Writers at once each add whole lines.
            os.write(descriptor, (_missing_line_break(descriptor) + line).encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            _sync_folder(self._file.parent)

    def entries(self) -> Iterator[Entry | str]:
        """Each entry; a line that is none as it is."""
        for line in self._file.read_text().splitlines():
            moment, _, owner_id = line.partition(" ")
            try:
                yield Entry(UUID(owner_id), datetime.fromisoformat(moment))
            except ValueError:
                yield line


def _missing_line_break(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size
    return "\n" if size and os.pread(descriptor, 1, size - 1) != b"\n" else ""


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
