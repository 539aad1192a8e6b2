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


def first_of(error: BaseException) -> BaseException:
    """Of several things that failed at once, the one that says what to do."""
    if isinstance(error, BaseExceptionGroup):
        error = error.subgroup(lambda each: isinstance(each, Failure)) or error
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
