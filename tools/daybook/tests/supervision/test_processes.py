import asyncio
import os
import signal
from pathlib import Path

import pytest
from tests.support.servers import until
from tools.daybook.tests.conftest import WriteProgram

from daybook.failures import Failure
from daybook.supervision.identity import Identity
from daybook.supervision.processes import Program, Supervisor
from daybook.supervision.state import State

SLEEP = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(60)"


async def has_said(log: Path, word: str = "") -> None:
    """A whole line: what is unbuffered may be seen without its end."""
    await until(lambda: log.exists() and f"{word}\n" in log.read_text(), within=20)


class TestStart:
    async def test_writes_output_to_a_log_and_keeps_the_one_before(self, state: State, python: WriteProgram) -> None:
        for word in ("first", "second"):
            async with Supervisor(state) as supervisor:
                child = await supervisor.start(python("talker", f"print('{word}'); {SLEEP}"))
                await has_said(child.log, word)

        assert state.log("talker").read_text() == "second\n"
        assert (state.logs / "talker.log.previous").read_text() == "first\n"

    async def test_records_the_child_for_as_long_as_it_runs(self, state: State, python: WriteProgram) -> None:
        async with Supervisor(state) as supervisor:
            child = await supervisor.start(python("sleeper", SLEEP, port=1234))
            record = state.read()
            assert record
            assert [(each.name, each.identity, each.port) for each in record.processes] == [
                ("sleeper", child.identity, 1234)
            ]

        assert state.read() is None

    async def test_waits_until_a_probe_is_content(self, supervisor: Supervisor, python: WriteProgram) -> None:
        answers = iter([False, False, True])

        async def ready() -> bool:
            return next(answers)

        child = await supervisor.start_and_wait(python("slow", SLEEP, ready=ready))

        assert child.is_ready

    async def test_fails_with_the_end_of_the_log_when_it_ends_instead(
        self, supervisor: Supervisor, python: WriteProgram
    ) -> None:
        async def never() -> bool:
            return False

        with pytest.raises(Failure, match=r"broken ended with exit code 3[\s\S]*no luck"):
            await supervisor.start_and_wait(python("broken", "print('no luck'); raise SystemExit(3)", ready=never))


class TestStop:
    async def test_stops_who_uses_before_who_is_used(self, state: State, python: WriteProgram) -> None:
        order = state.directory / "order"
        source = f"""
import signal, time
def stop(*_):
    with open({str(order)!r}, "a") as file: file.write(NAME + "\\n")
    raise SystemExit
signal.signal(signal.SIGTERM, stop)
print("up")
time.sleep(60)
"""
        async with Supervisor(state) as supervisor:
            for tier, name in ((1, "engine"), (2, "service"), (0, "mapper")):
                child = await supervisor.start(python(name, f"NAME = {name!r}{source}", tier=tier))
                await has_said(child.log, "up")

        assert order.read_text().split() == ["service", "engine", "mapper"]

    async def test_kills_who_does_not_listen(self, state: State, python: WriteProgram) -> None:
        async with Supervisor(state) as supervisor:
            child = await supervisor.start(python("deaf", DEAF, grace_seconds=0.2))
            await has_said(child.log, "deaf")

        assert child.ended.result() == -signal.SIGKILL

    async def test_kills_at_once_who_takes_no_signal_before_it_is_up(self, state: State, python: WriteProgram) -> None:
        async with asyncio.timeout(20), Supervisor(state) as supervisor:
            child = await supervisor.start(python("booting", DEAF, kill_unless_ready=True, grace_seconds=60))
            await has_said(child.log, "deaf")

        assert child.ended.result() == -signal.SIGKILL


class TestRunToEnd:
    async def test_returns_what_was_written(self, supervisor: Supervisor, python: WriteProgram) -> None:
        assert await supervisor.run_to_end(python("errand", "print('done')")) == "done\n"

    async def test_fails_with_what_was_written(self, supervisor: Supervisor, python: WriteProgram) -> None:
        with pytest.raises(Failure, match=r"errand failed with exit code 2[\s\S]*no such table"):
            await supervisor.run_to_end(python("errand", "print('no such table'); raise SystemExit(2)"))

    async def test_says_which_program_is_not_there(self, supervisor: Supervisor) -> None:
        with pytest.raises(Failure, match="surely-not-a-program"):
            await supervisor.run_to_end(Program("nothing", ["surely-not-a-program"], {"PATH": os.environ["PATH"]}))

    async def test_ends_a_whole_family_when_it_is_cancelled(self, supervisor: Supervisor, state: State) -> None:
        family = Program("family", ["sh", "-c", "sleep 60 & echo $!; wait"], {"PATH": os.environ["PATH"]})
        errand = asyncio.ensure_future(supervisor.run_to_end(family))
        await has_said(state.log("family"))
        grandchild = Identity.of(int(state.log("family").read_text()))
        assert grandchild

        errand.cancel()
        with pytest.raises(asyncio.CancelledError):
            await errand

        await until(lambda: not grandchild.is_alive)


class TestGuard:
    async def test_gives_what_the_work_gives(self, supervisor: Supervisor) -> None:
        async def work() -> str:
            return "done"

        assert await supervisor.guard(work()) == "done"

    async def test_reports_a_child_that_ends_and_cancels_the_work(
        self, supervisor: Supervisor, python: WriteProgram
    ) -> None:
        cancelled = asyncio.Event()

        async def work() -> None:
            await supervisor.start(python("worker", "print('out of luck'); raise SystemExit(1)"))
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()

        with pytest.raises(Failure, match=r"worker ended with exit code 1[\s\S]*out of luck"):
            await supervisor.guard(work())
        assert cancelled.is_set()

    async def test_names_the_signal_that_ended_a_child(self, supervisor: Supervisor, python: WriteProgram) -> None:
        async def work() -> None:
            child = await supervisor.start(python("victim", SLEEP))
            child.identity.send(signal.SIGKILL)
            await asyncio.Event().wait()

        with pytest.raises(Failure, match="victim ended with SIGKILL"):
            await supervisor.guard(work())
