"""The command line: what can be asked for, and how what went wrong is told."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from daybook import commands
from daybook.checkout import Checkout
from daybook.engines.room import ENGINES
from daybook.failures import Failure, first_of
from daybook.launcher import INTERRUPTED

Command = Callable[[argparse.Namespace, Checkout], int]
# As the system says it, and as npm does.
_FULL = re.compile("No space left on device|ENOSPC")
AddCommand = Callable[[str, Command, str], argparse.ArgumentParser]


def main(arguments: Sequence[str] | None = None) -> int:
    parsed = _parser().parse_args(arguments)
    command: Command = parsed.run
    try:
        return command(parsed, Checkout.of_this_file())
    except KeyboardInterrupt:
        return INTERRUPTED
    except BaseExceptionGroup as group:
        return _tell(first_of(group))
    except (Failure, OSError) as error:
        return _tell(error)


def _tell(error: BaseException) -> int:
    if _FULL.search(str(error)):
        text = f"The disk is full: free some space and try again. ({error})"
    elif isinstance(error, Failure):
        text = str(error)
    elif isinstance(error, OSError):
        text = f"{error.strerror or error}: {error.filename}" if error.filename else str(error)
    else:
        raise error
    sys.stderr.write(f"daybook: {text}\n")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="daybook", description="Daybook on this machine, with real engines.")
    known = parser.add_subparsers(metavar="command", required=True)

    def command(name: str, run: Command, says: str) -> argparse.ArgumentParser:
        added = known.add_parser(name, help=says, description=says)
        added.set_defaults(run=run)
        return added

    _add_running(command)
    _add_working(command)
    return parser


def _add_running(command: AddCommand) -> None:
    up = command("up", commands.up, "set up what is missing and start everything; with a command, only while that runs")
    _add_state(up, commands.STACK)
    up.add_argument("--detached", action="store_true", help=argparse.SUPPRESS)
    up.add_argument("command", nargs="*", metavar="-- command")
    run = command("run", commands.run, "run a command with engines, whose URLs are in its environment")
    _add_state(run, ".local/test")
    run.add_argument("--engine", action="append", choices=list(ENGINES), help="only this one; may be repeated")
    run.add_argument("command", nargs="+", metavar="-- command")
    command("start", commands.start, "the same as up, in the background; returns when everything is ready")
    command("stop", commands.stop, "stop what runs, in whichever terminal it was started")
    command("status", commands.status, "what runs where; exit code 3 when nothing does")
    logs = command("logs", commands.logs, "what the processes wrote, merged")
    logs.add_argument("name", nargs="?", default="", help="the beginning of a process's name, such as todos")
    logs.add_argument("-n", "--lines", type=int, default=50, help="of each process, before following it")
    logs.add_argument("--follow", action=argparse.BooleanOptionalAction, default=sys.stdout.isatty())
    command("demo", commands.demo, "make an account with 200 varied todos, and print its sign-in")


def _add_working(command: AddCommand) -> None:
    test = command("test", commands.test, "run every test")
    test.add_argument("--only", choices=["python", "frontend", "e2e"])
    command("browser", commands.browser, "every browser test and Lighthouse, with pictures of each page")
    chaos = command("chaos", commands.chaos, "keep the promises in full size, for hours, and write docs/evidence")
    chaos.add_argument("promise", nargs="*", help="only these, such as P8")
    command("bench", commands.bench, "measure what requests and open streams cost, and write docs/evidence")
    command("containers", commands.containers, "build the images, test the system they make, and write docs/evidence")
    command("check", commands.check, "lint, format, types, import contracts, shape")
    command("fix", commands.fix, "mend what a machine can mend")
    command("lock", commands.lock, "write the locked requirements anew")
    command("env", commands.env, "make the passwords and keys that docker compose needs")
    command("doctor", commands.doctor, "what this machine has and lacks")
    docs = command("docs", commands.docs, "what a library's documentation says, in the version used here (Context7)")
    docs.add_argument("library", help="as it is called in the lock, such as fastapi or next")
    docs.add_argument("question", nargs="+")
    docs.add_argument("--fresh", action="store_true", help="ask again, although the answer is kept")
    administer = command("admin", commands.admin, "a service's own commands, with the settings it runs with")
    administer.add_argument("service", help="auth or todos")
    administer.add_argument("words", nargs=argparse.REMAINDER, help="such as: keys list")
    command("clean", commands.clean, "remove what was installed and built; data stays")


def _add_state(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument("--state", type=Path, help=f"where data, secrets and logs are (default: {default})")
    parser.set_defaults(default_state=default)
    parser.add_argument("--ephemeral", action="store_true", help="start empty, keep nothing, wait for no disk")
