from urllib.parse import urlsplit

import httpx
import icalendar
import pytest
from fastapi import FastAPI
from services.todos.tests.support import AddTodo, SignIn, execute, rows, slug

from chassis.database import Database
from todos_service.calendars.links import Secret


async def make(client: httpx.AsyncClient) -> str:
    """The path of a new link."""
    response = await client.post("/todos/calendar")
    assert response.status_code == 201, response.text
    return str(urlsplit(response.json()["url"]).path)


def titles(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [str(each["SUMMARY"]) for each in icalendar.Calendar.from_ical(response.content).walk("VEVENT")]


@pytest.fixture
async def reader(app: FastAPI) -> httpx.AsyncClient:
    """A calendar program: nobody is signed in there."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://todos.test", timeout=60)


class TestReadCalendar:
    async def test_shows_what_is_due_and_not_done(
        self, client: httpx.AsyncClient, reader: httpx.AsyncClient, add_todo: AddTodo
    ) -> None:
        await add_todo("later", due={"at": "2999-11-24T08:00:00Z", "zone": "Europe/Berlin"})
        await add_todo("sooner", due={"date": "2999-11-23"})
        await add_todo("some day")
        await add_todo("done", due={"date": "2999-11-23"}, completed=True)
        gone = await add_todo("gone", due={"date": "2999-11-23"})
        await client.request("DELETE", f"/todos/{gone['id']}", json={"version": 1})

        response = await reader.get(await make(client))

        assert titles(response) == ["sooner", "later"]
        assert response.headers["content-type"] == "text/calendar; charset=utf-8"

    async def test_is_written_a_page_at_a_time(
        self,
        client: httpx.AsyncClient,
        reader: httpx.AsyncClient,
        add_todo: AddTodo,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Each todo once, each time zone once and before it is needed, whatever the pages are."""
        recurring = {"rule": "FREQ=WEEKLY", "anchor": "due"}
        for number in range(5):
            due = {"at": f"2999-11-{20 + number // 2}T08:00:00Z", "zone": "Europe/Berlin"}
            await add_todo(str(number), due=due, recurrence=recurring if number % 2 else None)
        path = await make(client)
        whole = await reader.get(path)

        for size in (1, 2, 5, 6):
            monkeypatch.setattr("todos_service.calendars.service._PAGE", size)
            paged = await reader.get(path)
            assert paged.content == whole.content
        assert sorted(titles(whole)) == ["0", "1", "2", "3", "4"]
        assert whole.content.count(b"BEGIN:VTIMEZONE") == 1

    async def test_answers_an_unchanged_calendar_with_304(
        self, client: httpx.AsyncClient, reader: httpx.AsyncClient, add_todo: AddTodo
    ) -> None:
        await add_todo(due={"date": "2999-11-23"})
        path = await make(client)
        etag = (await reader.get(path)).headers["etag"]

        unchanged = await reader.get(path, headers={"If-None-Match": etag})
        await add_todo("new", due={"date": "2999-11-22"})
        changed = await reader.get(path, headers={"If-None-Match": etag})

        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert titles(changed)[0] == "new"

    async def test_needs_the_very_secret(
        self, client: httpx.AsyncClient, reader: httpx.AsyncClient, sign_in: SignIn
    ) -> None:
        path, others = await make(client), await make(sign_in())
        mine, theirs = (Secret.parse(each.removeprefix("/calendar/").removesuffix(".ics")) for each in (path, others))
        assert mine is not None
        assert theirs is not None
        for secret in (Secret(mine.owner_id, theirs.random), Secret.new(mine.owner_id), "x", "%00", f"{mine}A"):
            response = await reader.get(f"/calendar/{secret}.ics")

            assert slug(response) == "calendar-not-found"

    async def test_ends_with_the_account(
        self, client: httpx.AsyncClient, reader: httpx.AsyncClient, database: Database
    ) -> None:
        path = await make(client)
        secret = Secret.parse(path.removeprefix("/calendar/").removesuffix(".ics"))
        assert secret is not None
        await execute(database, "UPDATE streams SET erased_at = now() WHERE owner_id = :owner", owner=secret.owner_id)

        assert slug(await reader.get(path)) == "calendar-not-found"


class TestLink:
    async def test_is_not_what_is_stored(self, client: httpx.AsyncClient, database: Database) -> None:
        path = await make(client)
        secret = Secret.parse(path.removeprefix("/calendar/").removesuffix(".ics"))
        assert secret is not None

        (stored,) = await rows(database, "SELECT * FROM calendars WHERE owner_id = :owner", owner=secret.owner_id)

        assert bytes(stored["secret_hash"]) == secret.hash != secret.random
        assert len(secret.random) == 32

    async def test_leads_to_the_public_address(self, client: httpx.AsyncClient, app: FastAPI) -> None:
        url = (await client.post("/todos/calendar")).json()["url"]

        assert url.startswith(f"{app.state.settings.tokens.issuer}/calendar/")

    async def test_is_replaced_by_a_new_one(self, client: httpx.AsyncClient, reader: httpx.AsyncClient) -> None:
        old, new = await make(client), await make(client)

        assert slug(await reader.get(old)) == "calendar-not-found"
        assert (await reader.get(new)).status_code == 200

    async def test_can_be_revoked(self, client: httpx.AsyncClient, reader: httpx.AsyncClient) -> None:
        path = await make(client)
        assert (await client.get("/todos/calendar")).json()["created_at"] is not None

        answers = [await client.delete("/todos/calendar") for _ in range(2)]

        assert [answer.status_code for answer in answers] == [204, 204]
        assert slug(await reader.get(path)) == "calendar-not-found"
        assert (await client.get("/todos/calendar")).json() == {"created_at": None}

    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
    async def test_is_made_and_revoked_by_who_signed_in_only(self, reader: httpx.AsyncClient, method: str) -> None:
        assert slug(await reader.request(method, "/todos/calendar")) == "unauthenticated"
