"""Processes that outlived their launcher: the guardian ends them at once, the next start ends what is still there."""

import os
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
    recorded = [running for running in record.processes if running.identity.is_alive] if record else []
    for running in recorded:
        running.identity.send(running.signal)
    found = {running.identity for running in recorded} | set(_marked(f"{STATE_VARIABLE}={state.directory}"))
    end(found, patience=_PATIENCE)
    state.clear_record()
    return len(found)


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
