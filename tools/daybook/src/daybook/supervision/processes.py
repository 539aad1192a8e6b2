"""Children: started from the main thread, watched, stopped in order, and never outliving us.

`PR_SET_PDEATHSIG` is bound to the thread that started a child, so everything here runs on the event loop's thread.
It is set by `setpriv` rather than between fork and exec, where Python must not run once there are threads.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar
from uuid import uuid4

from daybook.checkout import SOURCE
from daybook.failures import Failure, tail
from daybook.supervision.identity import Identity
from daybook.supervision.state import RUN_VARIABLE, STATE_VARIABLE, Record, Running, State

T = TypeVar("T")
Probe = Callable[[], Awaitable[bool]]

# Between two looks at a child that is starting; its end is noticed at once.
_LOOK_SECONDS = 0.1
# Erlang and Next.js on a busy laptop; nobody waits this long in vain, because a child that dies ends the wait.
_START_SECONDS = 300


@dataclass(frozen=True)
class Program:
    """Something to run until it is told to stop. Higher tiers stop first: who uses stops before who is used."""

    name: str
    argv: Sequence[str | Path]
    env: Mapping[str, str]
    cwd: Path = Path("/")
    tier: int = 0
    port: int | None = None
    url: str | None = None
    ready: Probe | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 15
    # Some servers take no signal before they are up, and have nothing to lose until then.
    kill_unless_ready: bool = False
    user: int | None = None


class Child:
    def __init__(self, program: Program, process: asyncio.subprocess.Process, log: Path) -> None:
        self.program = program
        self.log = log
        self.is_ready = False
        self.since = time.time()
        self.identity = Identity.of(process.pid) or Identity(process.pid, 0)
        self.ended = asyncio.ensure_future(process.wait())
        self._process = process

    async def until_ready(self) -> None:
        probe = self.program.ready
        deadline = time.monotonic() + _START_SECONDS
        while probe and not await probe():
            if self.ended.done():
                raise self.failure("ended")
            if time.monotonic() > deadline:
                raise self.failure(f"is not ready after {_START_SECONDS} s")
            await asyncio.wait([self.ended], timeout=_LOOK_SECONDS)
        self.is_ready = True

    async def stop(self) -> None:
        if self.ended.done():
            return
        if self.program.kill_unless_ready and not self.is_ready:
            kill_group(self._process.pid)
        else:
            self._process.send_signal(self.program.stop_signal)
        if not (await asyncio.wait([self.ended], timeout=self.program.grace_seconds))[0]:
            kill_group(self._process.pid)
            await self.ended

    def failure(self, what: str) -> Failure:
        how = f" with {_describe(self.ended.result())}" if self.ended.done() else ""
        return Failure(f"{self.program.name} {what}{how}. The end of {os.path.relpath(self.log)}:\n{tail(self.log)}")

    def as_running(self) -> Running:
        program = self.program
        return Running(program.name, self.identity, program.stop_signal, self.since, program.port, program.url)


class Supervisor:
    """All children of one launcher. Leaving the context stops them."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._children: list[Child] = []
        self._fallen: asyncio.Future[Child] = asyncio.get_running_loop().create_future()
        self._guardian: asyncio.subprocess.Process | None = None
        launcher = Identity.of(os.getpid())
        assert launcher is not None  # noqa: S101  (we are running)
        self.record = Record(run=uuid4().hex, launcher=launcher)

    async def __aenter__(self) -> Self:
        self._state.write(self.record)
        self._guardian = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "daybook.supervision.guardian", self._state.directory, self.record.run),
            env={"PYTHONPATH": str(SOURCE), "LC_ALL": "C.UTF-8"},
            cwd="/",
            stdin=asyncio.subprocess.PIPE,
            # Whoever reads our output must not wait for it too.
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        for tier in sorted({child.program.tier for child in self._children}, reverse=True):
            await asyncio.gather(*(child.stop() for child in self._children if child.program.tier == tier))
        if self._guardian and self._guardian.stdin:
            self._guardian.stdin.close()
            await self._guardian.wait()
        self._state.clear_record()

    @property
    def has_children(self) -> bool:
        return bool(self._children)

    async def start(self, program: Program) -> Child:
        child = await self._spawn(program)
        child.ended.add_done_callback(lambda _: self._fell(child))
        self._children.append(child)
        self.record.processes.append(child.as_running())
        self._state.write(self.record)
        return child

    async def start_and_wait(self, program: Program) -> Child:
        child = await self.start(program)
        await child.until_ready()
        return child

    async def run_to_end(self, program: Program) -> str:
        """Run something that does its work and ends, such as a migration. Returns what it wrote."""
        child = await self._spawn(program)
        try:
            if await asyncio.shield(child.ended):
                raise child.failure("failed")
        except asyncio.CancelledError:
            await child.stop()
            kill_group(child.identity.pid)
            raise
        return child.log.read_text(errors="replace")

    async def guard(self, work: Coroutine[Any, Any, T]) -> T:
        """Do the work, unless a child ends meanwhile: then the work is cancelled and that child is what failed."""
        task = asyncio.ensure_future(work)
        try:
            waited: list[asyncio.Future[Any]] = [task, self._fallen]
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise self._fallen.result().failure("ended")
            return task.result()
        finally:
            task.cancel()
            await asyncio.wait([task])

    def _fell(self, child: Child) -> None:
        if not self._fallen.done():
            self._fallen.set_result(child)

    def mark_ready(self, addresses: Mapping[str, str]) -> None:
        self.record.ready = True
        self.record.addresses.update(addresses)
        self._state.write(self.record)

    def markers(self) -> dict[str, str]:
        """What tells everything we start, and everything that starts, apart from the rest of the machine."""
        return {STATE_VARIABLE: str(self._state.directory), RUN_VARIABLE: self.record.run}

    async def _spawn(self, program: Program) -> Child:
        log = self._state.log(program.name)
        if log.exists():
            log.replace(log.with_suffix(".log.previous"))
        with log.open("xb") as output:
            process = await asyncio.create_subprocess_exec(
                *dying_with_us(program.stop_signal),
                *program.argv,
                env={**program.env, **self.markers()},
                cwd=program.cwd,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **_as_user(program.user),
            )
        return Child(program, process, log)


def dying_with_us(number: signal.Signals) -> tuple[str, ...]:
    """The beginning of a command line: whoever runs the rest gets this signal when our thread ends."""
    return ("setpriv", "--pdeathsig", number.name.removeprefix("SIG"), "--")


def kill_group(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _as_user(user: int | None) -> dict[str, Any]:
    return {} if user is None else {"user": user, "group": user, "extra_groups": []}


def _describe(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
