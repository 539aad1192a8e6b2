"""`make test`, `make check`, `make fix`: what is run, and how the outcome is told."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from daybook.checkout import SOURCE, Checkout
from daybook.failures import Failure
from daybook.progress import show
from daybook.supervision.processes import dying_with_us
from daybook.worksite import Worksite

# Both suites look at the same running system, and the second one runs whatever the first one finds.
_END_TO_END = """
"$1" -m pytest tests/e2e; python=$?
(cd frontend && npm run openapi -- --check); types=$?
(cd frontend && npm run e2e -- --grep @quick); browser=$?
exit $((python || types || browser))
"""

_IN_A_BROWSER = """
(cd frontend && npm run e2e); tests=$?
(cd frontend && npm run lighthouse); lighthouse=$?
exit $((tests || lighthouse))
"""


@dataclass(frozen=True)
class Tool:
    name: str
    argv: tuple[str, ...]
    folder: str = "."


CHECKS = (
    Tool("format", ("ruff", "format", "--check")),
    Tool("lint", ("ruff", "check")),
    Tool("types", ("mypy",)),
    Tool("imports", ("lint-imports",)),
    Tool("shape", ("python", "-m", "pytest", "-q", "tests/architecture")),
    Tool("frontend", ("npm", "run", "check"), "frontend"),
)
FIXES = (
    Tool("lint", ("ruff", "check", "--fix")),
    Tool("format", ("ruff", "format")),
    Tool("frontend", ("npm", "run", "fix"), "frontend"),
)


async def check(site: Worksite, tools: Sequence[Tool] = CHECKS) -> int:
    """Run all of them, two at a time, and show the output of those that find something."""
    limit = asyncio.Semaphore(2)

    async def run(tool: Tool) -> bool:
        async with limit:
            return await _passes(site, tool)

    outcomes = await asyncio.gather(*(run(tool) for tool in tools))
    return 0 if all(outcomes) else 1


async def fix(site: Worksite) -> int:
    """One after the other, because they write the same files."""
    return 0 if all([await _passes(site, tool) for tool in FIXES]) else 1


async def _passes(site: Worksite, tool: Tool) -> bool:
    started = time.monotonic()
    path = f"{site.checkout.venv / 'bin'}:{site.environment['PATH']}"
    name = f"check-{tool.name}"
    try:
        # setpriv looks programs up in the PATH it is given.
        await site.run(name, *tool.argv, cwd=site.checkout.root / tool.folder, variables={"PATH": path})
    except Failure:
        show(f"✗ {tool.name} ({' '.join(tool.argv)})\n{site.state.log(name).read_text(errors='replace').rstrip()}\n")
        return False
    show(f"✓ {tool.name}  {time.monotonic() - started:.1f} s")
    return True


# A suite is one busy person: more often at the door than anybody else.
BUSY = {"GATEWAY_LIMITS__SIGN_IN": "6000/60"}


@dataclass(frozen=True)
class Suite:
    name: str
    argv: tuple[str | Path, ...]
    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)


_ENGINES = (sys.executable, "-m", "daybook", "run", "--ephemeral", "--state", ".local/test", "--")
_SYSTEM = (sys.executable, "-m", "daybook", "up", "--ephemeral", "--state", ".local/e2e", "--")


def suites(checkout: Checkout, environment: Mapping[str, str]) -> tuple[Suite, ...]:
    python, system = checkout.python, _SYSTEM
    # Engines that run already win over those that the tests would start in containers.
    engines = () if environment.get("TEST_BACKEND") == "testcontainers" else _ENGINES
    return (
        Suite("python", (*engines, python, "-m", "pytest"), checkout.root),
        Suite("frontend", ("npm", "test"), checkout.frontend),
        Suite("e2e", (*system, "sh", "-c", _END_TO_END, "sh", python), checkout.root, BUSY),
    )


def browser(checkout: Checkout, environment: Mapping[str, str]) -> int:
    """Everything that is looked at in a browser, with pictures of each page. Takes an hour on a slow machine."""
    e2e = next(suite for suite in suites(checkout, environment) if suite.name == "e2e")
    return run(replace(e2e, argv=(*_SYSTEM, "sh", "-c", _IN_A_BROWSER)), environment)


def chaos(checkout: Checkout, environment: Mapping[str, str], promises: Sequence[str]) -> int:
    """The promises in full size, or some of them. Takes hours, and writes what it measured to `docs/evidence`."""
    full = {"DAYBOOK_PROMISES": "full", "DAYBOOK_PROMISE": " ".join(promises)}
    python = next(suite for suite in suites(checkout, environment) if suite.name == "python")
    return run(replace(python, variables=full), environment)


def bench(checkout: Checkout, environment: Mapping[str, str]) -> int:
    """What requests and streams cost. Each writes what it measured to `docs/evidence`, whatever the other one finds."""
    measured = {"DAYBOOK_EVIDENCE": "1"}
    codes = [
        run(Suite("bench", (*_ENGINES, checkout.python, *measure), checkout.root, measured), environment)
        for measure in (("-m", "tests.bench.gateway"), ("-m", "pytest", "-s", "tests/bench/test_streams.py"))
    ]
    return max(codes)


def test(checkout: Checkout, environment: Mapping[str, str], only: str | None) -> int:
    """Every suite, whatever the others find; the outcomes once more at the end."""
    outcomes = []
    for suite in suites(checkout, environment):
        if only in (None, suite.name):
            show(f"\n── {suite.name} ──")
            started = time.monotonic()
            code = run(suite, environment)
            outcomes.append((suite.name, code, time.monotonic() - started))
    show("")
    for name, code, seconds in outcomes:
        show(f"{'✗' if code else '✓'} {name:10} {seconds:6.1f} s")
    return max((code for _, code, _ in outcomes), default=0)


def run(suite: Suite, environment: Mapping[str, str]) -> int:
    """In our own process group; what it says is seen as it says it."""
    own_path = {"PYTHONPATH": str(SOURCE)} if suite.argv[0] == sys.executable else {}
    process = subprocess.Popen(  # noqa: S603  (commands of the table above)
        [*dying_with_us(signal.SIGTERM), *suite.argv],
        cwd=suite.folder,
        env={**environment, **suite.variables, **own_path},
    )
    # Ctrl-C reaches the suite too, which ends in its own way.
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, previous)
