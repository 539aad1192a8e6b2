import re
from dataclasses import replace
from pathlib import Path

import pytest

from daybook.checkout import Checkout
from daybook.debian import Packages, library_path
from daybook.failures import Failure
from daybook.worksite import Worksite

URIS = """\
'http://mirror.example/e/erlang-base_25.2.3%2bdfsg-1_amd64.deb' erlang-base_1%3a25.2.3+dfsg-1_amd64.deb 8 SHA256:ab
'http://mirror.example/l/logrotate_3.21.0-1_amd64.deb' logrotate_3.21.0-1_amd64.deb 6 SHA256:cd
'http://mirror.example/r/rabbitmq-server_3.10.8-1_all.deb' rabbitmq-server_3.10.8-1_all.deb 14 SHA256:ef
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """apt-get and dpkg-deb as we tell them, before anything else in the PATH."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def write_tool(folder: Path, name: str, script: str) -> None:
    tool = folder / name
    tool.write_text(f'#!/bin/sh\necho "$@" >> {folder}/{name}.calls\n{script}')
    tool.chmod(0o755)


@pytest.fixture
def packages(site: Worksite, tmp_path: Path, tools: Path) -> Packages:
    checkout = Checkout(tmp_path / "clone")
    write_tool(tools, "dpkg-deb", 'mkdir -p "$3/usr/bin" && touch "$3/usr/bin/$(basename "$2" .deb)"')
    environment = {**site.environment, "PATH": f"{tools}:/usr/bin:/bin"}
    return Packages(replace(site, checkout=checkout, environment=environment))


class TestUnpack:
    async def test_fetches_what_the_closure_names_except_what_only_installing_needs(
        self, packages: Packages, tools: Path
    ) -> None:
        (tools / "uris").write_text(URIS)
        write_tool(
            tools, "apt-get", f'case "$*" in *--print-uris*) cat {tools}/uris;; *download*) touch a.deb b.deb;; esac'
        )

        root = await packages.unpack("rabbitmq", ["rabbitmq-server"])

        download = (tools / "apt-get.calls").read_text().splitlines()[-1]
        assert re.findall(r"\S+=\S+$|\S+=\d\S+", download.partition("download")[2]) == [
            "erlang-base=1:25.2.3+dfsg-1",
            "rabbitmq-server=3.10.8-1",
        ]
        assert sorted(each.name for each in (root / "usr/bin").iterdir()) == ["a", "b"]

    async def test_gets_a_fresh_index_when_the_machine_s_own_is_stale(self, packages: Packages, tools: Path) -> None:
        write_tool(
            tools,
            "apt-get",
            f'case "$*" in *update*) touch {tools}/fresh;; *download*) test -e {tools}/fresh && touch a.deb;; esac',
        )

        await packages.unpack("pip", ["python3-pip-whl"], with_dependencies=False)

        calls = (tools / "apt-get.calls").read_text()
        assert [call.split()[-1] for call in calls.splitlines()] == ["python3-pip-whl", "update", "python3-pip-whl"]

    async def test_leaves_nothing_that_looks_complete_when_it_fails(
        self, packages: Packages, tools: Path, tmp_path: Path
    ) -> None:
        write_tool(tools, "apt-get", "exit 100")

        with pytest.raises(Failure, match="is the network there"):
            await packages.unpack("redis", ["redis-server"])
        assert not (tmp_path / "clone/.local/debian/redis").exists()

    async def test_says_what_to_do_without_apt(
        self, packages: Packages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))

        with pytest.raises(Failure, match=r"no apt-get here to fetch redis-server"):
            await packages.unpack("redis", ["redis-server"])


def test_library_path_names_the_folders_of_this_architecture(tmp_path: Path) -> None:
    for folder in ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib/erlang"):
        (tmp_path / folder).mkdir(parents=True)

    assert library_path(tmp_path) == f"{tmp_path}/usr/lib/x86_64-linux-gnu:{tmp_path}/lib/x86_64-linux-gnu"
