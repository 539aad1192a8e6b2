"""What Daybook promises is tested in two sizes: the quick one belongs to `make test`, the full one is `make chaos`.

A test that keeps a promise says which (`@pytest.mark.promise("P8")`), takes its numbers from `size`, and puts what it
measured into `measured`. In full size that is written to `docs/evidence/<promise>.json`, with the machine it was
measured on; how long something takes means little without it.
"""

import json
import os
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from daybook import evidence
from daybook.checkout import Checkout

_CHECKOUT = Checkout(Path(__file__).parents[2])

FULL = os.environ.get("DAYBOOK_PROMISES") == "full"
_ONLY = frozenset(os.environ.get("DAYBOOK_PROMISE", "").split())

N = TypeVar("N", int, float)

Measured = dict[str, Any]


def size(*, quick: N, full: N) -> N:
    return full if FULL else quick


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "promise(name): keeps this promise, in the size that was asked for")
    if FULL and config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        # Too long for every day, so it is not among those that pytest finds by itself.
        config.args.append(str(_CHECKOUT.root / "tests" / "planted"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In full size nothing runs but what keeps a promise, and for as long as it takes."""
    if not FULL:
        return
    kept: list[pytest.Item] = []
    others: list[pytest.Item] = []
    for item in items:
        wanted = promise_of(item) is not None and (not _ONLY or promise_of(item) in _ONLY)
        (kept if wanted else others).append(item)
        item.add_marker(pytest.mark.timeout(0), append=False)
    items[:] = kept
    config.hook.pytest_deselected(items=others)


def promise_of(item: pytest.Item) -> str | None:
    marker = item.get_closest_marker("promise")
    return str(marker.args[0]) if marker else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "call":
        item.stash[_PASSED] = report.passed
        if report.failed and (figures := item.stash.get(_FIGURES, None)):
            report.sections.append(("Measured", json.dumps(figures, indent=2, default=str)))
    return report


_PASSED = pytest.StashKey[bool]()
_FIGURES = pytest.StashKey[Measured]()


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Iterator[Measured]:
    """What the test found out, by name; units are in the names (`p99_seconds`)."""
    figures: Measured = {}
    request.node.stash[_FIGURES] = figures
    started = time.monotonic()
    yield figures
    promise = promise_of(request.node)
    if FULL and promise is not None and request.node.stash.get(_PASSED, False):
        _write(promise, request.node.nodeid, figures, time.monotonic() - started)


def _write(promise: str, test: str, figures: Measured, seconds: float) -> None:
    known = evidence.read(_CHECKOUT, promise)
    known[test] = {"figures": figures, "seconds": round(seconds, 1), **evidence.stamp(_CHECKOUT)}
    evidence.write(_CHECKOUT, promise, known)
