"""`make containers`: the system from its images, the tests at its door, and what came of it, written down.

In a project of its own, with volumes and ports of its own, so that whoever runs Daybook in containers keeps theirs.
"""

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

from daybook import compose, evidence, quality
from daybook.checkout import Checkout
from daybook.failures import Failure
from daybook.ports import Ports
from daybook.progress import show
from daybook.quality import Suite
from daybook.questions import ask

_PROJECT = "daybook-containers"
# Out of the way of what somebody may have open in a browser.
_APP_PORT, _API_PORT = 14_000, 19_000
# Everybody on this machine has one address.
LIMITS = {**quality.BUSY, "GATEWAY_LIMITS__REGISTRATION": "600/3600"}
# About a system that runs here: what is at the door of another one is not to be looked for in these.
_LOCAL = ("DAYBOOK_STATE", "DATABASE_URL", "REDIS_URL", "RABBITMQ_URL", "DAYBOOK_MAIL_FOLDER")


def prove(checkout: Checkout, environment: Mapping[str, str]) -> int:
    """Only what was run and passed becomes evidence."""
    _demand(environment)
    compose.write(checkout)
    seconds: dict[str, float] = {}
    with _ports() as addresses:
        variables = {name: value for name, value in environment.items() if name not in _LOCAL}
        variables |= {**addresses, **LIMITS}
        code = _through_its_life(checkout, variables, seconds)
    if code == 0:
        figures = {"seconds": seconds, "tests": counted(_report(checkout))}
        show(f"{evidence.write(checkout, 'containers', {'figures': figures, **evidence.stamp(checkout)})}")
    return code


def _through_its_life(checkout: Checkout, variables: Mapping[str, str], seconds: dict[str, float]) -> int:
    try:
        for step, words in {"build": ("build",), "healthy": ("up", "--wait")}.items():
            show(f"\n── {step} ──")
            started = time.monotonic()
            if code := _compose(checkout, variables, *words):
                _compose(checkout, variables, "logs", "--tail", "50")
                return code
            seconds[step] = round(time.monotonic() - started, 1)
        show("\n── tests ──")
        started = time.monotonic()
        code = quality.run(_tests(checkout), variables)
        seconds["tests"] = round(time.monotonic() - started, 1)
        return code
    finally:
        _compose(checkout, variables, "down", "--volumes")


def _compose(checkout: Checkout, variables: Mapping[str, str], *words: str) -> int:
    argv = ("docker", "compose", "--project-name", _PROJECT, *words)
    return quality.run(Suite("compose", argv, checkout.root), variables)


def _tests(checkout: Checkout) -> Suite:
    report = _report(checkout)
    report.unlink(missing_ok=True)
    argv = (checkout.python, "-m", "pytest", "tests/e2e", f"--junitxml={report}")
    return Suite("containers", argv, checkout.root)


def _report(checkout: Checkout) -> Path:
    return checkout.local / "containers" / "report.xml"


def counted(report: Path) -> dict[str, int]:
    """How many tests passed, and how many had nothing to look at here."""
    suite = next(ET.parse(report).iter("testsuite"))  # noqa: S314  (pytest wrote it a moment ago)
    skipped = int(suite.get("skipped", "0"))
    failed = int(suite.get("failures", "0")) + int(suite.get("errors", "0"))
    return {"passed": int(suite.get("tests", "0")) - skipped - failed, "skipped": skipped}


@contextmanager
def _ports() -> Iterator[Mapping[str, str]]:
    """Kept for us until the containers are gone."""
    ports = Ports()
    try:
        app, api = ports.pick("app", _APP_PORT), ports.pick("gateway", _API_PORT)
        yield {
            "DAYBOOK_APP_PORT": str(app),
            "DAYBOOK_API_PORT": str(api),
            "DAYBOOK_APP_URL": f"http://localhost:{app}",
            "DAYBOOK_API_URL": f"http://localhost:{api}",
        }
    finally:
        ports.close()


def _demand(environment: Mapping[str, str]) -> None:
    docker = shutil.which("docker", path=environment.get("PATH"))
    if not docker:
        raise Failure("docker is not here: this needs it with its compose plug-in. `make test` needs neither.")
    if ask(docker, "compose", "version", env=environment).code:
        raise Failure("docker has no compose plug-in here: install docker-compose-plugin.")
    engine = ask(docker, "version", "--format", "{{.Server.Version}}", env=environment)
    if engine.code:
        raise Failure(f"docker does not answer: {engine.complaint.strip()}")
