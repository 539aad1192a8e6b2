"""`daybook run` as a whole, with the engine that starts quickest."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from daybook.checkout import SOURCE
from daybook.supervision.identity import wait_until_gone
from daybook.supervision.state import State

RUN = (sys.executable, "-m", "daybook", "run", "--ephemeral", "--engine", "redis")


def environment(redis_url: str = "") -> dict[str, str]:
    """An empty URL is none."""
    return {**os.environ, "PYTHONPATH": str(SOURCE), "REDIS_URL": redis_url}


def run(state: Path, script: str, redis_url: str = "") -> "subprocess.CompletedProcess[str]":
    command: list[str | Path] = [*RUN, "--state", state, "--", "sh", "-c", script]
    return subprocess.run(command, env=environment(redis_url), capture_output=True, text=True, check=False)


class TestRun:
    def test_gives_the_command_the_urls_and_ends_as_it_ends(self, tmp_path: Path) -> None:
        answer = run(tmp_path / "state", 'echo "url=$REDIS_URL"; exit 7')

        assert answer.returncode == 7
        assert re.search(r"^url=redis://:\w+@127.0.0.1:\d+/0$", answer.stdout, re.MULTILINE)

    def test_uses_what_the_environment_names(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as elsewhere:
            url = f"redis://127.0.0.1:{elsewhere.getsockname()[1]}/1"
            answer = run(tmp_path / "state", 'echo "url=$REDIS_URL"', url)

        assert f"url={url}\n" in answer.stdout

    @pytest.mark.parametrize(
        "url, said",
        [
            (
                "redis://127.0.0.1:1/0",
                "REDIS_URL names 127.0.0.1:1, where nobody answers: start it, or unset it.",
            ),
            ("http://127.0.0.1:1", "REDIS_URL has to begin with redis:// or rediss://."),
            ("redis://127.0.0.1:x", "REDIS_URL names a port that is none."),
        ],
    )
    def test_says_what_is_wrong_with_a_url(self, tmp_path: Path, url: str, said: str) -> None:
        answer = run(tmp_path / "state", "true", url)

        assert (answer.returncode, answer.stderr) == (1, f"daybook: {said}\n")
        ending = State(tmp_path / "state").ending()
        assert ending
        assert ending[1] == said

    def test_refuses_a_second_launcher_of_the_same_state(self, running: State) -> None:
        answer = run(running.directory, "true")

        assert answer.returncode == 1
        assert "Already running" in answer.stderr
        record = running.read()
        assert record
        assert all(each.identity.is_alive for each in record.processes)

    def test_leaves_ctrl_c_to_the_command(self, tmp_path: Path) -> None:
        script = "trap 'echo interrupted; exit 5' INT; echo ready; while :; do sleep 0.1; done"
        with subprocess.Popen(
            [*RUN, "--state", tmp_path / "state", "--", "sh", "-c", script],
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as launcher:
            assert launcher.stdout
            assert any(line == "ready\n" for line in launcher.stdout)

            os.killpg(launcher.pid, signal.SIGINT)

            rest = launcher.stdout.read()
            assert launcher.wait(30) == 5
        assert "interrupted" in rest
        assert "stopped" in rest

    def test_takes_its_engines_down_when_it_is_killed(self, running: State) -> None:
        record = running.read()
        assert record

        record.launcher.send(signal.SIGKILL)

        assert wait_until_gone([each.identity for each in record.processes], 10)

    def test_says_when_an_engine_dies_and_stops(self, running: State) -> None:
        record = running.read()
        assert record

        record.processes[0].identity.send(signal.SIGKILL)

        assert wait_until_gone([record.launcher], 20)
