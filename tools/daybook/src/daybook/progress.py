"""What the person sees while they wait: one line when something starts, one when it is done."""

import asyncio
import itertools
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_REMIND_SECONDS = 30


def show(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Progress:
    def __init__(self) -> None:
        self._start = time.monotonic()

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._start

    def say(self, text: str) -> None:
        show(f"{self.elapsed:6.1f} s  {text}")

    @contextmanager
    def step(self, title: str, doing: str) -> Iterator[None]:
        """A step that takes long enough to wonder: `title` names it, `doing` says what happens."""
        started = self.elapsed
        self.say(f"{title}: {doing} …")
        reminder = asyncio.ensure_future(self._remind(title))
        try:
            yield
        finally:
            reminder.cancel()
        self.say(f"{title}: done in {self.elapsed - started:.1f} s")

    async def _remind(self, title: str) -> None:
        """So that a slow line does not look like a standstill."""
        for waited in itertools.count(_REMIND_SECONDS, _REMIND_SECONDS):
            await asyncio.sleep(_REMIND_SECONDS)
            self.say(f"{title}: still at it after {waited} s")
