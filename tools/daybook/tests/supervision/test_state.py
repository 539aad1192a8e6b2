import os
import stat
import time
from pathlib import Path

import pytest

from daybook.failures import Failure
from daybook.supervision.identity import Identity
from daybook.supervision.state import Record, Running, State


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestLock:
    def test_lets_one_launcher_in(self, state: State) -> None:
        with state.lock(), pytest.raises(Failure, match="make stop"), State(state.directory).lock():
            raise AssertionError

    def test_is_free_again_afterwards(self, state: State) -> None:
        with state.lock():
            pass
        with state.lock():
            pass


class TestRecord:
    def test_is_read_as_it_was_written(self, state: State) -> None:
        process = Running("redis", Identity(5, 6), 15, time.time(), port=17379)
        record = Record("run", Identity(3, 4), ready=True, addresses={"REDIS_URL": "redis://"}, processes=[process])

        state.write(record)

        assert state.read() == record

    def test_is_for_its_owner_only_because_it_holds_urls_with_passwords(self, state: State) -> None:
        state.write(Record("run", Identity(3, 4)))

        assert mode_of(state.directory / "run.json") == 0o600

    def test_counts_while_its_launcher_lives(self, state: State) -> None:
        launcher = Identity.of(os.getpid())
        assert launcher
        state.write(Record("run", launcher))
        assert state.live_record()

        state.write(Record("run", Identity(launcher.pid, launcher.started - 1)))
        assert state.live_record() is None


class TestPrepare:
    def test_lets_nobody_else_in(self, state: State) -> None:
        assert {mode_of(state.directory), mode_of(state.data("")), mode_of(state.logs)} == {0o700}

    def test_starts_empty_when_it_is_ephemeral(self, state: State) -> None:
        (state.data("file")).write_text("of last time")
        state.secrets.password("redis")
        state.log("redis").write_text("what went wrong")

        state.prepare(ephemeral=True)

        assert not state.data("file").exists()
        assert not (state.directory / "secrets").exists()
        assert state.log("redis").read_text() == "what went wrong"
