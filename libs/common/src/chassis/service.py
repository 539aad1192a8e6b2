"""The command line of a process: one image, several roles to scale apart."""

import argparse
import asyncio
from collections.abc import Callable, Mapping
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


def main(
    name: str,
    settings_class: type[S],
    *,
    servers: Mapping[str, Callable[[S], Application]],
    commands: Mapping[str, Callable[[S], None]] | None = None,
    protocol: type[asyncio.Protocol] | None = None,
) -> None:
    """Run the role that the command line asks for.

    `servers` are roles that run until they are told to stop (each answers health probes, workers too);
    `commands` do one thing and end. `config` prints the settings with secrets left out. `protocol` is for a
    server that faces strangers: see `chassis.web.server.serve`.
    """
    commands = commands or {}
    parser = argparse.ArgumentParser(prog=name)
    parser.add_argument("role", choices=[*servers, *commands, "config"])
    role = parser.parse_args().role
    settings = load(settings_class)
    if role == "config":
        print(orjson.dumps(settings.model_dump(mode="json"), option=orjson.OPT_INDENT_2).decode())  # noqa: T201
        return
    http, log = _process_settings(settings)
    logs.configure(f"{name}-{role}", log)
    if role in commands:
        commands[role](settings)
        return
    app = servers[role](settings)
    serve(app, http, app.state.health, protocol)


def _process_settings(settings: BaseSettings) -> tuple[HttpSettings, LogSettings]:
    process: ProcessSettings = settings  # type: ignore[assignment]  # each Settings has both, by convention
    return process.http, process.log
