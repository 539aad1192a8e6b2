from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from services.auth.tests.mailbox import Mailbox
from services.auth.tests.support import COOKIE, PASSWORD, Person, client_of
from sqlalchemy import func, select, text

from auth_service.accounts.models import UserRow
from auth_service.audit import verification
from auth_service.audit.models import EntryRow, KeyRow
from auth_service.sessions.models import SessionRow
from chassis.database import Database
from chassis.messaging.outbox import OutboxRow

ANOTHER = "wrong zebra clipped fastener"


async def change(person: Person, new: str = ANOTHER, current: str = PASSWORD) -> httpx.Response:
    body = {"current_password": current, "new_password": new}
    return await person.client.post("/auth/password", json=body, headers=person.bearer)


async def leave(person: Person, password: str = PASSWORD) -> httpx.Response:
    return await person.client.request("DELETE", "/auth/me", json={"password": password}, headers=person.bearer)


async def audit(person: Person, **query: Any) -> list[dict[str, Any]]:
    response = await person.client.get("/auth/audit", params=query, headers=person.bearer)
    assert response.status_code == 200
    return list(response.json()["items"])


async def announced(database: Database, person: Person) -> list[str]:
    async with database.reads() as reads:
        about = OutboxRow.envelope["data"]["user_id"].astext == str(person.id)
        return list(await reads.scalars(select(OutboxRow.envelope["type"].astext).where(about)))


class TestRename:
    async def test_changes_the_name_and_takes_it_away(self, person: Person) -> None:
        for name in ("Ada", None):
            response = await person.client.patch("/auth/me", json={"display_name": name}, headers=person.bearer)

            assert response.json()["display_name"] == name
            assert (await person.me()).json() == response.json()

    @pytest.mark.parametrize("body", [{}, {"display_name": ""}, {"email": "eve@example.com"}], ids=str)
    async def test_changes_nothing_else(self, person: Person, body: dict[str, str]) -> None:
        assert (await person.client.patch("/auth/me", json=body, headers=person.bearer)).status_code == 422


class TestChangePassword:
    async def test_ends_every_other_session_and_tells_the_owner(
        self, person: Person, app: FastAPI, database: Database
    ) -> None:
        async with client_of(app) as elsewhere:
            other = Person(elsewhere, email=person.email)
            await other.sign_in()

            assert (await change(person)).status_code == 204

            assert (await other.me()).status_code == 401
            assert (await other.refresh()).status_code == 401
        assert (await person.me()).status_code == 200
        assert (await person.refresh()).status_code == 200
        assert (await person.sign_in()).status_code == 401
        assert (await person.sign_in(password=ANOTHER)).status_code == 200
        assert "user.password_changed.v1" in await announced(database, person)
        assert "Your Daybook password has been changed" in await Mailbox(app).subjects(person.email)

    async def test_asks_for_the_password(self, person: Person) -> None:
        response = await change(person, current="not my password")

        assert response.status_code == 403
        assert response.json()["type"] == "urn:problem:wrong-password"
        assert "confirmation.failed" in [entry["kind"] for entry in await audit(person)]

    async def test_makes_a_thief_with_an_access_token_wait(self, person: Person) -> None:
        answers = [await change(person, current=f"guess number {number}") for number in range(7)]

        assert [answer.status_code for answer in answers] == [403] * 5 + [429] * 2
        assert answers[-1].json()["type"] == "urn:problem:too-many-attempts"
        assert int(answers[-1].headers["retry-after"]) > 0

    @pytest.mark.parametrize("new", ["short one", "passwordpassword", "daybook daybook daybook"])
    async def test_refuses_a_weak_one_with_a_hint(self, person: Person, new: str) -> None:
        response = await change(person, new)

        assert response.status_code == 422
        [error] = response.json()["errors"]
        assert error["pointer"] == "#/new_password"
        assert "words" in error["detail"]


class TestDelete:
    async def test_leaves_nothing_of_the_person(self, person: Person, database: Database, app: FastAPI) -> None:
        token = person.refresh_token
        assert (await leave(person)).status_code == 204

        assert (await person.me()).status_code == 401
        assert (await person.refresh(token)).status_code == 401
        assert (await person.sign_in()).status_code == 401
        async with database.reads() as reads:
            for table, column in ((UserRow, UserRow.id), (SessionRow, SessionRow.user_id), (KeyRow, KeyRow.subject_id)):
                assert await reads.scalar(select(func.count()).select_from(table).where(column == person.id)) == 0
        assert "user.deleted.v1" in await announced(database, person)
        assert "Your Daybook account has been deleted" in await Mailbox(app).subjects(person.email)

    async def test_leaves_a_log_that_is_whole_and_says_nothing_about_them(
        self, person: Person, database: Database
    ) -> None:
        await leave(person)

        async with database.reads() as reads:
            of_person = select(EntryRow.kind).where(EntryRow.user_id == person.id).order_by(EntryRow.id)
            kinds = list(await reads.scalars(of_person))
            everything = (await reads.execute(text("select * from audit_entries"))).all()
        assert kinds[0] == "account.opened"
        assert "account.deleted" in kinds
        assert person.email not in str(everything)
        assert "192.0.2.1" not in str(everything)
        async with database.transaction() as tx:
            await verification.see_one_state(tx)
            assert not (await verification.verify(tx)).faults

    async def test_drops_the_cookie(self, person: Person) -> None:
        assert f'{COOKIE}=""; ' in (await leave(person)).headers["set-cookie"]

    async def test_asks_for_the_password(self, person: Person) -> None:
        assert (await leave(person, "not my password")).status_code == 403
        assert (await person.me()).status_code == 200

    async def test_lets_somebody_begin_anew_with_the_same_address(self, person: Person) -> None:
        before = person.id
        await leave(person)

        assert (await person.register()).status_code == 201
        assert person.id != before


class TestAudit:
    async def test_shows_what_happened_newest_first_page_by_page(self, person: Person) -> None:
        await person.sign_in(password="not my password")
        await person.sign_in()

        everything = await audit(person)
        first = (await person.client.get("/auth/audit?limit=2", headers=person.bearer)).json()
        rest = await audit(person, cursor=first["next_cursor"])

        kinds = [entry["kind"] for entry in everything]
        assert kinds.index("session.started") < kinds.index("sign_in.failed") < kinds.index("account.opened")
        assert first["items"] + rest == everything
        assert {entry["address"] for entry in everything} == {"192.0.2.1"}
        assert all(entry["request_id"] for entry in everything)

    async def test_shows_nobody_else_s(self, person: Person, client: httpx.AsyncClient) -> None:
        other = Person(client, email=f"{uuid4().hex}@example.com")
        await other.register()

        mine, theirs = await audit(person), await audit(other)

        assert not {entry["id"] for entry in mine} & {entry["id"] for entry in theirs}
