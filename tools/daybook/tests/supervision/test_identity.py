import os
import signal
import subprocess
import sys

from daybook.supervision.identity import Identity, end, wait_until_gone

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


class TestIdentity:
    def test_is_the_same_for_as_long_as_the_process_lives(self) -> None:
        identity = Identity.of(os.getpid())

        assert identity
        assert identity == Identity.of(os.getpid())
        assert identity.is_alive

    def test_of_a_process_that_has_ended_is_nothing(self) -> None:
        with subprocess.Popen(["true"]) as process:
            identity = Identity.of(process.pid)
        assert Identity.of(process.pid) is None
        assert not identity or not identity.is_alive

    def test_of_a_zombie_is_nothing(self) -> None:
        process = subprocess.Popen(["true"])
        identity = Identity.of(process.pid)
        if identity:
            wait_until_gone([identity], 5)
        assert Identity.of(process.pid) is None
        process.wait()

    def test_signals_nobody_else(self, stranger: Identity) -> None:
        Identity(stranger.pid, stranger.started + 1).send(signal.SIGKILL)

        assert stranger.is_alive


class TestEnd:
    def test_kills_after_a_while(self) -> None:
        with subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            identity = Identity.of(process.pid)
            assert identity

            end([identity], patience=0.2)

            assert process.wait(5) == -signal.SIGKILL
