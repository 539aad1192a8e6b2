"""P12: bad input never breaks anything, and what is refused changes nothing: every operation of the merged document."""

import random
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import httpx
import pytest
from tests.support.access import ROWS, Operation, Row
from tests.support.belongings import Owner, Things, filled
from tests.support.fuzzing import TODOIST, VIKUNJA, Place, Request, as_csv
from tests.support.people import Person
from tests.support.promises import FULL, Measured, size
from tests.support.system import Another, System

pytestmark = [pytest.mark.promise("P12"), pytest.mark.timeout(1800)]

# For each operation; there are about fifty.
CASES = size(quick=6, full=1000)
# Whoever is wrong about a password too often has to wait: then somebody else goes on.
_CASES_EACH = 50
_IMPORT = ("POST", "/todos/import")
# So many in a row are refused before it is looked at whether anything has changed.
_LOOK_AFTER = 10


@dataclass
class Fuzzer:
    """One who asks nonsense, each time from another address."""

    system: System
    door: httpx.AsyncClient
    browser: httpx.AsyncClient
    document: dict[str, Any]
    numbers: Iterator[int]

    async def somebody(self) -> Owner:
        person = Person(self.browser, self.system.wiring.cookie_name)
        await person.register()
        return Owner(person, self.door, self.system.wiring.app_url)

    def address(self) -> dict[str, str]:
        number = next(self.numbers)
        return {"X-Forwarded-For": f"2001:db8:{number >> 16 & 0xFFFF:x}:{number & 0xFFFF:x}::1"}

    def place(self, operation: Operation, row: Row, things: Things) -> Place:
        method, path = operation
        described = self.document["paths"][path][method.lower()]
        parameters = described.get("parameters", [])
        good = Request(
            method,
            filled(path, things),
            query=list(filled(dict(row.query), things).items()),
            body=filled(row.body, things),
        )
        return Place(
            path,
            good,
            parameters=[each["name"] for each in parameters if each["in"] == "query"],
            headers=[each["name"] for each in parameters if each["in"] == "header"],
            takes_body="requestBody" in described,
            choices={each["name"]: choices for each in parameters if (choices := choices_of(each["schema"]))},
            others=files_of_others(good) if operation == _IMPORT else (),
        )

    async def send(self, request: Request, headers: dict[str, str]) -> httpx.Response:
        """Its answer; of a stream only the beginning."""
        common = {"Content-Type": "application/json"} if request.content is not None else {}
        built = self.door.build_request(
            request.method,
            request.target,
            content=request.content,
            headers={**common, **headers, **request.headers, **self.address()},
        )
        answer = await self.door.send(built, stream=True)
        try:
            if not answer.headers.get("content-type", "").startswith("text/event-stream"):
                await answer.aread()
        finally:
            await answer.aclose()
        return answer


def choices_of(schema: dict[str, Any]) -> list[str]:
    """All that is allowed, if that can be told one by one."""
    return [value for each in (schema, *schema.get("anyOf", ())) for value in each.get("enum", ())]


def files_of_others(good: Request) -> list[Request]:
    return [
        replace(good, query=[("format", "todoist")], body=TODOIST, write=as_csv),
        replace(good, query=[("format", "vikunja")], body=VIKUNJA),
    ]


@pytest.fixture(scope="module")
async def another(system: System) -> AsyncIterator[Another]:
    """A gateway that believes whoever says where they come from."""
    limits = {f"GATEWAY_LIMITS__{name}": "1000000/60" for name in ("RESET", "PROGRAM")}
    async with system.another("gateway", GATEWAY_TRUSTED_HOPS="1", **limits) as another:
        yield another


@pytest.fixture(scope="module")
async def fuzzer(system: System, another: Another) -> AsyncIterator[Fuzzer]:
    async with (
        httpx.AsyncClient(base_url=another.url, timeout=60) as door,
        httpx.AsyncClient(base_url=another.url, headers={"Origin": system.wiring.app_url}, timeout=60) as browser,
    ):
        document = (await door.get("/openapi.json")).json()
        yield Fuzzer(system, door, browser, document, count(secrets.randbits(24)))


@dataclass
class Round:
    """Some cases with one owner, who knows at each moment what they have."""

    fuzzer: Fuzzer
    owner: Owner
    operation: Operation
    row: Row
    answers: Counter[int]
    formats: Counter[str]
    # Good until something is done with it: a session for each case would be more than one page of them.
    cookie: str = ""

    async def play(self, dice: random.Random, cases: int) -> None:
        place, known, unseen = await self._place(), await self.owner.belongings(), 0
        for _ in range(cases):
            request = place.spoiled(dice)
            answer = await self.fuzzer.send(request, await self._headers())
            self.answers[answer.status_code] += 1
            self.formats[dict(request.query).get("format", "")] += 1
            assert_clean(self.fuzzer.document, self.operation, place, request, answer)
            if answer.is_success or answer.status_code == 401:
                self.cookie = ""
            if answer.is_success and request.method != "GET":
                if self.row.drastic:
                    return  # that was all there was of this account
                place, known, unseen = await self._place(), await self.owner.belongings(), 0
                continue
            unseen += 1
            if unseen == _LOOK_AFTER:
                unseen = 0
                assert unchanged(known, await self.owner.belongings()), request
        assert unchanged(known, await self.owner.belongings())

    async def _place(self) -> Place:
        return self.fuzzer.place(self.operation, self.row, await self.owner.make(self.row.thing))

    async def _headers(self) -> dict[str, str]:
        if self.row.key == "cookie":
            if not self.cookie:
                session = await self.owner.person.sign_in()
                self.cookie = f"{self.fuzzer.system.wiring.cookie_name}={session.refresh_token}"
            return {"Cookie": self.cookie, "Origin": self.fuzzer.system.wiring.app_url}
        return {} if self.row.key == "nothing" else await self.owner.person.bearer()


def unchanged(before: Things, after: Things) -> bool:
    """One session more is no harm: the owner has signed in again."""
    sessions = [{each["id"] for each in seen["/auth/sessions"]["items"]} for seen in (before, after)]
    return sessions[0] <= sessions[1] and all(
        before[path] == after[path] for path in before if path != "/auth/sessions"
    )


def assert_clean(
    document: dict[str, Any], operation: Operation, place: Place, request: Request, answer: httpx.Response
) -> None:
    told = (operation, request.target, dict(request.headers), (request.content or b"")[:500], answer.status_code)
    # 503 is what a machine says that is busy, and no fault of the input.
    assert answer.status_code < 500 or answer.status_code == 503, (*told, answer.text[:500])
    assert answer.headers["x-request-id"], told
    if not answer.is_success and answer.status_code != 304:
        assert answer.headers["content-type"] == "application/problem+json", told
        assert answer.json()["status"] == answer.status_code, told
    # A spoiled path may be that of another operation, or of none.
    if request.path == place.good.path:
        assert str(answer.status_code) in document["paths"][operation[1]][operation[0].lower()]["responses"], told


class TestBadInput:
    @pytest.mark.parametrize("operation", ROWS, ids=" ".join)
    async def test_breaks_nothing_and_changes_nothing(
        self, fuzzer: Fuzzer, operation: Operation, measured: Measured
    ) -> None:
        row, dice = ROWS[operation], random.Random(" ".join(operation))  # noqa: S311 (dice)
        answers, formats = Counter[int](), Counter[str]()
        while (left := CASES - answers.total()) > 0:
            round_ = Round(fuzzer, await fuzzer.somebody(), operation, row, answers, formats)
            await round_.play(dice, min(left, _CASES_EACH))
        measured |= {"cases": answers.total(), "answers": {str(status): times for status, times in answers.items()}}
        print(f"\n{' '.join(operation)}: {dict(answers)}")  # noqa: T201
        # The input was bad indeed, where any can be.
        assert set(answers) - {200, 201, 202, 204, 304} or not (row.body or row.query or "{" in operation[1])
        if operation == _IMPORT and FULL:
            assert min(formats["todoist"], formats["vikunja"]) > 100
