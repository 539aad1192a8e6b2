"""P23: nobody gets at what is somebody else's, by any operation there is, through the door everybody uses."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.promises.conftest import Doors
from tests.support.access import ROWS, Operation, Row
from tests.support.belongings import Owner, Things, filled
from tests.support.people import Person, SignedIn
from tests.support.promises import Measured, size
from tests.support.signing import auth_itself
from tests.support.system import System
from tests.support.tokens import FORGERIES, Issuer, signed_by_another_key

from gateway.hygiene import METHODS

pytestmark = [pytest.mark.promise("P23"), pytest.mark.timeout(1800)]

_AT_ONCE = 10
_PROGRAMS = ("todos:read", "todos:write")

NewOwner = Callable[[], Awaitable[Owner]]


@dataclass(frozen=True)
class Answer:
    status: int
    text: str

    @property
    def slug(self) -> str:
        return self.text.partition('"urn:problem:')[2].partition('"')[0]


@dataclass
class Cast:
    """Who takes part: an owner, a stranger, and every token that opens nothing."""

    new: NewOwner
    owner: Owner
    stranger: Owner
    issuer: Issuer
    ended: SignedIn
    programs: Mapping[str, str]


@pytest.fixture(scope="module")
async def cast(system: System, doors: Doors) -> AsyncIterator[Cast]:
    async with httpx.AsyncClient(
        base_url=system.url("gateway"), headers={"Origin": system.wiring.app_url}, timeout=60
    ) as browser:

        async def new() -> Owner:
            person = Person(browser, system.wiring.cookie_name)
            await person.register()
            owner = Owner(person, doors.gateway, system.wiring.app_url)
            await owner.ask("PATCH", "/auth/me", {"display_name": owner.mark})
            return owner

        owner, stranger = await new(), await new()
        ended = await owner.person.sign_in()
        await owner.person.sign_out(ended)
        programs = {scope: await owner.program(scope) for scope in _PROGRAMS}
        issuer = await auth_itself(system, await owner.person.sign_in())
        yield Cast(new, owner, stranger, issuer, ended, programs)


async def send(
    door: httpx.AsyncClient, operation: Operation, row: Row, things: Things, headers: Mapping[str, str]
) -> Answer:
    """The request of the row. Of a stream, its beginning."""
    method, path = operation
    request = door.build_request(
        method,
        filled(path, things),
        params=filled(dict(row.query), things),
        json=filled(row.body, things),
        headers=dict(headers),
    )
    answer = await door.send(request, stream=True)
    try:
        if answer.headers.get("content-type", "").startswith("text/event-stream"):
            return Answer(answer.status_code, await anext(answer.aiter_text()))
        return Answer(answer.status_code, (await answer.aread()).decode())
    finally:
        await answer.aclose()


def shown(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


# P10 brings every forgery to every verifier. A quick run brings each to some operations, and some to each.
_EVERY = size(quick=8, full=1)


def keys_that_do_not_fit(cast: Cast, operation: Operation, row: Row) -> dict[str, tuple[str, int]]:
    """Tokens by what is wrong with them, and what they are answered with."""
    user_id, place = uuid4(), list(ROWS).index(operation)
    wrong = {forge.__name__: (forge(cast.issuer, user_id), 401) for forge in FORGERIES[place % _EVERY :: _EVERY]}
    wrong |= {"of an ended session": (cast.ended.access_token, 401), "nonsense": ("nonsense", 401)}
    for scope, token in cast.programs.items():
        if scope != row.key:
            wrong[f"of a program that may {scope}"] = (token, 403)
    return wrong


def assert_untouched(before: Things, after: Things) -> None:
    """One session more is no harm: the owner has signed in again."""
    before, after = dict(before), dict(after)
    assert _ids(before.pop("/auth/sessions")) <= _ids(after.pop("/auth/sessions"))
    assert after == before


def todos_of(belongings: Things) -> Things:
    """Without the account: there may be a session more, whatever was asked for."""
    return {path: seen for path, seen in belongings.items() if path.startswith("/todos/")}


def _ids(page: Any) -> set[str]:
    return {each["id"] for each in page["items"]}


@pytest.fixture
def door(doors: Doors) -> httpx.AsyncClient:
    return doors.gateway


class TestTheTable:
    async def test_has_a_row_for_every_operation(self, door: httpx.AsyncClient) -> None:
        document = (await door.get("/openapi.json")).json()
        documented = {
            (method.upper(), path): operation
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if method.upper() in METHODS
        }
        assert documented.keys() == ROWS.keys()
        asked = {"nothing": None, "cookie": "RefreshCookie"}
        for operation, row in ROWS.items():
            ways = documented[operation].get("security", [])
            # What may as well be left out is not asked for.
            schemes = [] if {} in ways else [name for each in ways for name in each]
            assert schemes == [name for name in [asked.get(row.key, "HTTPBearer")] if name], operation


_WITH_TOKEN = {operation: row for operation, row in ROWS.items() if row.key not in {"nothing", "cookie"}}


class TestTheMatrix:
    def test_has_a_thousand_cases_in_full_size(self) -> None:
        besides = ("nobody", "an ended session", "nonsense", "a program that may not", "a stranger")
        assert len(_WITH_TOKEN) * (len(FORGERIES) + len(besides)) >= 1000


def rows(chosen: Mapping[Operation, Row]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", chosen, ids=" ".join)


class TestTokens:
    @rows(_WITH_TOKEN)
    async def test_that_do_not_fit_open_nothing(
        self, cast: Cast, door: httpx.AsyncClient, operation: Operation, measured: Measured
    ) -> None:
        row = ROWS[operation]
        owner = await cast.new() if row.drastic else cast.owner
        things = await owner.make(row.thing)
        before = await owner.belongings()
        room = asyncio.Semaphore(_AT_ONCE)

        async def refused(what: str, token: str | None, status: int) -> None:
            async with room:
                answer = await send(door, operation, row, things, shown(token) if token else {})
            slug = "unauthenticated" if status == 401 else "insufficient-scope"
            assert (answer.status, answer.slug) == (status, slug), (what, answer)
            assert owner.mark not in answer.text, what

        wrong = {"nobody": (None, 401), **keys_that_do_not_fit(cast, operation, row)}
        await asyncio.gather(*(refused(what, token, status) for what, (token, status) in wrong.items()))
        assert_untouched(before, await owner.belongings())
        measured |= {"cases": len(wrong)}


class TestStrangers:
    @rows(_WITH_TOKEN)
    async def test_get_at_nothing_that_is_somebody_elses(
        self, cast: Cast, door: httpx.AsyncClient, operation: Operation, measured: Measured
    ) -> None:
        row = ROWS[operation]
        owner, stranger = (await cast.new(), await cast.new()) if row.drastic else (cast.owner, cast.stranger)
        things, bearer = await owner.make(row.thing), await stranger.person.bearer()
        before = await owner.belongings()

        answer = await send(door, operation, row, things, bearer)

        measured |= {"cases": 1, "answered": answer.status}
        assert answer.status in (row.stranger or row.ok), answer
        assert owner.mark not in answer.text
        assert_untouched(before, await owner.belongings())
        if row.stranger == frozenset({404}):
            nobodys = {name: str(uuid4()) if name.endswith("_id") else value for name, value in things.items()}
            there_is_none = await send(door, operation, row, nobodys, bearer)
            # Whether it exists cannot be told either.
            assert (there_is_none.status, there_is_none.slug) == (answer.status, answer.slug)

        # The control: it is the same request that works for its owner.
        own = await send(door, operation, row, things, await owner.person.bearer())
        assert own.status in row.ok, own
        assert own.slug not in {"unauthenticated", "insufficient-scope"}
        if row.key == "todos:write":
            # And it does something: one that changes nothing for anybody would prove nothing above.
            assert todos_of(await owner.belongings()) != todos_of(before)


class TestCookies:
    @rows({operation: row for operation, row in ROWS.items() if row.key == "cookie"})
    async def test_are_the_only_thing_that_counts_and_only_from_our_own_page(
        self, cast: Cast, door: httpx.AsyncClient, system: System, operation: Operation
    ) -> None:
        row, owner = ROWS[operation], await cast.new()
        session = await owner.person.sign_in()
        ours = {"Origin": system.wiring.app_url}
        cookie = {"Cookie": f"{system.wiring.cookie_name}={session.refresh_token}"}
        refused = 401 if operation[1] == "/auth/refresh" else 204

        token_only = await send(door, operation, row, {}, ours | session.bearer)
        elsewhere = await send(door, operation, row, {}, cookie | {"Origin": "https://attacker.example"})
        altered = await send(door, operation, row, {}, ours | {"Cookie": f"{system.wiring.cookie_name}=nonsense"})

        assert (token_only.status, token_only.text) == (204, "")
        assert altered.status == refused
        assert (elsewhere.status, elsewhere.slug) == (403, "origin-not-allowed")
        assert (await door.get("/auth/me", headers=session.bearer)).status_code == 200
        own = await send(door, operation, row, {}, ours | cookie)
        assert own.status in row.ok, own


class TestWhatIsOpenToAll:
    @rows({operation: row for operation, row in ROWS.items() if row.key == "nothing"})
    async def test_says_the_same_whoever_asks_and_nothing_of_anybody_else(
        self, cast: Cast, door: httpx.AsyncClient, operation: Operation
    ) -> None:
        row = ROWS[operation]
        things = await cast.owner.make(row.thing)
        before = await cast.owner.belongings()
        forged = signed_by_another_key(cast.issuer, uuid4())
        strangers = await cast.stranger.person.bearer()
        for headers, ok in (({}, row.ok), (shown(forged), {401} if row.reads_token else row.ok), (strangers, row.ok)):
            answer = await send(door, operation, row, things, headers)
            assert answer.status in ok, answer
            assert cast.stranger.mark not in answer.text
        assert_untouched(before, await cast.owner.belongings())
