"""The tests can fail: each bug, planted in a copy of the source, is noticed by the test that is named for it.

Each costs two runs of pytest, so this is not among the tests of every day but `make chaos promise=P35`.
`pytest tests/planted -k cursor` runs some.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.planted.bugs import BUGS, Bug
from tests.support.promises import Measured

pytestmark = pytest.mark.promise("P35")

ROOT = Path(__file__).parents[2]
_FAILED, _PASSED = 1, 0


def run(test: str, *, source: Path) -> subprocess.CompletedProcess[str]:
    """With the packages below `source` in place of those that are installed, and in the size of every day."""
    usual = {name: value for name, value in os.environ.items() if name not in {"DAYBOOK_PROMISES", "DAYBOOK_PROMISE"}}
    return subprocess.run(
        [sys.executable, "-m", "pytest", test, "-q", "-p", "no:cacheprovider", "--no-header"],
        cwd=ROOT,
        env=usual | {"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def copy_of(bug: Bug, folder: Path) -> Path:
    """The folder that holds the packages, without the rest of the member."""
    source = ROOT / bug.file.partition("/src/")[0] / "src"
    shutil.copytree(source, folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "src"


def plant(bug: Bug, source: Path) -> None:
    file = source / bug.file.partition("/src/")[2]
    file.write_text(file.read_text().replace(bug.old, bug.new))


class TestBugs:
    @pytest.mark.timeout(1200)
    @pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
    def test_are_noticed(self, bug: Bug, tmp_path: Path, measured: Measured) -> None:
        source = copy_of(bug, tmp_path)
        healthy = run(bug.caught_by, source=source)
        plant(bug, source)
        ill = run(bug.caught_by, source=source)

        assert healthy.returncode == _PASSED, healthy.stdout[-2000:]
        assert ill.returncode == _FAILED, ill.stdout[-2000:]
        measured |= {"bug": bug.name, "noticed_by": bug.caught_by}
