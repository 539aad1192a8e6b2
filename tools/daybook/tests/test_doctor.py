import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from daybook import doctor
from daybook.checkout import Checkout
from daybook.failures import Failure

WriteTool = Callable[[str, str], None]


@pytest.fixture
def clone(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def write_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteTool:
    """A machine whose PATH holds good tools, which a test then spoils."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def write(name: str, says: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{says}\n")
        (folder / name).chmod(0o755)

    write("node", "echo v22.1.0")
    for name in ("npm", "setpriv", "xargs", "sh", "apt-get", "dpkg-deb"):
        write(name, "")
    return write


@pytest.mark.usefixtures("write_tool")
class TestDemand:
    def test_is_content_with_a_good_machine(self, clone: Checkout) -> None:
        doctor.demand(clone, {})

    def test_names_a_node_that_is_too_old(self, clone: Checkout, write_tool: WriteTool) -> None:
        write_tool("node", "echo v18.20.4")
        with pytest.raises(Failure, match=r"Node.js here is 18.20.4: install 20.19 or newer, with npm."):
            doctor.demand(clone, {})

    @pytest.mark.parametrize(
        "missing, says",
        [
            ("node", r"Node.js is not here: install 20.19 or newer"),
            ("npm", r"npm is not here: install"),
            ("setpriv", r"setpriv is not here: `apt-get install util-linux"),
        ],
    )
    def test_names_what_is_missing(self, clone: Checkout, missing: str, says: str) -> None:
        found = shutil.which(missing)
        assert found
        Path(found).unlink()

        with pytest.raises(Failure, match=says):
            doctor.demand(clone, {})

    def test_needs_apt_only_for_what_is_not_here(self, clone: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
        found = shutil.which("apt-get")
        assert found
        Path(found).unlink()
        monkeypatch.setattr("daybook.doctor.find_psql", lambda _: None)

        with pytest.raises(Failure, match=r"There is no apt-get to fetch .*psql with"):
            doctor.demand(clone, {"DATABASE_URL": "x", "REDIS_URL": "x", "RABBITMQ_URL": "x"})

    def test_says_how_much_space_is_needed(self, clone: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
        nearly_full = shutil._ntuple_diskusage(1 << 40, 1 << 40, 1 << 28)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: nearly_full)

        with pytest.raises(Failure, match=r"Only 0.2 GB free for .*: free at least 3.0 GB."):
            doctor.demand(clone, {})

    def test_refuses_a_path_that_breaks_rabbitmq(self, tmp_path: Path) -> None:
        folder = tmp_path / "my projects"
        folder.mkdir()

        with pytest.raises(Failure, match="space in this path"):
            doctor.demand(Checkout(folder), {})
