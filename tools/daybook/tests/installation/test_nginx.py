import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from daybook.checkout import Checkout
from daybook.debian import Packages
from daybook.failures import Failure
from daybook.installation import nginx
from daybook.worksite import Worksite


@pytest.fixture
def fresh(site: Worksite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Worksite:
    """A clone for which nothing was fetched, on a machine that has no nginx of its own."""
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    (tmp_path / "clone").mkdir()
    return replace(site, checkout=Checkout(tmp_path / "clone"), environment={"PATH": "/usr/bin:/bin"})


class Fetching(Packages):
    """Unpacks something that looks like it, or finds no network."""

    def __init__(self, site: Worksite, *, works: bool = True) -> None:
        super().__init__(site)
        self.asked: list[Sequence[str]] = []
        self._works = works

    async def unpack(self, name: str, wanted: Sequence[str], *, with_dependencies: bool = True) -> Path:
        assert with_dependencies
        self.asked.append(wanted)
        if not self._works:
            raise Failure("Debian packages cannot be fetched; is the network there?")
        program = self._folder / name / "usr/sbin/nginx"
        program.parent.mkdir(parents=True)
        program.touch()
        return self._folder / name


class TestFind:
    def test_takes_what_it_is_told(self, fresh: Worksite, tmp_path: Path) -> None:
        (tmp_path / "mine").touch()

        assert nginx.find(fresh.checkout.packages, {"NGINX": str(tmp_path / "mine")}) == tmp_path / "mine"

    def test_answers_nothing_when_there_is_none(self, fresh: Worksite) -> None:
        assert nginx.find(fresh.checkout.packages, {}) is None


class TestInstall:
    async def test_fetches_it_once(self, fresh: Worksite) -> None:
        packages = Fetching(fresh)

        first = await nginx.install(fresh, packages)
        again = await nginx.install(fresh, packages)

        assert first == again == fresh.checkout.packages / "nginx/usr/sbin/nginx"
        assert packages.asked == [["nginx-light"]]


class TestInstallIfPossible:
    async def test_says_what_is_left_out_when_it_cannot_be_fetched(
        self, fresh: Worksite, capsys: pytest.CaptureFixture[str]
    ) -> None:
        await nginx.install_if_possible(fresh, Fetching(fresh, works=False))

        assert "nothing will be compared with it" in capsys.readouterr().out
