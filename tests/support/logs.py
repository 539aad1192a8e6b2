"""Each test logs as the suite does, whatever the one before it set up."""

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _logs_are_the_suites() -> Iterator[None]:
    """Undo `logs.configure`, which writes to the standard output of that moment: pytest's, gone by the next test."""
    root = logging.getLogger()
    handlers, level, ours = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers, root.level = handlers, level
    structlog.configure(**ours)
