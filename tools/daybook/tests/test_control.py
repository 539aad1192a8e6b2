"""A launcher in another process, seen and stopped from here."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from daybook import control
from daybook.checkout import Checkout
from daybook.failures import Failure
from daybook.supervision.identity import Identity
from daybook.supervision.state import Record, Running, State


class TestStatus:
    def test_lists_what_runs(self, running: State, capsys: pytest.CaptureFixture[str]) -> None:
        assert control.status(running) == 0

        shown = capsys.readouterr().out
        assert re.search(r"^process +pid +port +state +since$", shown, re.MULTILINE)
        assert re.search(r"^redis +\d+ +\d+ +running +20\d\d-", shown, re.MULTILINE)

    def test_says_when_nothing_runs(self, state: State, capsys: pytest.CaptureFixture[str]) -> None:
        assert control.status(state) == 3
        assert "make up" in capsys.readouterr().out

    def test_says_why_it_runs_no_more(self, state: State, capsys: pytest.CaptureFixture[str]) -> None:
        state.prepare(ephemeral=False)
        state.note_ending("gateway ended with signal 9")

        assert control.status(state) == 3
        shown = capsys.readouterr().out
        assert re.search(r"ended by itself at 20\d\d-.*:\ngateway ended with signal 9$", shown, re.MULTILINE)

        state.prepare(ephemeral=False)
        assert state.ending() is None


class TestStart:
    def test_leaves_the_log_of_another_start_alone(self, checkout: Checkout, state: State) -> None:
        state.prepare(ephemeral=False)
        state.log("launcher").write_text("what it has said so far")

        with state.lock(), pytest.raises(Failure, match="being started already"):
            control.start(checkout, state)

        assert state.log("launcher").read_text() == "what it has said so far"


_SERVICE = """
import os, sys, time
if sys.argv[1:] == ["api"]:
    print("ready", flush=True)
    time.sleep(60)
print(os.environ["THING_SETTING"], *sys.argv[1:])
sys.exit(7)
"""


class TestAdminister:
    @pytest.fixture
    def serving(self, state: State, tmp_path: Path) -> Iterator[State]:
        """A service that the record knows of, with a setting of its own."""
        (tmp_path / "thing.py").write_text(_SERVICE)
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "THING_SETTING": "as it runs"}
        with subprocess.Popen(
            [sys.executable, "-m", "thing", "api"], env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            itself, launcher = Identity.of(process.pid), Identity.of(os.getpid())
            assert itself
            assert launcher
            state.prepare(ephemeral=False)
            state.write(Record("run", launcher, ready=True, processes=[Running("thing-api", itself, 15, 0.0)]))
            yield state
            process.kill()

    def test_runs_a_command_with_the_settings_of_the_service(
        self, serving: State, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert control.administer(serving, "thing", ["keys", "list"]) == 7
        assert capfd.readouterr().out == "as it runs keys list\n"

    def test_names_the_services_there_are(self, serving: State) -> None:
        with pytest.raises(Failure, match="no service 'other': thing"):
            control.administer(serving, "other", ["keys", "list"])

    def test_needs_what_runs(self, state: State) -> None:
        with pytest.raises(Failure, match="not running"):
            control.administer(state, "thing", [])


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
