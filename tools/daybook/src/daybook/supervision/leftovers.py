"""Processes that outlived their launcher: the guardian ends them at once, the next start ends what is still there."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

from daybook.supervision.identity import Identity, end
from daybook.supervision.state import RUN_VARIABLE, STATE_VARIABLE, Record, State

_PATIENCE = 5.0


def of_run(record: Record | None, run: str) -> set[Identity]:
    recorded = record.processes if record and record.run == run else []
    return {running.identity for running in recorded} | set(_marked(f"{RUN_VARIABLE}={run}"))


def sweep(state: State) -> int:
    """End what an earlier launcher of this state left behind. Called with the state locked."""
    record = state.read()
    signals = dict.fromkeys(_marked(f"{STATE_VARIABLE}={state.directory}"), signal.SIGTERM)
    if record:
        signals |= {each.identity: signal.Signals(each.signal) for each in record.processes if each.identity.is_alive}
    for process, number in signals.items():
        process.send(number)
    end(signals, patience=_PATIENCE)
    state.clear_record()
    return len(signals)


def _marked(assignment: str) -> Iterator[Identity]:
    wanted = assignment.encode()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
        except OSError:  # ended meanwhile, or somebody else's
            continue
        identity = Identity.of(int(folder.name)) if wanted in environment else None
        if identity:
            yield identity
