"""What each command does, in terms of the modules that do it."""

import argparse
import shutil
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from daybook import compose, control, documentation, launcher, quality
from daybook import containers as contained
from daybook import demo as demonstration
from daybook import doctor as examination
from daybook import lock as locking
from daybook import logs as log_files
from daybook.checkout import Checkout
from daybook.engines.room import ENGINES
from daybook.installation import everything
from daybook.launcher import Options, until_signalled
from daybook.progress import show
from daybook.supervision.state import State
from daybook.worksite import Worksite

STACK = ".local/stack"


def _options(parsed: argparse.Namespace, checkout: Checkout) -> Options:
    return Options(
        checkout,
        State(parsed.state or checkout.root / parsed.default_state),
        ephemeral=parsed.ephemeral,
        command=tuple(parsed.command),
        detached=getattr(parsed, "detached", False),
    )


def up(parsed: argparse.Namespace, checkout: Checkout) -> int:
    options = _options(parsed, checkout)
    return until_signalled(lambda: launcher.up(options))


def run(parsed: argparse.Namespace, checkout: Checkout) -> int:
    options = _options(parsed, checkout)
    engines = tuple(parsed.engine or ENGINES)
    return until_signalled(lambda: launcher.run(options, engines))


def start(_: argparse.Namespace, checkout: Checkout) -> int:
    return control.start(checkout, _stack(checkout))


def stop(_: argparse.Namespace, checkout: Checkout) -> int:
    return control.stop(_stack(checkout))


def status(_: argparse.Namespace, checkout: Checkout) -> int:
    return control.status(_stack(checkout))


def logs(parsed: argparse.Namespace, checkout: Checkout) -> int:
    return log_files.show_logs(_stack(checkout), parsed.name, lines=parsed.lines, follow=parsed.follow)


def demo(_: argparse.Namespace, checkout: Checkout) -> int:
    return demonstration.make(_stack(checkout))


def admin(parsed: argparse.Namespace, checkout: Checkout) -> int:
    return control.administer(_stack(checkout), parsed.service, parsed.words)


def test(parsed: argparse.Namespace, checkout: Checkout) -> int:
    return _prepared(checkout, _for(parsed.only), lambda where, given: quality.test(where, given, parsed.only))


def browser(_: argparse.Namespace, checkout: Checkout) -> int:
    return _prepared(checkout, everything.for_browsing, quality.browser)


def chaos(parsed: argparse.Namespace, checkout: Checkout) -> int:
    return _prepared(checkout, _for("python"), lambda where, given: quality.chaos(where, given, parsed.promise))


def bench(_: argparse.Namespace, checkout: Checkout) -> int:
    return _prepared(checkout, everything.for_measuring, quality.bench)


def containers(_: argparse.Namespace, checkout: Checkout) -> int:
    return _prepared(checkout, everything.for_containers, contained.prove)


Prepare = Callable[[Worksite], Coroutine[Any, Any, Mapping[str, str]]]


def _for(suite: str | None) -> Prepare:
    """What this suite needs, or what all of them need."""
    return lambda site: everything.for_testing(site, suite)


def _prepared(checkout: Checkout, prepare: Prepare, run: Callable[[Checkout, Mapping[str, str]], int]) -> int:
    """Run it where everything is that it needs, with the variables that say where."""
    environment = dict(checkout.environment())

    async def work(site: Worksite) -> int:
        environment.update(await prepare(site))
        return 0

    return _at_work(checkout, "test", work) or run(checkout, environment)


def check(_: argparse.Namespace, checkout: Checkout) -> int:
    async def check(site: Worksite) -> int:
        await everything.for_checking(site)
        return await quality.check(site)

    return _at_work(checkout, "check", check)


def fix(_: argparse.Namespace, checkout: Checkout) -> int:
    async def fix(site: Worksite) -> int:
        await everything.for_checking(site)
        return await quality.fix(site)

    return _at_work(checkout, "check", fix)


def lock(_: argparse.Namespace, checkout: Checkout) -> int:
    async def write(site: Worksite) -> int:
        await everything.for_locking(site)
        await locking.write(site, checkout.venv / "bin" / "uv")
        return 0

    return _at_work(checkout, "check", write)


def env(_: argparse.Namespace, checkout: Checkout) -> int:
    return compose.write(checkout)


def doctor(_: argparse.Namespace, checkout: Checkout) -> int:
    findings = list(examination.examine(checkout, checkout.environment()))
    for finding in findings:
        show(f"{'✓' if finding.good else '✗'} {finding.topic:8} {finding.says}")
    return 0 if all(finding.good for finding in findings) else 1


def docs(parsed: argparse.Namespace, checkout: Checkout) -> int:
    show(documentation.look_up(checkout, parsed.library, " ".join(parsed.question), fresh=parsed.fresh))
    return 0


def clean(_: argparse.Namespace, checkout: Checkout) -> int:
    with _stack(checkout).lock():
        for made in (checkout.venv, checkout.frontend / "node_modules", checkout.frontend / ".next", checkout.packages):
            shutil.rmtree(made, ignore_errors=True)
    show("Removed what was installed and built. Your data is still in .local/stack.")
    return 0


def _stack(checkout: Checkout) -> State:
    return State(checkout.root / STACK)


def _at_work(checkout: Checkout, name: str, work: Callable[[Worksite], Coroutine[Any, Any, int]]) -> int:
    """Work that runs programs but no engines, with logs below `.local/<name>`."""
    options = Options(checkout, State(checkout.local / name))

    async def main() -> int:
        async with launcher.worksite(options) as site:
            examination.demand(site.checkout, site.environment)
            return await work(site)

    return until_signalled(main)
