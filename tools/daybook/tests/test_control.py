"""A launcher in another process, seen and stopped from here."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from daybook import control
from daybook.checkout import SOURCE
from daybook.supervision.identity import Identity
from daybook.supervision.state import State

COMMAND = (sys.executable, "-m", "daybook", "run", "--ephemeral", "--engine", "redis")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[State]:
    """Redis for as long as a command runs that takes its time."""
    state = State(tmp_path / "state")
    with subprocess.Popen(
        [*COMMAND, "--state", state.directory, "--", "sh", "-c", "echo ready; exec sleep 60"],
        env={**os.environ, "PYTHONPATH": str(SOURCE), "REDIS_URL": ""},
        stdout=subprocess.PIPE,
        text=True,
    ) as launcher:
        assert launcher.stdout
        assert any(line == "ready\n" for line in launcher.stdout)
        yield state
        launcher.terminate()
        launcher.communicate(timeout=30)


class TestStatus:
    def test_lists_what_runs(self, running: State, capsys: pytest.CaptureFixture[str]) -> None:
        assert control.status(running) == 0

        shown = capsys.readouterr().out
        assert re.search(r"^process +pid +port +state +since$", shown, re.MULTILINE)
        assert re.search(r"^redis +\d+ +\d+ +running +20\d\d-", shown, re.MULTILINE)

    def test_says_when_nothing_runs(self, state: State, capsys: pytest.CaptureFixture[str]) -> None:
        assert control.status(state) == 3
        assert "make up" in capsys.readouterr().out


class TestStop:
    def test_ends_what_runs_and_waits_for_it(self, running: State, capsys: pytest.CaptureFixture[str]) -> None:
        record = running.read()
        assert record

        assert control.stop(running) == 0

        assert not any(each.identity.is_alive for each in record.processes)
        assert not (running.directory / "data").exists(), "an ephemeral stack keeps nothing"
        assert capsys.readouterr().out.endswith("Stopped.\n")

    def test_is_content_when_nothing_runs(self, state: State, capsys: pytest.CaptureFixture[str]) -> None:
        assert control.stop(state) == 0
        assert "not running" in capsys.readouterr().out


class TestRun:
    def test_gives_the_command_the_urls_and_ends_as_it_ends(self, tmp_path: Path) -> None:
        answer = subprocess.run(
            [*COMMAND, "--state", tmp_path / "state", "--", "sh", "-c", 'echo "url=$REDIS_URL"; exit 7'],
            env={**os.environ, "PYTHONPATH": str(SOURCE), "REDIS_URL": ""},
            capture_output=True,
            text=True,
            check=False,
        )

        assert answer.returncode == 7
        assert re.search(r"^url=redis://:\w+@127.0.0.1:\d+/0$", answer.stdout, re.MULTILINE)

    def test_uses_what_the_environment_names(self, tmp_path: Path) -> None:
        answer = subprocess.run(
            [*COMMAND, "--state", tmp_path / "state", "--", "sh", "-c", 'echo "url=$REDIS_URL"'],
            env={**os.environ, "PYTHONPATH": str(SOURCE), "REDIS_URL": "redis://elsewhere/1"},
            capture_output=True,
            text=True,
            check=True,
        )

        assert "url=redis://elsewhere/1\n" in answer.stdout

    def test_refuses_a_second_launcher_of_the_same_state(self, running: State) -> None:
        answer = subprocess.run(
            [*COMMAND, "--state", running.directory, "--", "true"],
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            capture_output=True,
            text=True,
            check=False,
        )

        assert answer.returncode == 1
        assert "Already running" in answer.stderr
        record = running.read()
        assert record
        assert all(each.identity.is_alive for each in record.processes)

    def test_takes_its_engines_down_when_it_is_killed(self, running: State) -> None:
        record = running.read()
        assert record
        redis = record.processes[0].identity

        record.launcher.send(9)

        with subprocess.Popen(["tail", f"--pid={redis.pid}", "-f", "/dev/null"]) as waiting:
            assert waiting.wait(10) == 0
        assert Identity.of(redis.pid) != redis
