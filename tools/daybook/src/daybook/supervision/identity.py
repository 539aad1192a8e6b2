"""Which process a recorded pid was: the same number may be another process by now."""

import os
import select
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

_STARTED = 19  # field 22 of /proc/<pid>/stat, counted from the one behind the name in brackets


@dataclass(frozen=True)
class Identity:
    pid: int
    started: int  # clock ticks since boot

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        except OSError:
            return None
        # A zombie has ended: it only waits for its parent to notice.
        return None if fields[0] in "ZX" else cls(pid, int(fields[_STARTED]))

    @property
    def is_alive(self) -> bool:
        return Identity.of(self.pid) == self

    def send(self, number: int) -> None:
        with _opened(self) as descriptor:
            if descriptor is not None:
                signal.pidfd_send_signal(descriptor, number)


def end(processes: Iterable[Identity], *, patience: float) -> None:
    """Wait for processes that were asked to end, and kill those that did not within `patience` seconds."""
    remaining = set(processes)
    if not wait_until_gone(remaining, patience):
        for process in remaining:
            process.send(signal.SIGKILL)
        wait_until_gone(remaining, patience)


def wait_until_gone(processes: Iterable[Identity], patience: float) -> bool:
    deadline = time.monotonic() + patience
    with ExitStack() as stack:
        opened = [stack.enter_context(_opened(process)) for process in processes]
        waiting = {descriptor for descriptor in opened if descriptor is not None}
        while waiting and (left := deadline - time.monotonic()) > 0:
            waiting -= set(select.select(waiting, [], [], left)[0])
        return not waiting


@contextmanager
def _opened(process: Identity) -> Iterator[int | None]:
    """A descriptor of exactly this process, readable when it has ended; None when it already has."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        yield None
        return
    try:
        yield descriptor if process.is_alive else None
    finally:
        os.close(descriptor)
