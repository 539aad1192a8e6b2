"""Starting in the background, stopping from elsewhere, and what one can see meanwhile."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TextIO
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from daybook.checkout import SOURCE, Checkout
from daybook.failures import Failure
from daybook.progress import show
from daybook.supervision import leftovers
from daybook.supervision.identity import Identity, wait_until_gone
from daybook.supervision.state import Record, Running, State

NOT_RUNNING = 3
_LOOK_SECONDS = 0.1
_STOP_SECONDS = 90
_ASK_SECONDS = 3


def start(checkout: Checkout, state: State) -> int:
    """Bring everything up in a process of its own, and return when it is ready."""
    record = state.live_record()
    if record and record.ready:
        show(f"Daybook is running already: {record.addresses['DAYBOOK_APP_URL']}")
        return 0
    if state.is_locked:
        raise Failure(f"Daybook is being started already: `make status`, or look at {state.log('launcher')}.")
    state.prepare(ephemeral=False)
    log = state.log("launcher")
    with log.open("w") as output:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "daybook", "up", "--detached"],
            cwd=checkout.root,
            env={**checkout.environment(), "PYTHONPATH": str(SOURCE)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        return _follow_until_ready(launcher, state, log)
    except KeyboardInterrupt:
        launcher.terminate()
        return launcher.wait() or 1


def _follow_until_ready(launcher: "subprocess.Popen[bytes]", state: State, log: Path) -> int:
    identity = Identity.of(launcher.pid)
    with log.open() as written:
        while True:
            record = state.read()
            ready = record is not None and record.ready and record.launcher == identity
            ended = launcher.poll()
            # Looked at before reading, so that the last lines are read too.
            _copy(written)
            if ready or ended is not None:
                return ended or 0
            if identity:
                wait_until_gone([identity], _LOOK_SECONDS)


def _copy(written: TextIO) -> None:
    sys.stdout.write(written.read())
    sys.stdout.flush()


def stop(state: State) -> int:
    record = state.live_record()
    if record:
        show("Stopping Daybook …")
        record.launcher.send(signal.SIGTERM)
        if not wait_until_gone([record.launcher], _STOP_SECONDS):
            raise Failure(
                f"The launcher (pid {record.launcher.pid}) does not stop: `kill -9` it, nothing stays behind."
            )
    with state.lock():
        ended = leftovers.sweep(state)
    show("Stopped." if record or ended else "Daybook is not running.")
    return 0


def status(state: State) -> int:
    record = state.live_record()
    if not record:
        show("Daybook is not running: `make up` or `make start`.")
        if ending := state.ending():
            moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(ending[0]))
            show(f"It ended by itself at {moment}:\n{ending[1]}")
        return NOT_RUNNING
    rows = [("process", "pid", "port", "state", "since"), *_rows(record)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        show("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def administer(state: State, service: str, words: Sequence[str]) -> int:
    """Run a command of a service as its api runs: the same program, the same settings. Returns its exit code."""
    record = state.live_record()
    if not record:
        raise Failure("Daybook is not running: `make start` first.")
    known = {each.name.removesuffix("-api"): each for each in record.processes if each.name.endswith("-api")}
    if service not in known:
        raise Failure(f"There is no service {service!r}: {' or '.join(sorted(known))}.")
    process = Path(f"/proc/{known[service].identity.pid}")
    try:
        python, option, module, *_ = (process / "cmdline").read_text().split("\0")
        settings = (process / "environ").read_text()
    except OSError as error:
        raise Failure(f"{service} does not run: `make status`.") from error
    environment = dict(each.split("=", 1) for each in settings.split("\0") if each)
    command = [python, option, module, *words]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 (what the person typed)


def _rows(record: Record) -> Iterator[tuple[str, ...]]:
    with ThreadPoolExecutor() as pool:
        states = pool.map(_state_of, record.processes)
        for running, state in zip(record.processes, states, strict=True):
            since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(running.since))
            yield running.name, str(running.identity.pid), str(running.port or ""), state, since


def _state_of(running: Running) -> str:
    if not running.identity.is_alive:
        return "ended"
    if not running.url:
        return "running"
    try:
        with urlopen(running.url, timeout=_ASK_SECONDS):  # noqa: S310  (an address of our own record)
            return "ready"
    except HTTPError as error:
        return f"not ready ({error.code})"
    except (URLError, OSError):
        return "does not answer"
