"""Somebody who goes on asking while a test breaks things, and remembers every answer."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from tests.support.people import SignedIn

_ASKERS = 2


class Watch:
    """Asks as `"GET /todos"` says. A change is one more todo; `made` are those that were acknowledged."""

    def __init__(self, door: httpx.AsyncClient, session: SignedIn) -> None:
        self._door, self._session = door, session
        self.answers: dict[str, Counter[int]] = {}
        self.took: list[float] = []
        self.made: list[str] = []

    async def ask(self, what: str) -> int:
        method, _, path = what.partition(" ")
        body = {"title": "Still here"} if method == "POST" else None
        started = time.perf_counter()
        answer = await self._door.request(method, path, json=body, headers=self._session.bearer)
        self.took.append(time.perf_counter() - started)
        self.answers.setdefault(what, Counter())[answer.status_code] += 1
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            assert answer.headers["content-type"] == "application/problem+json", answer.text
            assert answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or answer.headers["retry-after"]
        elif method == "POST":
            self.made.append(answer.json()["id"])
        return answer.status_code

    async def until(self, what: str, *statuses: int, seconds: float = 120) -> None:
        """Return at the next answer of one of these statuses from now on."""
        before = self._seen(what, *statuses)
        async with asyncio.timeout(seconds):
            while self._seen(what, *statuses) == before:  # noqa: ASYNC110 (nobody tells)
                await asyncio.sleep(0.01)

    async def some_more(self, what: str, count: int = 5) -> None:
        for _ in range(count):
            await self.until(what, *range(200, 600))

    def _seen(self, what: str, *statuses: int) -> int:
        answers = self.answers.get(what, Counter[int]())
        return sum(answers[status] for status in statuses)

    def forget(self) -> float:
        """How long the slowest answer so far took; from here on they count anew."""
        slowest = max(self.took)
        self.took = []
        return slowest

    @property
    def p99(self) -> float:
        """Of those there were: with few answers it is the slowest."""
        return sorted(self.took)[round(0.99 * (len(self.took) - 1))]

    @asynccontextmanager
    async def asking(self, *what: str) -> AsyncIterator[None]:
        async def keep_asking(each: str) -> None:
            while True:
                await self.ask(each)

        tasks = [asyncio.create_task(keep_asking(each)) for each in what for _ in range(_ASKERS)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for outcome in await asyncio.gather(*tasks, return_exceptions=True):
                assert isinstance(outcome, asyncio.CancelledError), outcome
