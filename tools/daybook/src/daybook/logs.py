"""`make logs`: what the processes wrote, merged, each line after the name of its process."""

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from daybook.failures import Failure
from daybook.supervision.identity import wait_until_gone
from daybook.supervision.state import State

_LOOK_SECONDS = 0.3
_SHOWN_FIRST = ("time", "level", "event", "service")
_TAIL_BYTES = 1 << 16
_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?")


def show_logs(state: State, wanted: str, *, lines: int, follow: bool) -> int:
    """`wanted` is the beginning of names: `todos` means todos-api, todos-worker and todos-migrate."""
    files = sorted(file for file in state.logs.glob("*.log") if file.stem.startswith(wanted))
    if not files:
        known = ", ".join(sorted(file.stem for file in state.logs.glob("*.log"))) or "none yet"
        raise Failure(f"There is no log that begins with {wanted!r}; there are: {known}.")
    chosen = [file for file in files if wanted or not file.stem.startswith(("setup-", "launcher"))]
    try:
        _print(state, chosen, lines=lines, follow=follow)
    except (KeyboardInterrupt, BrokenPipeError):
        # Enough was read; what is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _print(state: State, files: Sequence[Path], *, lines: int, follow: bool) -> None:
    width = max(len(file.stem) for file in files)
    with ExitStack() as stack:
        opened = {file.stem: stack.enter_context(file.open(errors="replace")) for file in files}
        recent = [entry for name, source in opened.items() for entry in _last(name, source, lines)]
        for _, name, line in sorted(recent, key=lambda entry: entry[0]):
            sys.stdout.write(f"{name:{width}}  {readable(line)}\n")
        record = state.live_record()
        while follow and record and record.launcher.is_alive:
            for name, source in opened.items():
                for line in _complete_lines(source):
                    sys.stdout.write(f"{name:{width}}  {readable(line)}\n")
            sys.stdout.flush()
            wait_until_gone([record.launcher], _LOOK_SECONDS)


def _last(name: str, source: TextIO, lines: int) -> list[tuple[str, str, str]]:
    """Each line with its time; one that has none (a traceback) belongs to the line before it."""
    source.seek(max(0, os.fstat(source.fileno()).st_size - _TAIL_BYTES))
    entries, clock = [], ""
    for line in _complete_lines(source):
        found = _TIME.search(line)
        clock = found[0].replace(" ", "T") if found else clock
        entries.append((clock, name, line))
    return entries[-lines:]


def _complete_lines(source: TextIO) -> Iterator[str]:
    while True:
        place = source.tell()
        line = source.readline()
        if not line.endswith("\n"):
            source.seek(place)
            return
        yield line.rstrip()


def readable(line: str) -> str:
    """A JSON line as a person reads it; any other line as it is."""
    event = _parsed(line)
    if event is None:
        return line
    rest = [f"{name}={value}" for name, value in event.items() if name not in _SHOWN_FIRST and value is not None]
    clock = str(event.get("time", ""))[11:23]
    return " ".join([clock, str(event.get("level", "")).upper().ljust(7), str(event.get("event", "")), *rest]).strip()


def _parsed(line: str) -> dict[str, object] | None:
    if not line.startswith("{"):
        return None
    try:
        event = json.loads(line)
    except json.JSONDecodeError:
        return None
    return event if isinstance(event, dict) else None
