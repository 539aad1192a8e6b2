"""What the services say is shown to people, who read it in their own language."""

import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import auth_service
import chassis
import gateway
import todos_service
from auth_service.accounts import rules, schemas
from chassis.problems import Problem

DICTIONARY = Path(__file__).parents[2] / "frontend/src/lib/i18n/de"


def said() -> Iterator[str]:
    """Titles of what a client may be refused, and what is wrong with a new password or a name. For faults of the server
    (5xx) the app has words of its own."""
    for package in (chassis, auth_service, todos_service, gateway):
        load_all(package)
    yield from {problem.title for problem in kinds_of(Problem) if problem.status < 500}
    yield from (*rules.SENTENCES, *schemas.SENTENCES)


def load_all(package: ModuleType) -> None:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith((".__main__", ".migrations.env")) and ".versions." not in module.name:
            pkgutil.resolve_name(module.name)


def kinds_of(problem: type[Problem]) -> Iterator[type[Problem]]:
    for kind in problem.__subclasses__():
        # Those that tests make up are said to nobody.
        if kind.__module__.partition(".")[0] in {"chassis", "auth_service", "todos_service", "gateway"}:
            yield kind
        yield from kinds_of(kind)


@pytest.mark.parametrize("sentence", sorted(said()))
def test_is_in_the_german_dictionary(sentence: str) -> None:
    known = "".join(file.read_text(encoding="utf-8") for file in DICTIONARY.glob("*.ts"))

    assert f"{json.dumps(sentence, ensure_ascii=False)}:" in known
