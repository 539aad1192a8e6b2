import os
import signal
import subprocess
import time

from daybook.supervision import leftovers
from daybook.supervision.identity import Identity
from daybook.supervision.state import STATE_VARIABLE, Record, Running, State


def record_of(*processes: Identity) -> Record:
    launcher = Identity(pid=1, started=0)
    running = [Running(f"process-{each.pid}", each, signal.SIGTERM, time.time()) for each in processes]
    return Record(run="an earlier one", launcher=launcher, processes=running)


class TestSweep:
    def test_ends_what_the_record_names(self, state: State, stranger: Identity) -> None:
        state.write(record_of(stranger))

        assert leftovers.sweep(state) == 1
        assert not stranger.is_alive
        assert state.read() is None

    def test_spares_another_process_that_has_the_pid_by_now(self, state: State, stranger: Identity) -> None:
        state.write(record_of(Identity(stranger.pid, stranger.started - 1)))

        assert leftovers.sweep(state) == 0
        assert stranger.is_alive

    def test_ends_what_no_record_names_but_belongs_to_the_state(self, state: State) -> None:
        environment = {**os.environ, STATE_VARIABLE: str(state.directory)}
        with subprocess.Popen(["sleep", "60"], env=environment) as grandchild:
            assert leftovers.sweep(state) == 1
            assert grandchild.wait(5) == -signal.SIGTERM

    def test_spares_what_belongs_to_another_state(self, state: State) -> None:
        environment = {**os.environ, STATE_VARIABLE: f"{state.directory}-of-another-clone"}
        with subprocess.Popen(["sleep", "60"], env=environment) as neighbour:
            assert leftovers.sweep(state) == 0
            assert neighbour.poll() is None
            neighbour.kill()

    def test_is_content_with_nothing(self, state: State) -> None:
        assert leftovers.sweep(state) == 0
