"""The shape of the code, as far as no import contract can state it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
MEMBERS = ("libs/common", "services/auth", "services/todos", "gateway", "tools/daybook")
DEPLOYABLES = frozenset({"auth_service", "todos_service", "gateway"})
# What one reads in one go. Tests may be longer: nobody reads them from the top to the bottom.
LONGEST = 300

# Each exception with its reason; one that is no longer needed fails, too.
OF_NO_MODULE: Mapping[str, str] = {
    "libs/common/tests/contracts/test_contracts.py": "about all contracts together, against what was agreed on",
    "services/todos/tests/sync/test_convergence.py": "about devices that end up alike, whichever modules that takes",
    "services/todos/tests/todos/test_merge_vectors.py": "the cases that the app's own merging is held to as well",
}
FOR_ONE_DEPLOYABLE: Mapping[str, str] = {
    "chassis.messaging.outbox": "one end of the wire whose other end is the inbox: they must not drift apart",
    "chassis.messaging.relay": "what empties the outbox",
    "chassis.messaging.inbox": "the other end of the outbox",
    "chassis.messaging.consumers": "what fills the inbox",
}
LONGER: Mapping[str, str] = {}


def without_a_module() -> Iterator[str]:
    """Test files that do not sit where a module of their name sits, or in a folder that does.

    `tests/lists/test_routes.py` tests `lists/routes.py`, the files in `tests/todos/routes/` test `todos/routes.py`.
    """
    for member in MEMBERS:
        tests, packages = ROOT / member / "tests", list((ROOT / member / "src").iterdir())
        for file in tests.rglob("test_*.py"):
            place = file.relative_to(tests)
            modules = (place.with_name(f"{file.stem.removeprefix('test_')}.py"), Path(f"{place.parent}.py"))
            if not any((package / module).is_file() for package in packages for module in modules):
                yield str(file.relative_to(ROOT))


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("chassis", *sorted(DEPLOYABLES), cache_dir=None)


def deployables_using(graph: grimp.ImportGraph, module: str) -> set[str]:
    """Themselves, or through other modules of the chassis."""
    return {user.partition(".")[0] for user in graph.find_downstream_modules(module, as_package=True)} & DEPLOYABLES


class TestTestFiles:
    def test_mirror_modules(self) -> None:
        assert sorted(without_a_module()) == sorted(OF_NO_MODULE)


class TestChassis:
    def test_is_what_at_least_two_deployables_use(self, graph: grimp.ImportGraph) -> None:
        modules = graph.find_descendants("chassis")
        lonely = {module for module in modules if len(deployables_using(graph, module)) < 2}

        assert len(modules) > 20
        assert lonely == set(FOR_ONE_DEPLOYABLE), "each belongs in the one deployable that uses it"

    def test_would_be_found_out_if_nobody_used_it(self, graph: grimp.ImportGraph) -> None:
        assert deployables_using(graph, "chassis.problems") == DEPLOYABLES
        assert deployables_using(graph, "auth_service.__main__") == set()


class TestFiles:
    def test_are_short(self) -> None:
        sources = [file for member in MEMBERS for file in (ROOT / member / "src").rglob("*.py")]
        longer = {str(file.relative_to(ROOT)) for file in sources if len(file.read_text().splitlines()) > LONGEST}

        assert len(sources) > 200
        assert longer == set(LONGER), "two things in one file, or one thing that can be said more briefly"
