"""A launcher in another process, seen and stopped from here."""

import re

import pytest

from daybook import control
from daybook.supervision.state import State


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
