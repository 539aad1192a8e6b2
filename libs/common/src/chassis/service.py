"""The command line of a process: one image, several roles to scale apart."""

import argparse
import asyncio
import inspect
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Protocol, TypeVar

import orjson
from pydantic_settings import BaseSettings
from starlette.types import Receive, Scope, Send

from chassis import logs
from chassis.settings import HttpSettings, LogSettings, load
from chassis.web.server import serve


class ProcessSettings(Protocol):
    """What every process's settings have: where it listens and how it logs."""

    @property
    def http(self) -> HttpSettings: ...
    @property
    def log(self) -> LogSettings: ...


class Application(Protocol):
    """An ASGI application that carries a `chassis.web.health.Health` at `state.health`."""

    state: Any

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


S = TypeVar("S", bound=BaseSettings)

_HELP = frozenset({"-h", "--help"})


def main(
    name: str,
    settings_class: type[S],
    *,
    servers: Mapping[str, Callable[[S], Application]],
    commands: Mapping[str, Callable[..., None]] | None = None,
    tools: Mapping[str, Callable[..., None]] | None = None,
    protocol: type[asyncio.Protocol] | None = None,
) -> None:
    """Run the role that the command line asks for.

    `servers` are roles that run until they are told to stop (each answers health probes, workers too);
    `commands` do one thing and end: their names may have several words ("audit verify"), and further words are
    given to them. `tools` are commands that need no settings. `config` prints the settings with secrets left out.
    `--help` lists what begins with the words before it, each with its parameters and what it says of itself.
    `protocol` is for a server that faces strangers: see `chassis.web.server.serve`.
    """
    commands, tools = commands or {}, tools or {}
    known = [*servers, *commands, *tools, "config"]
    parser = argparse.ArgumentParser(prog=name, add_help=False)
    parser.add_argument("role", nargs="*", help=", ".join(known))
    words = [word for word in sys.argv[1:] if word not in _HELP]
    # There are no other options, and the id of a key may well begin with a hyphen.
    parsed = parser.parse_args(["--", *words])
    if len(words) < len(sys.argv) - 1:
        sys.stdout.writelines(_help(name, parsed.role, servers, commands, tools))
        return
    role, further = _role_of(parsed.role, known) or parser.error(f"choose one of: {', '.join(known)}")
    if role in tools:
        _demand(parser, role, tools[role], further)
        tools[role](*further)
        return
    _demand(parser, role, commands.get(role), ["the settings", *further] if role in commands else further)
    settings = load(settings_class)
    if role == "config":
        print(orjson.dumps(settings.model_dump(mode="json"), option=orjson.OPT_INDENT_2).decode())  # noqa: T201
        return
    http, log = _process_settings(settings)
    logs.configure(f"{name}-{role.replace(' ', '-')}", log)
    if role in commands:
        commands[role](settings, *further)
        return
    app = servers[role](settings)
    serve(app, http, app.state.health, protocol)


def _help(
    name: str,
    words: list[str],
    servers: Collection[str],
    commands: Mapping[str, Callable[..., None]],
    tools: Mapping[str, Callable[..., None]],
) -> Iterable[str]:
    """What begins with these words; everything, if nothing does."""
    said = dict.fromkeys(servers, (list[str](), "Run until told to stop."))
    # The first parameter of a command is the settings.
    said |= {role: (list(inspect.signature(run).parameters)[1:], _summary(run)) for role, run in commands.items()}
    said |= {role: (list(inspect.signature(run).parameters), _summary(run)) for role, run in tools.items()}
    said["config"] = ([], "Print the settings, with secrets left out.")
    for role in [role for role in said if role.split()[: len(words)] == words] or said:
        parameters, summary = said[role]
        yield f"{name} {' '.join([role, *(f'<{each}>' for each in parameters)])}\n    {summary}\n"


def _summary(command: Callable[..., None]) -> str:
    return (inspect.getdoc(command) or "").partition("\n\n")[0].replace("\n", " ")


def _role_of(words: list[str], known: Collection[str]) -> tuple[str, list[str]] | None:
    """The longest known name that the words begin with, and the words after it."""
    for length in range(len(words), 0, -1):
        if (role := " ".join(words[:length])) in known:
            return role, words[length:]
    return None


def _demand(
    parser: argparse.ArgumentParser, role: str, command: Callable[..., None] | None, arguments: list[str]
) -> None:
    """Leave with an explanation unless that is what the role takes."""
    try:
        inspect.signature(command or (lambda: None)).bind(*arguments)
    except TypeError as error:
        parser.error(f"{role}: {error}")


def _process_settings(settings: BaseSettings) -> tuple[HttpSettings, LogSettings]:
    process: ProcessSettings = settings  # type: ignore[assignment]  # each Settings has both, by convention
    return process.http, process.log
