import asyncio
import dataclasses
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from services.auth.tests.mailbox import Mailbox
from services.auth.tests.support import CHEAP, COOKIE, PASSWORD, Person, client_of, exchanged
from sqlalchemy import func, select, text, update
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs
from tests.support.tokens import FORGERIES, Forgery, Issuer

from auth_service.accounts.models import UserRow
from auth_service.accounts.passwords import Passwords
from auth_service.sessions.models import SessionRow
from chassis.database import Database
from chassis.messaging.outbox import OutboxRow
from chassis.settings import TokenSettings


async def change_session(database: Database, person: Person, **values: Any) -> None:
    async with database.transaction() as tx:
        await tx.execute(update(SessionRow).where(SessionRow.user_id == person.id).values(**values))


async def announcements(database: Database, user_id: UUID) -> list[dict[str, Any]]:
    async with database.reads() as reads:
        about = OutboxRow.envelope["data"]["user_id"].astext == str(user_id)
        return list(await reads.scalars(select(OutboxRow.envelope).where(about)))


def session_of(person: Person) -> str:
    return str(jwt.decode(person.answer["access_token"], options={"verify_signature": False})["sid"])


async def me_with(person: Person, token: str) -> httpx.Response:
    return await person.client.get("/auth/me", headers={"Authorization": f"Bearer {token}"})


def without_request_id(response: httpx.Response) -> list[tuple[str, str]]:
    return [(name, value) for name, value in response.headers.items() if name != "x-request-id"]


class TestRegister:
    async def test_opens_an_account_and_signs_in_to_it(self, client: httpx.AsyncClient) -> None:
        person = Person(client)
        response = await client.post(
            "/auth/register", json={"email": f" {person.email} ", "password": PASSWORD, "display_name": " Ada "}
        )

        assert response.status_code == 201
        answer = response.json()
        assert answer.keys() == {"access_token", "token_type", "expires_in", "user"}
        assert answer["token_type"] == "Bearer"
        assert 285 <= answer["expires_in"] <= 315
        user = answer["user"]
        assert user.keys() == {"id", "email", "display_name", "email_verified", "created_at"}
        assert (user["email"], user["display_name"], user["email_verified"]) == (person.email, "Ada", False)
        assert user["created_at"].endswith("Z")
        person.answer = answer
        assert (await person.me()).json() == user

    async def test_sets_a_cookie_for_thirty_days_that_no_script_and_no_other_site_can_use(
        self, client: httpx.AsyncClient
    ) -> None:
        response = await Person(client).register()

        name_and_value, *attributes = response.headers.get_list("set-cookie")[-1].split("; ")
        assert name_and_value.startswith(f"{COOKIE}=")
        assert set(attributes) == {"HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=strict", "Secure"}

    async def test_remembers_the_browser_by_a_cookie_that_is_as_well_kept(self, client: httpx.AsyncClient) -> None:
        response = await Person(client).register()

        name_and_value, *attributes = response.headers.get_list("set-cookie")[0].split("; ")
        assert name_and_value.startswith("__Host-daybook_device=")
        assert set(attributes) == {"HttpOnly", "Max-Age=34560000", "Path=/", "SameSite=strict", "Secure"}

    async def test_is_committed_before_it_is_answered(self, app: FastAPI, database: Database) -> None:
        email, stored = f"{uuid4().hex}@example.com", []

        async def looking_when_the_answer_begins(scope: Scope, receive: Receive, send: Send) -> None:
            async def look(message: Message) -> None:
                if message["type"] == "http.response.start":
                    async with database.reads() as reads:
                        stored.append(await reads.scalar(select(UserRow.email).where(UserRow.email_key == email)))
                await send(message)

            await app(scope, receive, look)

        transport = httpx.ASGITransport(looking_when_the_answer_begins)
        async with httpx.AsyncClient(transport=transport, base_url="https://auth.test") as client:
            response = await client.post("/auth/register", json={"email": email, "password": PASSWORD})

        assert response.status_code == 201
        assert stored == [email]

    async def test_announces_the_account_by_its_id_only(self, person: Person, database: Database) -> None:
        [envelope] = await announcements(database, person.id)

        assert (envelope["type"], envelope["source"]) == ("user.registered.v1", "auth")
        assert envelope["data"] == {"user_id": str(person.id)}

    @pytest.mark.parametrize("spelling", [str, str.upper, lambda email: f"  {email.title()} "])
    async def test_refuses_a_taken_email_however_it_is_spelled(self, person: Person, spelling: Any) -> None:
        response = await Person(person.client, email=spelling(person.email)).register()

        assert response.status_code == 409
        assert response.json()["type"] == "urn:problem:email-taken"
        assert "set-cookie" not in response.headers

    async def test_opens_one_account_however_many_ask_at_once(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        twins = [Person(client)] * 5

        statuses = [response.status_code for response in await asyncio.gather(*(each.register() for each in twins))]

        assert sorted(statuses) == [201, 409, 409, 409, 409]
        assert len(await announcements(database, twins[0].id)) == 1

    @pytest.mark.parametrize(
        "changes, pointers",
        [
            ({"email": "nobody"}, ["#/email"]),
            ({"email": None}, ["#/email"]),
            ({"email": "ada@example.com\x00"}, ["#/email"]),
            ({"password": "too short"}, ["#/password"]),
            ({"password": "\ud800" * 20}, ["#/password"]),
            ({"password": ["seven teal otters juggle"]}, ["#/password"]),
            ({"email": "nobody", "password": "too short"}, ["#/email", "#/password"]),
            ({"email": "ada.lovelace@example.com", "password": "ada.lovelace@example.com"}, ["#/password"]),
            ({"display_name": ""}, ["#/display_name"]),
            ({"display_name": "Ada \ud800"}, ["#/display_name"]),
            ({"email": "ada\ud800@example.com"}, ["#/email"]),
            ({"admin": True}, ["#/admin"]),
        ],
        ids=str,
    )
    async def test_points_at_each_field_that_is_wrong(
        self, client: httpx.AsyncClient, changes: dict[str, Any], pointers: list[str]
    ) -> None:
        response = await client.post(
            # Written as a client may write it that does not care what it writes.
            "/auth/register",
            content=json.dumps({"email": f"{uuid4().hex}@example.com", "password": PASSWORD} | changes),
        )

        assert response.status_code == 422
        assert response.json()["type"] == "urn:problem:invalid-request"
        assert [error["pointer"] for error in response.json()["errors"]] == pointers

    async def test_says_of_a_short_password_what_it_says_of_weak_ones(self, client: httpx.AsyncClient) -> None:
        details = []
        for password in ("too short", "14 mars 1985 lundi"):
            body = {"email": "ada@example.com", "password": password}
            refused = await client.post("/auth/register", json=body)
            assert (refused.status_code, refused.json()["type"]) == (422, "urn:problem:invalid-request")
            details.append(refused.json()["errors"][0]["detail"])

        assert details[0].startswith("At least 15 characters. ")
        assert details[1].startswith("Dates are tried first")
        assert len({detail.partition(". ")[2] for detail in details}) == 1

    async def test_never_repeats_a_password(self, client: httpx.AsyncClient) -> None:
        with capture_logs() as lines:
            response = await client.post("/auth/register", json={"email": "nobody", "password": "hunter2"})

        assert "hunter2" not in response.text
        assert "hunter2" not in str(lines)

    async def test_logs_who_came_without_saying_their_email(self, client: httpx.AsyncClient) -> None:
        person = Person(client)
        with capture_logs() as lines:
            await person.register()

        events = {line["event"]: line for line in lines}
        assert events["account.registered"]["user_id"] == person.id
        assert events["session.started"]["user_id"] == person.id
        for secret in (person.email, person.password, person.answer["access_token"], person.refresh_token):
            assert secret not in str(lines)


class TestLogin:
    async def test_starts_a_session_of_its_own(self, person: Person) -> None:
        user_id, session_id = person.id, session_of(person)

        response = await person.sign_in()

        assert response.status_code == 200
        assert person.id == user_id
        assert session_of(person) != session_id

    async def test_knows_the_email_in_any_case(self, person: Person) -> None:
        assert (await person.sign_in(email=person.email.upper())).status_code == 200

    async def test_tells_an_unknown_account_from_a_wrong_password_in_nothing(self, person: Person) -> None:
        wrong = await person.sign_in(password="wrong horse battery staple")
        unknown = await person.sign_in(email=f"{uuid4().hex}@example.com")

        assert wrong.status_code == unknown.status_code == 401
        assert wrong.content == unknown.content
        assert without_request_id(wrong) == without_request_id(unknown)
        assert wrong.json()["type"] == "urn:problem:invalid-credentials"
        assert wrong.headers["www-authenticate"] == "Bearer"

    async def test_logs_a_failure_under_the_same_pseudonym_each_time(self, person: Person) -> None:
        with capture_logs() as lines:
            for password in ("wrong horse", "wrong cow"):
                await person.sign_in(password=password)

        failures = [line for line in lines if line["event"] == "login.failed"]
        assert len({line["account"] for line in failures}) == 1
        assert len(failures) == 2
        assert person.email not in str(lines)

    async def test_replaces_a_hash_with_old_parameters(self, person: Person, database: Database) -> None:
        old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(person.password)
        async with database.transaction() as tx:
            await tx.execute(update(UserRow).where(UserRow.id == person.id).values(password_hash=old))

        assert (await person.sign_in()).status_code == 200

        async with database.reads() as reads:
            new = await reads.scalar(select(UserRow.password_hash).where(UserRow.id == person.id))
        assert new
        assert new.startswith(f"$argon2id$v=19$m={CHEAP.memory_kib},t={CHEAP.passes},p=1$")
        assert (await person.sign_in()).status_code == 200

    async def test_says_when_to_come_back_if_too_many_sign_in_while_refreshing_goes_on(
        self, person: Person, app: FastAPI
    ) -> None:
        with Passwords(PasswordHasher(), threads=1, waiting=-1) as crowded:
            entrance = dataclasses.replace(app.state.entrance, passwords=crowded)
            with exchanged(app, "entrance", entrance):
                response, refreshed = await person.sign_in(), await person.refresh()

        assert response.status_code == 503
        assert response.headers["retry-after"] == "2"
        assert refreshed.status_code == 200


class TestRefresh:
    async def test_gives_new_tokens_of_the_same_session(self, person: Person) -> None:
        before, session_id, cookie = person.answer, session_of(person), person.refresh_token

        response = await person.refresh()

        assert response.status_code == 200
        assert person.answer.keys() == before.keys()
        assert person.answer["user"] == before["user"]
        assert person.answer["access_token"] != before["access_token"]
        assert person.refresh_token != cookie
        assert session_of(person) == session_id

    async def test_reads_only_the_cookie(self, person: Person) -> None:
        bearer = person.bearer
        person.client.cookies.clear()

        response = await person.client.post("/auth/refresh", content="{}", headers=bearer)

        assert (response.status_code, response.content) == (204, b"")
        assert "set-cookie" not in response.headers

    async def test_gives_the_same_successor_to_whoever_did_not_get_it(self, person: Person) -> None:
        token = person.refresh_token
        await person.refresh()
        successor = person.refresh_token

        for _ in range(20):
            assert (await person.refresh(token)).status_code == 200
            assert person.refresh_token == successor
        assert (await person.refresh()).status_code == 200

    async def test_gives_many_that_ask_at_once_one_successor(self, person: Person, app: FastAPI) -> None:
        async def ask() -> str:
            async with client_of(app) as browser:
                tab = Person(browser)
                assert (await tab.refresh(token)).status_code == 200
                return tab.refresh_token

        token = person.refresh_token
        assert len(set(await asyncio.gather(*(ask() for _ in range(10))))) == 1

    async def test_a_token_replaced_long_ago_ends_the_session_and_its_owner_is_told(
        self, person: Person, app: FastAPI, database: Database
    ) -> None:
        stolen = person.refresh_token
        await person.refresh()
        current = person.refresh_token
        await change_session(database, person, rotated_at=func.now() - timedelta(seconds=31))

        with capture_logs() as lines:
            response = await person.refresh(stolen)

        assert response.status_code == 401
        assert response.json()["type"] == "urn:problem:session-ended"
        assert (await person.refresh(current)).status_code == 401
        assert (await person.me()).status_code == 401
        async with database.reads() as reads:
            reason = await reads.scalar(select(SessionRow.end_reason).where(SessionRow.user_id == person.id))
        assert reason == "reuse_detected"
        [line] = [line for line in lines if line["event"] == "session.reuse_detected"]
        assert (line["user_id"], line["log_level"]) == (person.id, "warning")
        assert (await Mailbox(app).subjects(person.email)).count("We have ended a session of your Daybook account") == 1

    async def test_a_token_replaced_twice_ends_the_session_at_once(self, person: Person) -> None:
        stolen = person.refresh_token
        await person.refresh()
        await person.refresh()

        assert (await person.refresh(stolen)).status_code == 401
        assert (await person.me()).status_code == 401

    async def test_does_not_take_the_cookie_away_when_it_refuses(self, person: Person) -> None:
        """A late answer to an old request would take away the cookie of a newer sign-in."""
        response = await person.refresh("nonsense")

        assert response.status_code == 401
        assert "set-cookie" not in response.headers

    @pytest.mark.parametrize("token", ["", "nonsense", "A" * 92, "\x7f"])
    async def test_refuses_what_is_no_token_of_ours(self, person: Person, token: str) -> None:
        response = await person.refresh(token)

        assert response.status_code == 401
        assert response.json()["type"] == "urn:problem:session-ended"

    async def test_moves_the_idle_end_but_never_past_the_absolute_one(self, person: Person, database: Database) -> None:
        await change_session(database, person, expires_at=func.now() + timedelta(minutes=1))
        assert "Max-Age=2592000" in (await person.refresh()).headers["set-cookie"]

        await change_session(database, person, created_at=func.now() - timedelta(days=179))
        assert "Max-Age=86400" in (await person.refresh()).headers["set-cookie"]

    async def test_refuses_a_session_that_was_idle_too_long(self, person: Person, database: Database) -> None:
        await change_session(database, person, expires_at=func.now() - timedelta(seconds=1))

        assert (await person.refresh()).status_code == 401
        assert (await person.me()).status_code == 401


class TestMe:
    async def test_asks_a_stranger_to_sign_in(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/auth/me")

        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"
        assert response.json()["type"] == "urn:problem:unauthenticated"

    async def test_does_not_take_the_cookie_for_a_sign_in(self, person: Person) -> None:
        assert (await person.client.get("/auth/me")).status_code == 401

    @pytest.fixture
    def issuer(self, app: FastAPI) -> Issuer:
        """Ourselves, with our own key: what a forger would have to be."""
        kid, pair = app.state.keys.active
        settings = TokenSettings(issuer="https://api.test", jwks_url="http://nowhere.test")
        return Issuer(pair.private_key, kid, settings)

    @pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
    async def test_refuses_a_forged_token(self, person: Person, issuer: Issuer, forge: Forgery) -> None:
        issuer = dataclasses.replace(issuer, always={"sid": session_of(person)})
        honest = await me_with(person, issuer.sign(person.id))
        assert honest.status_code == 200

        response = await me_with(person, forge(issuer, person.id))

        assert response.status_code == 401
        assert response.headers["www-authenticate"] == 'Bearer error="invalid_token"'
        assert response.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize(
        "authorization",
        ["Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "bearer é", "Basic YTpi", "Bearer " + "x" * 9000, "x"],
    )
    async def test_refuses_a_malformed_header(self, client: httpx.AsyncClient, authorization: str) -> None:
        response = await client.get("/auth/me", headers={b"Authorization": authorization.encode()})

        assert response.status_code == 401
        assert response.headers["content-type"] == "application/problem+json"

    async def test_refuses_a_good_token_of_a_session_nobody_knows(self, person: Person, issuer: Issuer) -> None:
        assert (await me_with(person, issuer.sign(person.id, sid=str(uuid4())))).status_code == 401

    async def test_refuses_the_token_of_an_account_that_is_gone(self, person: Person, database: Database) -> None:
        async with database.transaction() as tx:
            await tx.execute(text("delete from users where id = :id"), {"id": person.id})

        assert (await person.me()).status_code == 401
