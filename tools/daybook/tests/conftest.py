"""Stacks in folders of their own, with real processes in them."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from daybook.checkout import SOURCE, Checkout
from daybook.progress import Progress
from daybook.supervision.identity import Identity
from daybook.supervision.processes import Program, Supervisor
from daybook.supervision.state import State
from daybook.worksite import Worksite

ROOT = SOURCE.parents[2]


@pytest.fixture
def state(tmp_path: Path) -> State:
    state = State(tmp_path / "state")
    state.prepare(ephemeral=False)
    return state


@pytest.fixture(scope="session")
def checkout() -> Checkout:
    """This clone: what was fetched for it is used, and nothing is written to it."""
    return Checkout(ROOT)


@pytest.fixture
async def supervisor(state: State) -> AsyncIterator[Supervisor]:
    async with Supervisor(state) as supervisor:
        yield supervisor


@pytest.fixture
def site(checkout: Checkout, state: State, supervisor: Supervisor) -> Worksite:
    return Worksite(checkout, state, supervisor, Progress(), checkout.environment())


WriteProgram = Callable[..., Program]


@pytest.fixture
def python() -> WriteProgram:
    """A program made of a few lines of Python."""

    def write(name: str, source: str, **details: object) -> Program:
        return Program(name, [sys.executable, "-u", "-c", source], {"PATH": os.environ["PATH"]}, **details)  # type: ignore[arg-type]

    return write


@pytest.fixture
def stranger() -> Iterator[Identity]:
    """A process that is none of ours."""
    with subprocess.Popen(["sleep", "60"]) as process:
        identity = Identity.of(process.pid)
        assert identity
        yield identity
        process.kill()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[State]:
    """`daybook run` in another process: Redis, for as long as a command that takes its time."""
    state = State(tmp_path / "running")
    command = [sys.executable, "-m", "daybook", "run", "--ephemeral", "--engine", "redis"]
    with subprocess.Popen(
        [*command, "--state", state.directory, "--", "sh", "-c", "echo ready; exec sleep 60"],
        env={**os.environ, "PYTHONPATH": str(SOURCE), "REDIS_URL": ""},
        stdout=subprocess.PIPE,
        text=True,
    ) as launcher:
        assert launcher.stdout
        assert any(line == "ready\n" for line in launcher.stdout)
        yield state
        launcher.terminate()
        launcher.communicate(timeout=300)
