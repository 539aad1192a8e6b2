"""What the documentation says exists, exists, and what must be documented is."""

import ast
import gc
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic_settings import BaseSettings

from auth_service.settings import Settings as AuthSettings
from gateway.settings import Settings as GatewaySettings
from todos_service.settings import Settings as TodosSettings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SOURCES = [ROOT / member / "src" for member in ("libs/common", "services/auth", "services/todos", "gateway")]
TESTS = [ROOT / "tests", *(source.parent / "tests" for source in SOURCES)]
TASK_ROW = re.compile(r"^\| (T\d{3}) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def markdown_files() -> Iterator[Path]:
    """Our own: nothing that was installed, built or started below the root."""
    for folder, subfolders, files in os.walk(ROOT):
        subfolders[:] = [name for name in subfolders if name != "node_modules" and not name.startswith(".")]
        yield from (Path(folder, name) for name in files if name.endswith(".md"))


def prose(file: Path) -> str:
    return re.sub(r"^```.*?^```", "", file.read_text(), flags=re.MULTILINE | re.DOTALL)


def anchors(file: Path) -> set[str]:
    """The names a forge gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", prose(file), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(file: Path) -> Iterator[str]:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(file)):
        path, _, anchor = target.partition("#")
        if ":" in path:
            continue
        linked = (file.parent / path).resolve() if path else file
        if not linked.exists() or (anchor and anchor not in anchors(linked)):
            yield target


def parse(file: Path) -> ast.Module:
    """Without the collector: a connection that it closes meanwhile, in a greenlet, confuses CPython 3.11's parser."""
    gc.disable()
    try:
        return ast.parse(file.read_text())
    finally:
        gc.enable()


def python_names(file: Path) -> set[str]:
    """Every class and function as `Class::method`."""
    names: set[str] = set()

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                names.add(prefix + child.name)
                visit(child, f"{prefix}{child.name}::")

    visit(parse(file), "")
    return names


def make_targets() -> set[str]:
    return set(" ".join(re.findall(r"^([a-z][a-z ]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)).split())


def citation_exists(citation: str) -> bool:
    """`make target`, `path`, `path.py::Class::test`, or `path.ts::title of the test`."""
    if citation.startswith("make "):
        return citation.removeprefix("make ") in make_targets()
    path, _, name = citation.partition("::")
    file = ROOT / path
    if not file.exists() or not name:
        return file.exists()
    return name in (python_names(file) if file.suffix == ".py" else file.read_text())


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def is_a_test(citation: str) -> bool:
    name = Path(citation.partition("::")[0]).name
    return citation.startswith("make ") or name.startswith("test_") or ".test." in name or ".spec." in name


class TestTasks:
    rows = TASK_ROW.findall((DOCS / "tasks.md").read_text())

    def test_lists_each_task_once(self) -> None:
        assert [number for number, *_ in self.rows] == [f"T{number:03}" for number in range(1, 105)]

    def test_names_only_what_exists(self) -> None:
        cited = [(number, name) for number, _, *cells in self.rows for name in quoted(" ".join(cells))]
        assert not [(number, name) for number, name in cited if not citation_exists(name)]

    def test_is_open_or_proven(self) -> None:
        for number, _, place, proof in self.rows:
            proofs = quoted(proof)
            assert all(is_a_test(name) for name in proofs), number
            assert proofs or proof.startswith("open"), number
            assert quoted(place) or place == proof == "open", number


def promising() -> Iterator[tuple[str, Path]]:
    """Each promise with each file of tests that keep it."""
    # Tests in the browser say it with a tag.
    marked = [
        *((file, r'mark\.promise\("(P\d+)"\)') for folder in TESTS for file in folder.rglob("test_*.py")),
        *((file, r'"@(P\d+)"') for file in (ROOT / "frontend" / "e2e").glob("*.spec.ts")),
    ]
    for file, mark in marked:
        for promise in set(re.findall(mark, file.read_text())):
            yield promise, file


class TestPromises:
    rows = re.findall(r"^\| (P\d+) [^|]+ \| [^|]+ \| (.+) \|$", (DOCS / "promises.md").read_text(), re.MULTILINE)

    def test_are_kept_by_tests_that_exist(self) -> None:
        assert not [
            (promise, name) for promise, cell in self.rows for name in quoted(cell) if not citation_exists(name)
        ]

    def test_are_told_with_every_file_that_keeps_one(self) -> None:
        told = {
            (promise, name.partition("::")[0])
            for promise, cell in self.rows
            for name in quoted(cell)
            if ".py" in name or ".spec.ts" in name
        }
        assert {(promise, str(file.relative_to(ROOT))) for promise, file in promising()} == told

    def test_leave_evidence(self) -> None:
        """`make chaos` writes what tests put into `measured`, and nothing of those that have no such thing."""
        measuring = {promise for promise, file in promising() if "measured: Measured" in file.read_text()}
        # What happens in a browser is told by Playwright's report.
        in_browsers = {promise for promise, file in promising() if file.suffix == ".ts"}
        assert measuring | in_browsers == {promise for promise, _ in self.rows}


class TestPages:
    def test_link_to_what_exists(self) -> None:
        assert not [(file, link) for file in markdown_files() for link in broken_links(file)]

    def test_name_commands_that_exist(self) -> None:
        command = re.compile(r"(?:^|`|&& )make ([a-z]+)", re.MULTILINE)
        named = {(file, target) for file in markdown_files() for target in command.findall(file.read_text())}
        assert not [(file, target) for file, target in named if target not in make_targets()]


class TestDecisions:
    files = sorted((DOCS / "decisions").glob("[0-9]*.md"))

    def test_are_all_in_the_index_under_their_own_title(self) -> None:
        index = (DOCS / "decisions" / "README.md").read_text()
        titles = {file.name: file.read_text().splitlines()[0].removeprefix("# ") for file in self.files}
        listed = re.findall(r"^\| \[(\d{4})\]\((.+?)\) \| (.+?) \|", index, re.MULTILINE)
        assert {name: f"{number}. {title}" for number, name, title in listed} == titles

    def test_are_numbered_without_a_gap(self) -> None:
        assert [file.name[:4] for file in self.files] == [f"{number:04}" for number in range(1, len(self.files) + 1)]

    def test_say_what_they_must(self) -> None:
        for file in self.files:
            text = file.read_text()
            sections = re.findall(r"^## (\w+)", text, re.MULTILINE)
            assert {"Context", "Decision", "Consequences", "Measured"} <= set(sections), file.name
            assert re.search(r"^Status: (accepted|superseded)", text, re.MULTILINE), file.name
            assert re.search(r"^\*\*.+\*\*$", text, re.MULTILINE), file.name


def problems_in(file: Path) -> Iterator[tuple[str, int]]:
    """`status, slug, title = 404, "…", "…"` in the body of a class."""
    for body in (node.body for node in ast.walk(parse(file)) if isinstance(node, ast.ClassDef)):
        for line in body:
            if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "(status, slug, title)":
                status, slug, _ = ast.literal_eval(line.value)
                yield slug, status


class TestProblems:
    in_code = sorted(problem for source in SOURCES for file in source.rglob("*.py") for problem in problems_in(file))

    def test_are_each_declared_once(self) -> None:
        slugs = [slug for slug, _ in self.in_code]
        assert len(slugs) == len(set(slugs))
        assert "invalid-request" in slugs

    def test_are_documented_if_and_only_if_they_exist(self) -> None:
        rows = re.findall(r"^\| `([a-z0-9-]+)` \| (\d{3}) \|", (DOCS / "problems.md").read_text(), re.MULTILINE)
        assert sorted((slug, int(status)) for slug, status in rows) == self.in_code


def variables(settings: type[BaseSettings]) -> Iterator[str]:
    """Each environment variable that a process reads."""
    prefix = settings.model_config["env_prefix"]

    def walk(model: type[BaseModel], path: str) -> Iterator[str]:
        for name, field in model.model_fields.items():
            # A list of groups is one variable, written as JSON.
            choices = () if get_origin(field.annotation) in {list, tuple} else get_args(field.annotation)
            group = next((each for each in (field.annotation, *choices) if is_group(each)), None)
            if group is None:
                yield f"{path}{name}".upper()
            else:
                yield from walk(group, f"{path}{name}__")

    return walk(settings, prefix)


def is_group(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


class TestSettings:
    @pytest.mark.parametrize(
        "settings", [AuthSettings, TodosSettings, GatewaySettings], ids=lambda each: each.__module__
    )
    def test_are_documented_if_and_only_if_they_exist(self, settings: type[BaseSettings]) -> None:
        prefix = settings.model_config["env_prefix"]
        documented = re.findall(rf"^\| `({prefix}[A-Z_]+)` \|", (DOCS / "operations.md").read_text(), re.MULTILINE)
        assert sorted(documented) == sorted(variables(settings))
