"""What somebody is told whose body does not make a todo."""

from typing import Any

import httpx
import pytest
from services.todos.tests.support import slug


class TestCreateTodo:
    @pytest.mark.parametrize(
        "body, pointers",
        [
            ({"title": "   "}, ["#/title"]),
            ({"title": "a\x00b"}, ["#/title"]),
            ({}, ["#/title"]),
            ({"title": "x", "done": True}, ["#/done"]),
            ({"title": "x", "due": {"date": "2026-02-30"}}, ["#/due/date"]),
            ({"title": "x", "tags": ["ok", ""]}, ["#/tags/1"]),
            ({"title": "", "priority": "urgent"}, ["#/title", "#/priority"]),
        ],
        ids=repr,
    )
    async def test_points_at_each_invalid_field(
        self, client: httpx.AsyncClient, body: dict[str, Any], pointers: list[str]
    ) -> None:
        response = await client.post("/todos", json=body)

        assert response.status_code == 422
        assert slug(response) == "invalid-request"
        assert [error["pointer"] for error in response.json()["errors"]] == pointers

    @pytest.mark.parametrize(
        "body, pointer, said",
        [
            ({"title": "a\nb"}, "#/title", "must not contain line breaks or control characters"),
            ({"title": 5}, "#/title", "must be a text"),
            ({}, "#/title", "is missing"),
            ({"title": "x", "done": True}, "#/done", "is not known here"),
            ([], "#", "must be an object"),
        ],
        ids=repr,
    )
    async def test_says_what_is_wrong_in_words_for_people(
        self, client: httpx.AsyncClient, body: Any, pointer: str, said: str
    ) -> None:
        response = await client.post("/todos", json=body)

        assert response.json()["errors"] == [{"pointer": pointer, "detail": said}]

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
    async def test_asks_for_the_content_type_where_it_is_another_one(
        self, client: httpx.AsyncClient, kind: str
    ) -> None:
        response = await client.post("/todos", content=b'{"title": "x"}', headers={"Content-Type": kind})

        assert (response.status_code, slug(response)) == (415, "json-required")

    @pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, b'{"title": ' + b"9" * 5_000 + b"}"])
    async def test_says_that_a_body_is_no_json(self, client: httpx.AsyncClient, body: bytes) -> None:
        response = await client.post("/todos", content=body, headers={"Content-Type": "application/json"})

        assert (response.status_code, response.json()["detail"]) == (400, "The body is not JSON that can be read")

    @pytest.mark.parametrize(
        "body, status",
        [
            (b'{"title": ', 400),
            (b"\xff\xfe", 400),
            (b'{"title": "\\ud800"}', 422),
            (b'{"title": "x", "\\ud800": 1}', 422),
            (b'{"title": NaN}', 422),
            (b'{"title": "x", "position": "a\\u0000"}', 422),
            (b"[" * 5_000, 400),
            (b"null", 422),
            (b'"x"', 422),
            (b"", 422),
        ],
        ids=lambda value: str(value)[:24],
    )
    async def test_refuses_what_is_not_a_json_object_of_ours(
        self, client: httpx.AsyncClient, body: bytes, status: int
    ) -> None:
        response = await client.post("/todos", content=body, headers={"Content-Type": "application/json"})

        assert response.status_code == status, response.text
        assert slug(response) in {"bad-request", "invalid-request"}
