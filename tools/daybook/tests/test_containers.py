import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from daybook import containers
from daybook.checkout import Checkout
from daybook.failures import Failure

PYTEST = """\
#!/bin/sh
env > {folder}/told
for last; do :; done
report=${{last#--junitxml=}}
mkdir -p "$(dirname "$report")"
echo '<testsuites><testsuite tests="9" failures="{failed}" errors="0" skipped="4"/></testsuites>' > "$report"
exit {failed}
"""


def write_tool(file: Path, script: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(script)
    file.chmod(0o755)


@pytest.fixture
def clone(tmp_path: Path) -> Checkout:
    """With a docker that does as it is told, and tests that pass."""
    write_tool(tmp_path / "tools/docker", f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n')
    write_tool(tmp_path / ".venv/bin/python", PYTEST.format(folder=tmp_path, failed=0))
    return Checkout(tmp_path)


@pytest.fixture
def environment(clone: Checkout) -> Mapping[str, str]:
    return {
        "PATH": f"{clone.root}/tools:/usr/bin:/bin",
        "DAYBOOK_STATE": "/elsewhere",
        "DATABASE_URL": "postgresql://x",
    }


def steps(clone: Checkout) -> list[str]:
    """What compose was asked for in the project of its own."""
    calls = (clone.root / "calls").read_text().splitlines()
    return [call.partition("daybook-containers ")[2] for call in calls if "daybook-containers" in call]


def evidence_of(clone: Checkout) -> Path:
    return clone.root / "docs/evidence/containers.json"


class TestProve:
    def test_builds_starts_tests_and_takes_away(self, clone: Checkout, environment: Mapping[str, str]) -> None:
        assert containers.prove(clone, environment) == 0

        assert steps(clone) == ["build", "up --wait", "down --volumes"]
        found = json.loads(evidence_of(clone).read_text())
        assert found["figures"]["tests"] == {"passed": 5, "skipped": 4}
        assert found["figures"]["seconds"].keys() == {"build", "healthy", "tests"}
        assert {"date", "commit", "machine"} <= found.keys()

    def test_tells_the_tests_of_these_containers_and_of_nothing_else(
        self, clone: Checkout, environment: Mapping[str, str]
    ) -> None:
        containers.prove(clone, environment)

        told = dict(line.split("=", 1) for line in (clone.root / "told").read_text().splitlines())
        assert told["DAYBOOK_API_URL"] == f"http://localhost:{told['DAYBOOK_API_PORT']}"
        assert told["DAYBOOK_APP_URL"] == f"http://localhost:{told['DAYBOOK_APP_PORT']}"
        assert told.items() >= containers.LIMITS.items()
        assert not told.keys() & {"DAYBOOK_STATE", "DATABASE_URL"}

    def test_leaves_no_evidence_and_no_containers_when_a_test_failed(
        self, clone: Checkout, environment: Mapping[str, str]
    ) -> None:
        write_tool(clone.python, PYTEST.format(folder=clone.root, failed=1))

        assert containers.prove(clone, environment) == 1

        assert steps(clone)[-1] == "down --volumes"
        assert not evidence_of(clone).exists()

    def test_shows_what_they_said_when_they_do_not_come_up(
        self, clone: Checkout, environment: Mapping[str, str]
    ) -> None:
        write_tool(
            clone.root / "tools/docker",
            f'#!/bin/sh\necho "$@" >> {clone.root}/calls\ncase "$*" in *"up --wait") exit 3;; esac\n',
        )

        assert containers.prove(clone, environment) == 3

        assert steps(clone) == ["build", "up --wait", "logs --tail 50", "down --volumes"]
        assert not (clone.root / "told").exists()

    @pytest.mark.parametrize(
        "docker, says",
        [
            (None, "docker is not here"),
            ("exit 1", "no compose plug-in"),
            (
                'case "$1" in version) echo "Cannot connect" >&2; exit 1;; esac',
                "docker does not answer: Cannot connect",
            ),
        ],
    )
    def test_says_what_is_missing(self, clone: Checkout, docker: str | None, says: str) -> None:
        tool = clone.root / "tools/docker"
        tool.unlink()
        if docker:
            write_tool(tool, f"#!/bin/sh\n{docker}\n")

        # Without the folders of the system, which may have a real one.
        with pytest.raises(Failure, match=says):
            containers.prove(clone, {"PATH": f"{clone.root}/tools"})

        assert not evidence_of(clone).exists()
