"""What the documentation says exists, exists, and what must be documented is."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SOURCES = [ROOT / member / "src" for member in ("libs/common", "services/auth", "services/todos", "gateway")]
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


def python_names(file: Path) -> set[str]:
    """Every class and function as `Class::method`."""
    names: set[str] = set()

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                names.add(prefix + child.name)
                visit(child, f"{prefix}{child.name}::")

    visit(ast.parse(file.read_text()), "")
    return names


def citation_exists(citation: str) -> bool:
    """`make target`, `path`, `path.py::Class::test`, or `path.ts::title of the test`."""
    if citation.startswith("make "):
        return re.search(rf"^{citation[5:]}:", (ROOT / "Makefile").read_text(), re.MULTILINE) is not None
    path, _, name = citation.partition("::")
    file = ROOT / path
    if not file.exists() or not name:
        return file.exists()
    return name in (python_names(file) if file.suffix == ".py" else file.read_text())


def is_a_test(citation: str) -> bool:
    name = Path(citation.partition("::")[0]).name
    return citation.startswith("make ") or name.startswith("test_") or ".test." in name or ".spec." in name


class TestTasks:
    rows = TASK_ROW.findall((DOCS / "tasks.md").read_text())

    def test_lists_each_task_once(self) -> None:
        assert [number for number, *_ in self.rows] == [f"T{number:03}" for number in range(1, 105)]

    @pytest.mark.parametrize("row", rows, ids=[row[0] for row in rows])
    def test_names_only_what_exists(self, row: tuple[str, str, str, str]) -> None:
        _, _, place, proof = row
        missing = [name for name in re.findall(r"`([^`]+)`", f"{place} {proof}") if not citation_exists(name)]
        assert not missing

    @pytest.mark.parametrize("row", rows, ids=[row[0] for row in rows])
    def test_is_open_or_proven(self, row: tuple[str, str, str, str]) -> None:
        _, _, place, proof = row
        proofs = re.findall(r"`([^`]+)`", proof)
        assert all(is_a_test(name) for name in proofs)
        assert proofs or proof.startswith("open")
        assert re.search(r"`[^`]+`", place) or (place == proof == "open")


class TestPages:
    @pytest.mark.parametrize("file", markdown_files(), ids=lambda file: str(file.relative_to(ROOT)))
    def test_links_lead_somewhere(self, file: Path) -> None:
        assert not list(broken_links(file))


class TestDecisions:
    files = sorted((DOCS / "decisions").glob("[0-9]*.md"))

    def test_are_all_in_the_index_under_their_own_title(self) -> None:
        index = (DOCS / "decisions" / "README.md").read_text()
        titles = {file.name: file.read_text().splitlines()[0].removeprefix("# ") for file in self.files}
        listed = re.findall(r"^\| \[(\d{4})\]\((.+?)\) \| (.+?) \|", index, re.MULTILINE)
        assert {name: f"{number}. {title}" for number, name, title in listed} == titles

    def test_are_numbered_without_a_gap(self) -> None:
        assert [file.name[:4] for file in self.files] == [f"{number:04}" for number in range(1, len(self.files) + 1)]

    @pytest.mark.parametrize("file", files, ids=lambda file: file.name)
    def test_say_what_they_must(self, file: Path) -> None:
        text = file.read_text()
        sections = re.findall(r"^## (\w+)", text, re.MULTILINE)
        assert {"Context", "Decision", "Consequences", "Measured"} <= set(sections)
        assert re.search(r"^Status: (accepted|superseded)", text, re.MULTILINE)
        assert re.search(r"^\*\*.+\*\*$", text, re.MULTILINE)


def slugs_in(file: Path) -> Iterator[str]:
    """`slug = "…"` and `status, slug, title = 404, "…", "…"` in the body of a class."""
    for body in (node.body for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ClassDef)):
        for assignment in (line for line in body if isinstance(line, ast.Assign | ast.AnnAssign) and line.value):
            targets = assignment.targets if isinstance(assignment, ast.Assign) else [assignment.target]
            names, values = pairs(targets[0], assignment.value)
            yield from (
                value.value
                for name, value in zip(names, values, strict=False)
                if name == "slug" and isinstance(value, ast.Constant) and isinstance(value.value, str)
            )


def pairs(target: ast.expr, value: ast.expr | None) -> tuple[list[str], list[ast.expr]]:
    targets = target.elts if isinstance(target, ast.Tuple) else [target]
    values = value.elts if isinstance(value, ast.Tuple) else [value] if value else []
    return [name.id for name in targets if isinstance(name, ast.Name)], values


class TestProblems:
    in_code = {slug for source in SOURCES for file in source.rglob("*.py") for slug in slugs_in(file)}

    def test_are_found(self) -> None:
        assert "invalid-request" in self.in_code

    def test_are_documented_if_and_only_if_they_exist(self) -> None:
        documented = re.findall(r"^\| `([a-z0-9-]+)` \|", (DOCS / "problems.md").read_text(), re.MULTILINE)
        assert sorted(documented) == sorted(self.in_code)
