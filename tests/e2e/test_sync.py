"""Two devices of one person keep up with each other, through the gateway."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.e2e.conftest import OpenBrowser, Person

_WITHIN_SECONDS = 30


async def next_event(lines: AsyncIterator[str]) -> tuple[str, Any]:
    """The next one that is not a heartbeat."""
    name = ""
    async with asyncio.timeout(_WITHIN_SECONDS):
        async for line in lines:
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            if line.startswith("data: "):
                return name, json.loads(line.removeprefix("data: "))
    raise AssertionError("The stream ended without a word")


@asynccontextmanager
async def listening(browser: httpx.AsyncClient) -> AsyncIterator[AsyncIterator[str]]:
    async with browser.stream("GET", "/sync/stream") as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"] == "text/event-stream"
        yield answer.aiter_lines()


@pytest.fixture
async def laptop(ada: Person, open_browser: OpenBrowser) -> Person:
    """Another device of the same person."""
    laptop = Person(open_browser(), email=ada.email)
    assert (await laptop.sign_in()).status_code == 200
    return laptop


class TestTwoDevices:
    async def test_hear_of_each_other_and_ask_what_it_was(self, ada: Person, laptop: Person) -> None:
        todo_id = str(uuid4())
        create = {
            "op_id": str(uuid4()),
            "todo_id": todo_id,
            "kind": "create",
            "changes": {"title": {"from": None, "to": "Water the plants"}},
        }
        before = (await laptop.browser.get("/sync/changes")).json()
        async with listening(laptop.browser) as lines:
            assert await next_event(lines) == ("head", {"epoch": before["epoch"], "head": before["head"]})
            sent = await ada.browser.post("/sync/operations", json={"operations": [create]})
            name, told = await next_event(lines)
        after = (await laptop.browser.get("/sync/changes", params={"cursor": before["cursor"]})).json()

        assert sent.json()["results"][0]["outcome"] == "applied"
        assert (name, told["head"]) == ("head", sent.json()["head"])
        assert [todo["id"] for todo in after["changes"]] == [todo_id]

    async def test_stop_hearing_when_they_are_signed_out(self, ada: Person, laptop: Person) -> None:
        async with listening(laptop.browser) as lines:
            await next_event(lines)
            assert (await ada.browser.delete("/auth/sessions")).status_code == 204

            assert await next_event(lines) == ("end", {"reason": "revoked"})
