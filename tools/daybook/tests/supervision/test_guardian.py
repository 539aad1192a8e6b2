"""Whatever happens to a launcher, nothing of it stays."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from daybook.checkout import SOURCE
from daybook.supervision.identity import Identity, wait_until_gone

# One child that listens; one that does not, and whose own child left the family (a session of its own).
LAUNCHER = """
import asyncio, os, sys
from pathlib import Path
from daybook.supervision.processes import Program, Supervisor
from daybook.supervision.state import State

DEAF = "import os, signal, subprocess, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
ORPHAN = "print(subprocess.Popen(['sleep', '60'], start_new_session=True).pid, flush=True); time.sleep(60)"

async def main():
    state = State(Path(sys.argv[1]))
    state.prepare(ephemeral=False)
    async with Supervisor(state) as supervisor:
        env = {"PATH": os.environ["PATH"]}
        good = await supervisor.start(Program("good", ["sleep", "60"], env))
        deaf = await supervisor.start(Program("deaf", [sys.executable, "-c", DEAF + ORPHAN], env))
        while not deaf.log.read_text().endswith("\\n"):
            await asyncio.sleep(0.02)
        print(good.identity.pid, deaf.identity.pid, deaf.log.read_text().strip(), flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def test_nothing_outlives_a_launcher_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, tmp_path],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        text=True,
    ) as launcher:
        assert launcher.stdout
        processes = [Identity.of(int(pid)) for pid in launcher.stdout.readline().split()]
        known = [process for process in processes if process]
        assert len(known) == 3

        launcher.send_signal(signal.SIGKILL)
        killed = time.monotonic()

    good, *_ = known
    assert wait_until_gone([good], 2), "the kernel tells a child at once"
    assert wait_until_gone(known, 10 - (time.monotonic() - killed))
