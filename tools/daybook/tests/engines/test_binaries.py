from collections.abc import Iterable
from pathlib import Path

import pytest

from daybook.engines.binaries import Binary, Engine, ask_version


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    return tmp_path / "installed"


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    return tmp_path / "packages"


@pytest.fixture
def engine(installed: Path) -> Engine:
    def candidates(root: Path | None) -> Iterable[Path]:
        return sorted((root or installed).glob("usr/bin/thing*"))

    return Engine("thing", "THING_URL", ("thing-server",), (7, 2), candidates, ask_version, {"thing": 70})


def put(root: Path, name: str, version: str) -> Path:
    program = root / "usr/bin" / name
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\necho 'Thing server v={version} sha=00'\n")
    program.chmod(0o755)
    return program


class TestFind:
    def test_prefers_what_is_installed(self, engine: Engine, installed: Path, packages: Path) -> None:
        program = put(installed, "thing", "7.2.4")
        put(packages / "thing", "thing", "8.0")

        assert engine.find(packages) == Binary(program, None, (7, 2, 4))

    def test_takes_the_newest_of_several(self, engine: Engine, installed: Path, packages: Path) -> None:
        put(installed, "thing-9", "9.1")
        newest = put(installed, "thing-10", "10.0")

        assert engine.find(packages) == Binary(newest, None, (10, 0))

    def test_passes_over_one_that_is_too_old(self, engine: Engine, installed: Path, packages: Path) -> None:
        put(installed, "thing", "6.0.16")
        program = put(packages / "thing", "thing", "7.2")

        assert engine.find(packages) == Binary(program, packages / "thing", (7, 2))

    def test_passes_over_one_that_does_not_run(self, engine: Engine, installed: Path, packages: Path) -> None:
        put(installed, "thing", "8.0").chmod(0o644)

        assert engine.find(packages) is None


class TestEnvironment:
    def test_of_a_private_binary_leads_to_its_libraries(self, tmp_path: Path) -> None:
        libraries = tmp_path / "usr/lib/x86_64-linux-gnu"
        libraries.mkdir(parents=True)

        env = Binary(tmp_path / "usr/bin/thing", tmp_path).env

        assert env["LD_LIBRARY_PATH"] == str(libraries)
        assert env["PATH"].split(":")[1] == f"{tmp_path}/usr/bin"

    def test_of_an_installed_one_is_the_machine_s(self, tmp_path: Path) -> None:
        assert "LD_LIBRARY_PATH" not in Binary(tmp_path / "thing").env
