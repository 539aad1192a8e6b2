"""Programs that answer at once: asked, waited for, and their answer looked at."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_NOT_FOUND = 127


@dataclass(frozen=True)
class Answer:
    code: int
    text: str = ""
    complaint: str = ""


def ask(
    *argv: str | Path,
    env: Mapping[str, str] | None = None,
    said: str = "",
    user: int | None = None,
    patience: float = 60,
) -> Answer:
    """Run a program with `said` on its standard input. One that is not there answers like a shell: 127."""
    try:
        done = subprocess.run(  # noqa: S603  (no shell, and nobody's words but ours)
            argv,
            env=env,
            input=said,
            user=user,
            group=user,
            timeout=patience,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        return Answer(_NOT_FOUND, complaint=str(error))
    return Answer(done.returncode, done.stdout, done.stderr)
