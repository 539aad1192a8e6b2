"""Files of Todoist and Vikunja."""

from datetime import UTC, datetime

import httpx
import orjson
import pytest
from services.todos.tests.transfer.routes.files import counts, history, import_


class TestImportTodos:
    async def test_tells_the_projects_of_todoist_apart_by_the_name_that_is_given(
        self, client: httpx.AsyncClient
    ) -> None:
        content = b"TYPE,CONTENT\r\ntask,Water\r\n"
        reports = [
            (await client.post(f"/todos/import?format=todoist{name}", content=content)).json()
            for name in ("", "&name=Garden", "&name=Balcony", "&name=Garden")
        ]

        assert [counts(report) for report in reports] == [(1, 0, 0, 0)] * 3 + [(0, 0, 1, 0)]
        todos = (await client.get("/todos")).json()["items"]
        assert sorted(todo["tags"] for todo in todos) == [[], ["Balcony"], ["Garden"]]

    async def test_brings_in_a_project_of_todoist_once(self, client: httpx.AsyncClient) -> None:
        content = (
            b"TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,DATE,TIMEZONE\r\n"
            b"section,Garden,,,,,\r\n"
            b"task,Water the ferns @green,Twice,1,1,every day,Europe/Berlin\r\n"
            b"task,Feed the cat,,4,2,,\r\n"
        )

        first, second = await import_(client, content, "todoist"), await import_(client, content, "todoist")

        assert (counts(first), counts(second)) == ((2, 0, 0, 0), (0, 0, 2, 0))
        (note,) = first["notes"]
        assert (note["line"], note["reason"]) == (4, "was a sub-task of “Water the ferns”")
        ferns, cat = (await client.get("/todos")).json()["items"]
        assert (ferns["title"], ferns["tags"], ferns["priority"]) == ("Water the ferns", ["green", "Garden"], "high")
        assert ferns["recurrence"] == {"rule": "FREQ=DAILY", "anchor": "due"}
        assert cat["title"] == "Feed the cat"
        assert [change["kind"] for change in await history(client, cat["id"])] == ["import"]

    @pytest.mark.parametrize(
        "source, content",
        [
            ("todoist", b"TYPE,CONTENT\r\ntask,Water the ferns\r\ntask,Feed the cat\r\n"),
            (
                "vikunja",
                b'[{"title":"Home","tasks":[{"id":1,"title":"Water the ferns"},{"id":2,"title":"Feed the cat"}]}]',
            ),
        ],
    )
    async def test_leaves_what_was_changed_since_a_file_came_in_that_tells_no_times(
        self, client: httpx.AsyncClient, source: str, content: bytes
    ) -> None:
        await import_(client, content, source)
        ferns, cat = (await client.get("/todos")).json()["items"]
        ticked_off = (await client.patch(f"/todos/{ferns['id']}/toggle")).json()

        again = await import_(client, content, source)

        assert counts(again) == (0, 0, 2, 0)
        assert (ticked_off["completed"], ticked_off["version"]) == (True, 2)
        assert (await client.get(f"/todos/{ferns['id']}")).json() == ticked_off
        assert (await client.get(f"/todos/{cat['id']}")).json() == cat

    async def test_brings_in_a_dump_of_vikunja_and_what_changed_there_since(self, client: httpx.AsyncClient) -> None:
        task = {"id": 1, "title": "Repot", "updated": "2026-01-01T00:00:00Z", "created": "2026-01-01T00:00:00Z"}
        newer = task | {"title": "Repot the basil", "updated": datetime.now(UTC)}

        first = await import_(client, orjson.dumps([{"id": 1, "title": "Inbox", "tasks": [task]}]), "vikunja")
        second = await import_(client, orjson.dumps([{"id": 1, "title": "Inbox", "tasks": [newer]}]), "vikunja")

        assert (counts(first), counts(second)) == ((1, 0, 0, 0), (0, 1, 0, 0))
        assert [todo["title"] for todo in (await client.get("/todos")).json()["items"]] == ["Repot the basil"]
