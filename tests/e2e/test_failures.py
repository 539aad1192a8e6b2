"""What still works while a part of the system does not answer."""

import asyncio
import os
import time

import asyncpg
import httpx
from tests.e2e.conftest import OpenBrowser, Paused, Person


async def has_owner_row(user_id: str) -> bool:
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    try:
        found = await connection.fetchval("select true from todos.streams where owner_id = $1", user_id)
    finally:
        await connection.close()
    return bool(found)


async def eventually_has_owner_row(user_id: str, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not await has_owner_row(user_id):  # noqa: ASYNC110 (another process writes the row)
            await asyncio.sleep(0.1)


async def ten_lists(person: Person) -> tuple[float, list[httpx.Response]]:
    started = time.perf_counter()
    answers = [await person.browser.get("/todos") for _ in range(10)]
    return time.perf_counter() - started, answers


class TestWithoutAuth:
    async def test_todos_are_served(self, ada: Person, paused: Paused) -> None:
        await ada.add("Before")

        with paused("auth-api", "auth-worker"):
            await ada.add("Meanwhile")
            assert await ada.titles() == {"Before", "Meanwhile"}


class TestWithoutRabbitMQ:
    async def test_people_register_and_the_event_arrives_when_it_is_back(
        self, open_browser: OpenBrowser, paused: Paused
    ) -> None:
        person = Person(open_browser())

        with paused("rabbitmq"):
            registered = await person.register()
            assert registered.status_code == 201
            user_id = registered.json()["user"]["id"]
            assert not await has_owner_row(user_id)

        await eventually_has_owner_row(user_id, 120)


class TestWithoutRedis:
    async def test_requests_are_served_hardly_later(self, ada: Person, paused: Paused) -> None:
        await ada.add("Before")
        usual, _ = await ten_lists(ada)

        with paused("redis"):
            seconds, answers = await ten_lists(ada)

        assert {answer.status_code for answer in answers} == {200}
        # The first one waits until Redis is given up; no other does.
        assert seconds < 3 * usual + 1
        assert "r=" in answers[-1].headers["ratelimit"]


class TestWithoutPostgres:
    async def test_the_answer_is_503_and_soon_and_the_system_recovers(self, ada: Person, paused: Paused) -> None:
        with paused("postgres"):
            started = time.perf_counter()
            answer = await ada.browser.get("/todos")
            seconds = time.perf_counter() - started

        assert answer.status_code in {503, 504}
        assert answer.headers["content-type"] == "application/problem+json"
        assert seconds < 15
        async with asyncio.timeout(60):
            while (await ada.browser.get("/todos")).status_code != 200:  # noqa: ASYNC110 (pools heal on use)
                await asyncio.sleep(0.2)
