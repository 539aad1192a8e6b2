from pathlib import Path

import pytest

from daybook.checkout import Checkout
from daybook.installation import python

LOCK = """\
urllib3==2.6.0 \\
    --hash=sha256:aa
uv==0.13.9 \\
    --hash=sha256:bb \\
    --hash=sha256:cc
uv-build==0.13.6 \\
    --hash=sha256:dd
"""


class TestPinnedUv:
    def test_is_taken_from_the_lock_with_all_its_hashes(self) -> None:
        found = python._UV.search(LOCK)

        assert found
        assert found[0] == "uv==0.13.9 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc"

    def test_is_in_the_lock_of_this_clone(self, checkout: Checkout) -> None:
        found = python._UV.search((checkout.root / "requirements.txt").read_text())

        assert found
        assert "--hash=sha256:" in found[0]


class TestMembers:
    def test_are_the_packages_of_the_workspace(self, checkout: Checkout) -> None:
        assert checkout.root / "tools/daybook" in python.members(checkout)
        assert all((member / "pyproject.toml").exists() for member in python.members(checkout))


class TestBundledPip:
    def test_runs_without_being_installed(self) -> None:
        wheel = python._bundled_pip()

        assert wheel is None or wheel.name.startswith("pip-")

    def test_is_not_there_on_a_bare_debian(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
        monkeypatch.setattr(Path, "glob", lambda *_: iter(()))

        assert python._bundled_pip() is None
