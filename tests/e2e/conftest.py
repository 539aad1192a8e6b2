"""The running system, as a stranger meets it: through the gateway, with nothing but its address.

`daybook up -- pytest tests/e2e` brings it up and says in the environment where it is.
"""

import json
import os
import secrets
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

PASSWORD = "seven teal otters juggle"


@dataclass
class Person:
    """Somebody at a browser of their own. `browser` keeps cookies and the access token."""

    browser: httpx.AsyncClient
    email: str = field(default_factory=lambda: f"{secrets.token_hex(8)}@people.example")

    async def register(self) -> httpx.Response:
        answer = await self.browser.post("/auth/register", json={"email": self.email, "password": PASSWORD})
        return self._remember(answer)

    async def sign_in(self, password: str = PASSWORD) -> httpx.Response:
        answer = await self.browser.post("/auth/login", json={"email": self.email, "password": password})
        return self._remember(answer)

    def _remember(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_success:
            self.browser.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return answer

    async def add(self, title: str) -> dict[str, object]:
        answer = await self.browser.post("/todos", json={"title": title})
        assert answer.status_code == 201, answer.text
        todo: dict[str, object] = answer.json()
        return todo

    async def titles(self) -> set[str]:
        answer = await self.browser.get("/todos")
        assert answer.status_code == 200, answer.text
        return {todo["title"] for todo in answer.json()["items"]}


@pytest.fixture(scope="session")
def api_url() -> str:
    return os.environ["DAYBOOK_API_URL"]


@pytest.fixture(scope="session")
def app_url() -> str:
    return os.environ["DAYBOOK_APP_URL"]


OpenBrowser = Callable[[], httpx.AsyncClient]


@pytest.fixture
async def open_browser(api_url: str, app_url: str) -> AsyncIterator[OpenBrowser]:
    opened: list[httpx.AsyncClient] = []

    def open_one() -> httpx.AsyncClient:
        opened.append(httpx.AsyncClient(base_url=api_url, headers={"Origin": app_url}, timeout=60))
        return opened[-1]

    yield open_one
    for each in opened:
        await each.aclose()


@pytest.fixture
async def ada(open_browser: OpenBrowser) -> Person:
    person = Person(open_browser())
    assert (await person.register()).status_code == 201
    return person


@pytest.fixture
async def bob(open_browser: OpenBrowser) -> Person:
    person = Person(open_browser())
    assert (await person.register()).status_code == 201
    return person


Paused = Callable[..., AbstractContextManager[None]]


@pytest.fixture(scope="session")
def paused() -> Paused:
    """Stop processes of the system by name for as long as a block lasts: they neither answer nor close anything."""
    state = os.environ.get("DAYBOOK_STATE")
    if state is None:
        pytest.skip("only processes of the local stack can be stopped, and what is looked at here is another system")
    record = json.loads((Path(state) / "run.json").read_text())
    pids = {process["name"]: process["identity"]["pid"] for process in record["processes"]}

    @contextmanager
    def pause(*names: str) -> Iterator[None]:
        if others := set(names) - pids.keys():
            pytest.skip(f"{', '.join(sorted(others))}: given by its URL, and not ours to stop")
        # Postgres answers from children of its own.
        stopped = [pid for name in names for pid in (pids[name], *_descendants(pids[name]))]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)

    return pause


def _descendants(pid: int) -> list[int]:
    children = [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in _children_of(task)]
    return [each for child in children for each in (child, *_descendants(child))]


def _children_of(task: Path) -> list[str]:
    return (task / "children").read_text().split()
