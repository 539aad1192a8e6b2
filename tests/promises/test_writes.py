"""P6 and P7: a version is overwritten once, and what is sent again acts once."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from tests.promises.conftest import Doors
from tests.support.faults import FaultProxy, faults_before
from tests.support.people import Person
from tests.support.promises import Measured, size
from tests.support.system import System

RIVALS = 200
REQUESTS = size(quick=60, full=10_000)

Ask = Callable[[], Awaitable[httpx.Response]]


async def patiently(ask: Ask) -> httpx.Response:
    """As every client does: a 503 says when to come again."""
    while True:
        answer = await ask()
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            return answer
        await asyncio.sleep(float(answer.headers["retry-after"]) * random.uniform(0.1, 1))  # noqa: S311 (jitter)


@pytest.mark.promise("P6")
class TestOptimisticLocking:
    @pytest.mark.timeout(900)
    @pytest.mark.parametrize("form", ["version", "if-match"])
    async def test_lets_one_of_many_rivals_win(self, doors: Doors, ada: Person, measured: Measured, form: str) -> None:
        session = await ada.sign_in()
        made = await doors.todos.post("/todos", json={"title": "Water the plants"}, headers=session.bearer)
        path = f"/todos/{made.json()['id']}"

        def put(rival: int) -> Ask:
            body: dict[str, Any] = {"title": f"Rival {rival}"}
            headers = dict(session.bearer)
            if form == "version":
                body["version"] = 1
            else:
                headers["If-Match"] = '"v1"'
            return lambda: doors.todos.put(path, json=body, headers=headers)

        answers = await asyncio.gather(*(patiently(put(rival)) for rival in range(RIVALS)))

        lost = 409 if form == "version" else 412
        statuses = Counter(answer.status_code for answer in answers)
        measured |= {f"status_{status}": count for status, count in statuses.items()}
        assert statuses == {200: 1, lost: RIVALS - 1}
        winner = next(answer.json() for answer in answers if answer.status_code == 200)
        stored = (await doors.todos.get(path, headers=session.bearer)).json()
        assert stored == winner
        assert stored["version"] == 2
        assert {answer.json()["current"]["title"] for answer in answers if answer.status_code == lost} == {
            winner["title"]
        }

    async def test_asks_whoever_names_no_version_for_one(self, doors: Doors, ada: Person) -> None:
        session = await ada.sign_in()
        made = await doors.todos.post("/todos", json={"title": "Water the plants"}, headers=session.bearer)

        answer = await doors.todos.put(f"/todos/{made.json()['id']}", json={"title": "x"}, headers=session.bearer)

        assert answer.status_code == 428


Bearer = Mapping[str, str]
Send = Callable[[httpx.AsyncClient, Bearer, str], Coroutine[None, None, httpx.Response]]


async def send_with_a_key(door: httpx.AsyncClient, bearer: Bearer, name: str) -> httpx.Response:
    return await door.post("/todos", json={"title": name}, headers={**bearer, "Idempotency-Key": name})


async def send_with_an_id(door: httpx.AsyncClient, bearer: Bearer, name: str) -> httpx.Response:
    return await door.post("/todos", json={"title": name, "id": name}, headers=bearer)


async def send_as_an_operation(door: httpx.AsyncClient, bearer: Bearer, name: str) -> httpx.Response:
    changes = {"title": {"from": None, "to": name}}
    said = {"op_id": name, "todo_id": name, "kind": "create", "changes": changes}
    return await door.post("/sync/operations", json={"operations": [said]}, headers=bearer)


@pytest.fixture
async def bad_road(system: System) -> AsyncIterator[FaultProxy]:
    """The way to todos, on which answers get lost."""
    address = urlsplit(system.url("todos-api"))
    async with faults_before(str(address.hostname), int(address.port or 0)) as proxy:
        yield proxy


async def send_until_answered(road: FaultProxy, person: Person, send: Send, name: str, *, cuts: int) -> int:
    """How often it was sent. The first ones are cut off, sooner or later, wherever they are then."""
    for attempt in range(1, 100):
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{road.port}", timeout=60) as door:
            sending = asyncio.create_task(send(door, await person.bearer(), name))
            if attempt <= cuts:
                await asyncio.wait([sending], timeout=random.uniform(0, 0.05))  # noqa: S311 (chance, not a secret)
                road.cut()
            try:
                answer = await sending
            except httpx.TransportError:
                continue  # lost on the way there, or on the way back: nobody can tell
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            assert answer.is_success, answer.text
            if attempt > cuts:
                return attempt
    raise AssertionError("never answered")


async def titles(door: httpx.AsyncClient, person: Person) -> Sequence[str]:
    found: list[str] = []
    query: dict[str, str] = {"limit": "200"}
    while True:
        page = (await door.get("/todos", params=query, headers=await person.bearer())).json()
        found += [todo["title"] for todo in page["items"]]
        if not page["next_cursor"]:
            return found
        query["cursor"] = page["next_cursor"]


@pytest.mark.promise("P7")
class TestSendingAgain:
    @pytest.mark.timeout(1800)
    @pytest.mark.parametrize("send", [send_with_a_key, send_with_an_id, send_as_an_operation])
    async def test_acts_once(
        self, *, doors: Doors, bad_road: FaultProxy, ada: Person, measured: Measured, send: Send
    ) -> None:
        names = [str(uuid4()) for _ in range(REQUESTS // 3)]
        left, sent = iter(names), list[int]()

        async def send_all() -> None:
            for name in left:
                cuts = random.randrange(5)  # noqa: S311 (chance, not a secret)
                sent.append(await send_until_answered(bad_road, ada, send, name, cuts=cuts))

        await asyncio.gather(*(send_all() for _ in range(8)))

        measured |= {"requests": len(names), "sent": sum(sent)}
        assert sum(sent) > len(names)
        assert sorted(await titles(doors.todos, ada)) == sorted(names)

    async def test_of_something_else_under_the_same_key_is_refused(self, doors: Doors, ada: Person) -> None:
        headers = {**await ada.bearer(), "Idempotency-Key": "the-same"}
        await doors.todos.post("/todos", json={"title": "Water the plants"}, headers=headers)

        answer = await doors.todos.post("/todos", json={"title": "Feed the cat"}, headers=headers)

        assert answer.status_code == 422
        assert answer.json()["type"] == "urn:problem:idempotency-key-reused"
