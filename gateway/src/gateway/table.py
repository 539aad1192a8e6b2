"""The table of routes and limits: read from a file, checked as a whole, taken as a whole or not at all."""

import sys
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

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


Row = TypeVar("Row")
_ROUTE, _POLICY = TypeAdapter(Route), TypeAdapter(Policy)


def read(file: Path | None = None, *, upstreams: Collection[str] = UPSTREAMS) -> Table:
    """The table in a file, or the one that comes with the gateway. Raises TableInvalid."""
    try:
        text = files("gateway").joinpath("table.toml").read_text() if file is None else file.read_text()
        return parse(text, upstreams=upstreams)
    except (OSError, UnicodeDecodeError) as error:
        raise TableInvalid(f"cannot be read: {error}") from error


def parse(text: str, *, upstreams: Collection[str] = UPSTREAMS) -> Table:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TableInvalid(str(error)) from error
    faults = [f"{name}: not known here" for name in document if name not in {"routes", "policies"}]
    routes = list(_rows(_ROUTE, document, "routes", faults))
    policies = list(_rows(_POLICY, document, "policies", faults))
    faults += [f"{path} is in the route table twice" for path in _twice(route.path for route in routes)]
    faults += [f"there are two limits called {name}" for name in _twice(policy.name for policy in policies)]
    named = {policy.name: policy for policy in policies}
    # Those that are not in order are there all the same: that a route names what is missing would not be true.
    known = named.keys() | _names(document.get("policies"))
    faults += [f"{route.path}: {fault}" for route in routes for fault in _faults(route, named, known, upstreams)]
    if faults:
        raise TableInvalid("\n".join(faults))
    return Table(RouteTable(routes), named)


def _rows(row: TypeAdapter[Row], document: Mapping[str, Any], section: str, faults: list[str]) -> Iterator[Row]:
    """Those that are in order; what is wrong with the others goes to `faults`."""
    given = document.get(section)
    if not isinstance(given, list) or not given:
        faults.append(f"{section}: there has to be at least one, as [[{section}]]")
        return
    for number, each in enumerate(given):
        try:
            yield row.validate_python(each)
        except ValidationError as error:
            faults += _lines(error, section, str(number))


def _lines(error: ValidationError, *where: str) -> Iterator[str]:
    for fault in error.errors(include_url=False, include_input=False):
        yield f"{'.'.join((*where, *map(str, fault['loc'])))}: {fault['msg']}"


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _names(rows: object) -> set[str]:
    named = (row.get("name") for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
    return {name for name in named if isinstance(name, str)}


def _faults(
    route: Route, named: Mapping[str, Policy], known: Collection[str], upstreams: Collection[str]
) -> Iterator[str]:
    if route.upstream not in upstreams:
        yield f"there is no upstream {route.upstream}; there are {', '.join(sorted(upstreams))}"
    if any(route.path == own or route.path.startswith(f"{own}/") for own in _RESERVED):
        yield "this address is never passed on"
    for name in route.limits:
        if name not in known:
            yield f"there is no limit {name}; there are {', '.join(sorted(known))}"
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
