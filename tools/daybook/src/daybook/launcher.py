"""The life of a launcher: one state, one supervisor, and what ends it: a signal, or a command that is done."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from daybook import doctor
from daybook.checkout import Checkout
from daybook.failures import Failure, first_of
from daybook.installation import everything
from daybook.progress import Progress, show
from daybook.stack import Stack
from daybook.supervision import leftovers
from daybook.supervision.processes import Supervisor, dying_with_us
from daybook.supervision.state import State
from daybook.worksite import Worksite

INTERRUPTED = 130
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Options:
    checkout: Checkout
    state: State
    ephemeral: bool = False
    # To run instead of waiting for Ctrl-C.
    command: Sequence[str] = ()
    detached: bool = False


async def up(options: Options) -> int:
    """Everything."""
    async with worksite(options) as site:
        doctor.demand(site.checkout, site.environment)
        stack = Stack(site, ephemeral=options.ephemeral)
        # A port that is taken is worth knowing before minutes go into fetching and building.
        stack.pick_ports()
        await everything.for_running(site)
        try:
            addresses = await site.supervisor.guard(stack.start_everything())
            site.supervisor.mark_ready(addresses)
            if options.command:
                return await _run_command(site, options.command, addresses)
            _announce(site, options, addresses)
            with suppress(asyncio.CancelledError):  # being told to stop is how this ends well
                await site.supervisor.guard(asyncio.Event().wait())
        finally:
            stack.clean_up()
    return 0


async def run(options: Options, engines: tuple[str, ...]) -> int:
    """Engines only, for as long as a command runs."""
    async with worksite(options) as site:
        await everything.for_engines(site, engines)
        stack = Stack(site, ephemeral=options.ephemeral)
        addresses = await site.supervisor.guard(stack.start_engines(engines))
        site.supervisor.mark_ready(addresses)
        return await _run_command(site, options.command, addresses)


def until_signalled(work: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run the work; a signal cancels it, and what it started is stopped before this returns."""

    async def main() -> int:
        task = asyncio.ensure_future(work())
        loop = asyncio.get_running_loop()
        signalled = False

        def stop() -> None:
            # Once: whoever presses Ctrl-C again is told by the output that we are stopping.
            nonlocal signalled
            if not signalled:
                signalled = True
                task.cancel()

        for number in _STOPPING:
            loop.add_signal_handler(number, stop)
        try:
            return await task
        except asyncio.CancelledError:
            return INTERRUPTED

    return asyncio.run(main())


@asynccontextmanager
async def worksite(options: Options) -> AsyncIterator[Worksite]:
    state, progress = options.state, Progress()
    with state.lock():
        ended = leftovers.sweep(state)
        if ended:
            progress.say(f"ended {ended} processes that an earlier start left behind")
        state.prepare(ephemeral=options.ephemeral)
        try:
            async with Supervisor(state) as supervisor:
                try:
                    yield Worksite(options.checkout, state, supervisor, progress, options.checkout.environment())
                except (Failure, BaseExceptionGroup) as error:
                    if isinstance(failure := first_of(error), Failure):
                        state.note_ending(str(failure))
                    raise
                finally:
                    if supervisor.has_children:
                        progress.say("stopping")
            if supervisor.has_children:
                progress.say("stopped")
        finally:
            if options.ephemeral:
                state.forget()


async def _run_command(site: Worksite, command: Sequence[str], addresses: Mapping[str, str]) -> int:
    """In our own process group, so that it owns the terminal; Ctrl-C is for it to answer."""
    # Before it is there to answer. A handler that does nothing ends with exec, what is ignored would stay ignored.
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, lambda: None)
    process = await asyncio.create_subprocess_exec(
        *dying_with_us(signal.SIGTERM),
        *command,
        env={**site.environment, **addresses, **site.supervisor.markers()},
    )
    try:
        return await site.supervisor.guard(process.wait())
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


def _announce(site: Worksite, options: Options, addresses: Mapping[str, str]) -> None:
    api = addresses["DAYBOOK_API_URL"]
    stop = "make stop" if options.detached else "Ctrl-C, or make stop from elsewhere"
    lines = [
        f"Daybook is ready after {site.progress.elapsed:.0f} s.",
        "",
        f"  App   {addresses['DAYBOOK_APP_URL']}",
        f"  API   {api}   documentation: {api}/docs",
        f"  Mail  {os.path.relpath(addresses['DAYBOOK_MAIL_FOLDER'])}",
        f"  Logs  {os.path.relpath(options.state.logs)}, or: make logs",
        "  Try   make demo",
        f"  Stop  {stop}",
    ]
    show("\n".join(["", *lines, ""]))
