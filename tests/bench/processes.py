"""Processes under measurement: started, waited for, their CPU time read, ended."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_START_SECONDS = 120.0


@dataclass(frozen=True)
class Target:
    pid: int
    port: int


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def cpu_seconds(pid: int) -> float:
    """CPU time of a process, all its threads, and its children that still run; by the scheduler, so not in ticks."""
    threads = [(thread / "schedstat").read_text() for thread in Path(f"/proc/{pid}/task").iterdir()]
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(int(each.split()[0]) for each in threads) / 1e9 + sum(cpu_seconds(int(child)) for child in children)


@contextmanager
def running(
    command: list[str], port: int, *, log: Path, env: Mapping[str, str] | None = None, ready: bytes = b""
) -> Iterator[Target]:
    """Ready when it listens and, if a path is given, answers it with 200."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})})
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not _is_ready(port, ready):
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"{command[0]} did not start: {log.read_text()[-2000:]}")
            time.sleep(0.05)
        yield Target(process.pid, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _is_ready(port: int, path: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
            if not path:
                return True
            sock.sendall(b"GET %b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % path)
            return sock.recv(100).startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False
