from pathlib import Path

import pytest

from daybook.installation.stamps import Stamp, files_below, fingerprint


class TestFingerprint:
    def test_is_of_names_and_contents(self, tmp_path: Path) -> None:
        one, two = tmp_path / "one", tmp_path / "two"
        one.write_text("same")
        two.write_text("same")
        before = fingerprint("20.1", one)

        assert before == fingerprint("20.1", one)
        assert before != fingerprint("20.2", one)
        assert before != fingerprint("20.1", two)
        one.write_text("changed")
        assert before != fingerprint("20.1", one)

    def test_tells_where_one_input_ends(self) -> None:
        assert fingerprint("ab", "c") != fingerprint("a", "bc")


class TestStamp:
    @pytest.fixture
    def made(self, tmp_path: Path) -> Path:
        return tmp_path / "made"

    def test_is_fresh_for_what_it_was_set_for(self, made: Path) -> None:
        Stamp(made / ".daybook", "one").set()

        assert Stamp(made / ".daybook", "one").is_fresh
        assert not Stamp(made / ".daybook", "two").is_fresh

    def test_is_gone_while_the_work_is_done(self, made: Path) -> None:
        stamp = Stamp(made / ".daybook", "one")
        assert not stamp.is_fresh

        stamp.set()
        stamp.lift()

        assert not stamp.is_fresh


class TestFilesBelow:
    def test_leaves_out_what_is_named_at_any_depth(self, tmp_path: Path) -> None:
        for name in ("src/a.ts", "src/node_modules/b.js", "node_modules/c.js", "package.json"):
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()

        found = [str(file.relative_to(tmp_path)) for file in files_below(tmp_path, without=["node_modules"])]

        assert found == ["package.json", "src/a.ts"]
