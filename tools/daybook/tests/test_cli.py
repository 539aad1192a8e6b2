import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from daybook import cli, commands
from daybook.checkout import SOURCE
from daybook.failures import Failure


def failing_with(error: BaseException) -> object:
    def command(*_: object) -> int:
        raise error

    return command


class TestMain:
    @pytest.mark.parametrize(
        "error, says",
        [
            (Failure("Port 3000 is taken."), "Port 3000 is taken."),
            (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
            (PermissionError(errno.EACCES, "Permission denied", "/x/.local"), "Permission denied: /x/.local"),
            (ExceptionGroup("", [ValueError("noise"), ExceptionGroup("", [Failure("This is why.")])]), "This is why."),
        ],
    )
    def test_tells_what_went_wrong_in_a_sentence(
        self, error: BaseException, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(commands, "status", failing_with(error))

        assert cli.main(["status"]) == 1

        said = capsys.readouterr().err
        assert says in said
        assert "Traceback" not in said

    def test_does_not_hide_a_mistake_of_ours(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(commands, "status", failing_with(ExceptionGroup("", [ValueError("a bug")])))

        with pytest.raises(ValueError, match="a bug"):
            cli.main(["status"])


class TestModule:
    def test_says_in_a_sentence_that_python_is_too_old(self, tmp_path: Path) -> None:
        pretend = "import runpy, sys; sys.version_info = (3, 9, 2); runpy.run_module('daybook', run_name='__main__')"

        answer = subprocess.run(
            [sys.executable, "-c", pretend],
            env={**os.environ, "PYTHONPATH": str(SOURCE), "PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

        assert answer.returncode == 1
        assert answer.stderr.strip() == (
            "Daybook needs Python 3.11 or newer and this is 3.9: `apt-get install python3.11` or newer."
        )

    def test_needs_nothing_but_the_standard_library(self) -> None:
        isolated = [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(SOURCE)!r}); import daybook.cli",
        ]

        assert subprocess.run(isolated, check=False).returncode == 0
