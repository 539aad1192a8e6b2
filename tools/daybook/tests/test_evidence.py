import json
import subprocess
from pathlib import Path

import pytest

from daybook import evidence
from daybook.checkout import Checkout


def git(root: Path, *words: str) -> str:
    nobody = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.com", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", "-C", root, *nobody, *words], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def clone(tmp_path: Path) -> Checkout:
    """With one file and one piece of evidence in its only commit."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / "code.py").write_text("1\n")
    evidence.write(Checkout(tmp_path), "P1", {"a": 1})
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "One")
    return Checkout(tmp_path)


class TestCommit:
    def test_is_the_one_that_is_checked_out(self, clone: Checkout) -> None:
        assert evidence.commit(clone) == git(clone.root, "rev-parse", "HEAD")[:10]

    def test_is_still_that_one_when_only_evidence_was_written_anew(self, clone: Checkout) -> None:
        evidence.write(clone, "P1", {"a": 2})
        evidence.write(clone, "P2", {"a": 1})

        assert not evidence.commit(clone).endswith("-dirty")

    def test_says_that_something_else_differs(self, clone: Checkout) -> None:
        (clone.root / "code.py").write_text("2\n")

        assert evidence.commit(clone).endswith("-dirty")

    def test_says_the_same_when_that_is_only_staged(self, clone: Checkout) -> None:
        (clone.root / "code.py").write_text("2\n")
        git(clone.root, "add", ".")

        assert evidence.commit(clone).endswith("-dirty")

    def test_is_unknown_where_there_is_no_repository(self, tmp_path: Path) -> None:
        assert evidence.commit(Checkout(tmp_path)) == "unknown"


class TestStamp:
    def test_says_when_of_what_and_where(self, clone: Checkout) -> None:
        stamp = evidence.stamp(clone)

        assert {"date", "commit", "machine"} == stamp.keys()
        assert stamp["machine"]["additions_per_second"] > 0
        assert json.loads(json.dumps(stamp)) == stamp


class TestRead:
    def test_answers_what_was_written(self, clone: Checkout) -> None:
        assert evidence.read(clone, "P1") == {"a": 1}
        assert evidence.read(clone, "P9") == {}
