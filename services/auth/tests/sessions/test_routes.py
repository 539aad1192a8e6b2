from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from services.auth.tests.support import COOKIE, Person, client_of
from sqlalchemy import select
from structlog.testing import capture_logs

from auth_service.audit.kinds import Kind
from auth_service.audit.models import EntryRow
from auth_service.revocations.models import RevocationRow
from auth_service.sessions.models import SessionRow
from chassis.database import Database


async def revoked(database: Database, person: Person) -> set[UUID | None]:
    """The sessions whose tokens every verifier is told to refuse."""
    async with database.reads() as reads:
        mine = select(RevocationRow.session_id).where(RevocationRow.user_id == person.id)
        return set(await reads.scalars(mine))


async def sessions_of(person: Person) -> list[dict[str, object]]:
    answer = await person.client.get("/auth/sessions", headers=person.bearer)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, object]] = answer.json()["items"]
    return items


async def current_of(person: Person) -> UUID:
    [current] = [each["id"] for each in await sessions_of(person) if each["current"]]
    return UUID(str(current))


class TestLogout:
    async def test_ends_the_session_for_both_tokens(self, person: Person, database: Database) -> None:
        token = person.refresh_token

        with capture_logs() as lines:
            response = await person.client.post("/auth/logout", content="{}")

        assert response.status_code == 204
        assert response.content == b""
        assert "content-type" not in response.headers
        assert (await person.me()).status_code == 401
        assert (await person.refresh(token)).status_code == 401
        async with database.reads() as reads:
            ended = select(SessionRow.end_reason).where(
                SessionRow.user_id == person.id, SessionRow.ended_at.is_not(None)
            )
            assert await reads.scalar(ended) == "signed_out"
        [line] = [line for line in lines if line["event"] == "session.ended"]
        assert (line["user_id"], line["reason"]) == (person.id, "signed_out")

    async def test_is_told_to_every_verifier_and_once(self, person: Person, database: Database) -> None:
        current, token = await current_of(person), person.refresh_token
        for _ in range(2):
            person.hold(token)
            await person.client.post("/auth/logout", content="{}")

        assert await revoked(database, person) == {current}

    async def test_takes_the_cookie_away(self, person: Person) -> None:
        response = await person.client.post("/auth/logout", content="{}")

        assert f'{COOKIE}=""' in response.headers["set-cookie"]
        assert "Max-Age=0" in response.headers["set-cookie"]
        assert COOKIE not in person.client.cookies

    async def test_twice_without_a_cookie_or_with_nonsense_is_fine(self, person: Person) -> None:
        token = person.refresh_token
        for cookie in (token, token, None, "nonsense"):
            person.client.cookies.clear()
            if cookie:
                person.hold(cookie)
            assert (await person.client.post("/auth/logout", content="{}")).status_code == 204

    async def test_works_with_a_token_that_was_replaced(self, person: Person) -> None:
        old = person.refresh_token
        await person.refresh()
        person.hold(old)

        await person.client.post("/auth/logout", content="{}")

        assert (await person.me()).status_code == 401

    async def test_leaves_other_sessions_alone(self, person: Person) -> None:
        first, bearer = person.refresh_token, person.bearer
        await person.sign_in()

        await person.client.post("/auth/logout", content="{}")

        assert (await person.client.get("/auth/me", headers=bearer)).status_code == 200
        assert (await person.refresh(first)).status_code == 200


class TestLog:
    async def test_says_which_device_was_signed_out_and_how_many(self, app: FastAPI, person: Person) -> None:
        async with client_of(app, **{"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}) as browser:
            for _ in range(3):
                await Person(browser, person.email).sign_in()
        latest, *_ = await sessions_of(person)

        await person.client.delete(f"/auth/sessions/{latest['id']}", headers=person.bearer)
        await person.client.delete("/auth/sessions", headers=person.bearer)

        entries = (await person.client.get("/auth/audit", headers=person.bearer)).json()["items"]
        said = {entry["kind"]: entry for entry in entries if "ended" in entry["kind"]}
        assert said["session.ended"]["details"] == {"ended": latest["id"], "device": "Firefox on Linux"}
        assert said["session.ended"]["device"] not in {None, "Firefox on Linux"}
        assert said["sessions.ended"]["details"] == {"count": 2}


class TestListSessions:
    async def test_shows_where_the_caller_is_signed_in_the_latest_first(self, app: FastAPI, person: Person) -> None:
        async with client_of(app, **{"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}) as browser:
            elsewhere = Person(browser, person.email)
            await elsewhere.sign_in()

            latest, first = await sessions_of(person)

        assert (latest["device"], latest["current"], first["current"]) == ("Firefox on Linux", False, True)
        assert latest["address"] == "192.0.2.1"
        assert latest.keys() == {"id", "current", "device", "address", "created_at", "last_used_at"}

    async def test_goes_page_by_page(self, person: Person) -> None:
        for _ in range(2):
            await person.sign_in()
        seen, cursor = list[str](), None
        for _ in range(3):
            params = {"limit": 1} | ({"cursor": cursor} if cursor else {})
            page = (await person.client.get("/auth/sessions", params=params, headers=person.bearer)).json()
            seen += [each["id"] for each in page["items"]]
            cursor = page["next_cursor"]

        assert cursor is None
        assert seen == [each["id"] for each in await sessions_of(person)]

    async def test_leaves_out_those_of_others_and_those_that_are_over(
        self, app: FastAPI, client: httpx.AsyncClient, person: Person
    ) -> None:
        await client.post("/auth/logout", content="{}")
        await person.sign_in()
        async with client_of(app) as browser:
            await Person(browser).register()

        assert [each["current"] for each in await sessions_of(person)] == [True]


class TestEndSession:
    async def test_ends_one_and_tells_every_verifier(self, person: Person, database: Database) -> None:
        first, token = await current_of(person), person.refresh_token
        await person.sign_in()

        answer = await person.client.delete(f"/auth/sessions/{first}", headers=person.bearer)

        assert answer.status_code == 204
        assert await revoked(database, person) == {first}
        assert (await person.me()).status_code == 200
        assert (await person.refresh(token)).status_code == 401

    async def test_of_somebody_else_or_twice_is_not_found(
        self, app: FastAPI, person: Person, database: Database
    ) -> None:
        theirs = await current_of(person)
        async with client_of(app) as browser:
            other = Person(browser)
            await other.register()
            for session_id in (theirs, uuid4()):
                answer = await browser.delete(f"/auth/sessions/{session_id}", headers=other.bearer)
                assert answer.json()["type"] == "urn:problem:session-not-found"
        assert (await person.me()).status_code == 200
        assert await revoked(database, person) == set()

    async def test_of_the_caller_is_signing_out(self, person: Person) -> None:
        path = f"/auth/sessions/{await current_of(person)}"

        assert (await person.client.delete(path, headers=person.bearer)).status_code == 204
        assert (await person.client.delete(path, headers=person.bearer)).status_code == 401


class TestEndOtherSessions:
    async def test_leaves_only_the_one_that_asks(self, person: Person, database: Database) -> None:
        others = {await current_of(person)}
        await person.sign_in()
        others.add(await current_of(person))
        await person.sign_in()

        answer = await person.client.delete("/auth/sessions", headers=person.bearer)

        assert answer.status_code == 204
        assert [each["current"] for each in await sessions_of(person)] == [True]
        assert await revoked(database, person) == others


class TestAuditLog:
    async def test_names_every_way_a_session_ends(self, person: Person, database: Database) -> None:
        first = await current_of(person)
        await person.sign_in()
        await person.client.delete(f"/auth/sessions/{first}", headers=person.bearer)
        await person.client.delete("/auth/sessions", headers=person.bearer)
        await person.client.post("/auth/logout", content="{}")
        await person.sign_in()
        stolen = person.refresh_token
        for _ in range(2):
            await person.refresh()
        await person.refresh(stolen)

        async with database.reads() as reads:
            mine = select(EntryRow.kind).where(EntryRow.user_id == person.id).order_by(EntryRow.sequence)
            kinds = [kind for kind in await reads.scalars(mine) if kind.startswith("session") and "started" not in kind]
        assert kinds == [Kind.SESSION_ENDED, Kind.SESSIONS_ENDED, Kind.SESSION_ENDED, Kind.REFRESH_REUSED]
