"""What ends a command: one sentence for the person who typed it."""

from pathlib import Path


class Failure(Exception):
    """The message is shown as it is, without a traceback: it says what is wrong and what to do."""


def tail(log: Path, lines: int = 20) -> str:
    try:
        text = log.read_text(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
