"""The table of routes and limits: read from a file, checked as a whole, taken as a whole or not at all."""

import sys
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from gateway import policies
from gateway.policies import Policy
from gateway.routes import Route, RouteTable

UPSTREAMS = frozenset({"auth", "todos"})
# What the gateway answers itself, and what services tell each other: no route may promise these to anybody.
_RESERVED = ("/livez", "/readyz", "/docs", "/openapi.json", "/internal", "/metrics")
# A body that names an account is read before it goes on, all of it: padding must not hide the name.
_LARGEST_TO_READ = 16 * 1024


class TableInvalid(ValueError):
    """Says everything that is wrong, one line each."""


@dataclass(frozen=True)
class Table:
    routes: RouteTable
    policies: Mapping[str, Policy]


@dataclass(frozen=True)
class _Rows:
    __pydantic_config__ = ConfigDict(extra="forbid")

    routes: list[Route]
    policies: list[Policy]


_ROWS = TypeAdapter(_Rows)


def read(file: Path | None = None, *, upstreams: Collection[str] = UPSTREAMS) -> Table:
    """The table in a file, or the one that comes with the gateway. Raises TableInvalid."""
    try:
        text = files("gateway").joinpath("table.toml").read_text() if file is None else file.read_text()
        return parse(text, upstreams=upstreams)
    except (OSError, UnicodeDecodeError) as error:
        raise TableInvalid(f"cannot be read: {error}") from error


def parse(text: str, *, upstreams: Collection[str] = UPSTREAMS) -> Table:
    try:
        rows = _ROWS.validate_python(tomllib.loads(text))
        named = policies.by_name(rows.policies)
        table = Table(RouteTable(rows.routes), named)
    except ValidationError as error:
        raise TableInvalid("\n".join(_lines(error))) from error
    except ValueError as error:  # not TOML, or something is there twice
        raise TableInvalid(str(error)) from error
    if faults := [f"{route.path}: {fault}" for route in rows.routes for fault in _faults(route, named, upstreams)]:
        raise TableInvalid("\n".join(faults))
    return table


def _lines(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False, include_input=False):
        yield f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"


def _faults(route: Route, named: Mapping[str, Policy], upstreams: Collection[str]) -> Iterator[str]:
    if route.upstream not in upstreams:
        yield f"there is no upstream {route.upstream}; there are {', '.join(sorted(upstreams))}"
    if any(route.path == own or route.path.startswith(f"{own}/") for own in _RESERVED):
        yield "this address is never passed on"
    for name in route.limits:
        if name not in named:
            yield f"there is no limit {name}; there are {', '.join(named)}"
    counted = {named[name].counted for name in route.limits if name in named}
    if "account" in counted and route.account is None:
        yield "a limit counts by account, but `account` does not say which member of the body names it"
    if route.account is not None and route.max_body > _LARGEST_TO_READ:
        yield f"with `account`, max_body can be {_LARGEST_TO_READ} at most: the body is read before it goes on"


def check(file: str) -> None:
    """Say all that is wrong with a table of routes and limits, and leave with 1 if anything is."""
    table = accepted(Path(file))
    sys.stdout.write(f"{file}: {len(table.routes.routes)} routes, {len(table.policies)} limits, all in order\n")


def accepted(file: Path) -> Table:
    try:
        return read(file)
    except TableInvalid as error:
        lines = "\n  ".join(str(error).splitlines())
        sys.exit(f"{file} is not in order:\n  {lines}")
