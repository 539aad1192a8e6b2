"""One request has one id, in the answer and in every line that any process writes about it."""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.support.people import PASSWORD, Person
from tests.support.system import System

PROCESSES = ("gateway", "auth-api", "todos-api")
# A line is written once the answer is out.
_WITHIN_SECONDS = 60


def lines_of(system: System, name: str, *, after: int = 0) -> Sequence[Mapping[str, Any]]:
    return [json.loads(line) for line in system.log(name)[after:].splitlines() if line.startswith("{")]


async def lines_about(system: System, request_id: str, *names: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """By process, once each of these has said how the request went."""
    async with asyncio.timeout(_WITHIN_SECONDS):
        while True:
            about = {
                name: [line for line in lines_of(system, name) if line.get("request_id") == request_id]
                for name in PROCESSES
            }
            if all(any(line["event"] == "request" for line in about[name]) for name in names):
                return about
            await asyncio.sleep(0.05)


def a_request_id() -> str:
    return f"test-{uuid4().hex}"


class TestRequestId:
    @pytest.mark.parametrize(
        "path, body, status",
        [
            ("/auth/login", {"password": PASSWORD}, 200),
            ("/auth/login", {"password": "not the one that was chosen"}, 401),
            ("/todos", {"title": "Water the plants"}, 201),
            ("/todos", {"title": ""}, 422),
        ],
    )
    async def test_is_in_the_answer_and_in_every_line(
        self, system: System, ada: Person, path: str, body: dict[str, str], status: int
    ) -> None:
        bearer = await ada.bearer()
        service = "auth-api" if path.startswith("/auth/") else "todos-api"
        if service == "auth-api":
            body = {"email": ada.email, **body}
        before = {name: len(system.log(name)) for name in PROCESSES}
        request_id = a_request_id()

        answer = await ada.browser.post(path, json=body, headers={**bearer, "X-Request-Id": request_id})
        about = await lines_about(system, request_id, "gateway", service)

        assert (answer.status_code, answer.headers["x-request-id"]) == (status, request_id)
        assert {name for name, lines in about.items() if lines} == {"gateway", service}
        # One request, one trace; and nothing else that was written meanwhile speaks of a request without saying which.
        assert len({line["trace_id"] for lines in about.values() for line in lines}) == 1
        for name in ("gateway", service):
            written = lines_of(system, name, after=before[name])
            assert all("request_id" in line for line in written if "trace_id" in line or "request" in line["event"])
            assert [line["status"] for line in about[name] if line["event"] == "request"] == [status]

    async def test_is_made_where_the_caller_brings_none(self, system: System, ada: Person) -> None:
        answer = await ada.browser.get("/todos", headers=await ada.bearer())
        about = await lines_about(system, answer.headers["x-request-id"], "gateway", "todos-api")

        assert not about["auth-api"]

    async def test_is_made_anew_where_the_callers_is_not_fit_for_a_log(self, system: System, ada: Person) -> None:
        forged = 'x" event="all is well'

        answer = await ada.browser.get("/todos", headers={**await ada.bearer(), "X-Request-Id": forged})
        about = await lines_about(system, answer.headers["x-request-id"], "gateway", "todos-api")

        assert re.fullmatch(r"[A-Za-z0-9._-]{8,128}", answer.headers["x-request-id"])
        assert not about["auth-api"]
        assert all(forged not in system.log(name) for name in PROCESSES)

    async def test_is_in_the_lines_of_a_request_that_the_gateway_answers_itself(self, system: System) -> None:
        request_id = a_request_id()
        async with httpx.AsyncClient(base_url=system.url("gateway")) as stranger:
            answer = await stranger.get("/todos", headers={"X-Request-Id": request_id})
        about = await lines_about(system, request_id, "gateway")

        assert (answer.status_code, answer.headers["x-request-id"]) == (401, request_id)
        assert {name for name, lines in about.items() if lines} == {"gateway"}
