from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from fastapi import FastAPI
from services.auth.tests.mailbox import Mailbox
from services.auth.tests.support import PASSWORD, Person, client_of
from sqlalchemy import text

from chassis.database import Database


async def make(person: Person, **changes: Any) -> httpx.Response:
    new = {"name": "Backup", "scopes": ["todos:read"], "expires_in_days": 30, "password": PASSWORD} | changes
    return await person.client.post("/auth/tokens", json=new, headers=person.bearer)


async def exchange(person: Person, token: str) -> httpx.Response:
    return await person.client.post("/auth/token", json={"token": token})


def claims_of(response: httpx.Response) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(response.json()["access_token"], options={"verify_signature": False})
    return claims


def slug(response: httpx.Response) -> str:
    return str(response.json()["type"]).removeprefix("urn:problem:")


class TestMakeApiToken:
    async def test_shows_it_once(self, person: Person, database: Database) -> None:
        made = await make(person, name=" Backup ", scopes=["todos:write", "todos:read"])
        listed = (await person.client.get("/auth/tokens", headers=person.bearer)).json()

        assert made.status_code == 201
        token = made.json().pop("token")
        [item] = listed["items"]
        assert item == {name: value for name, value in made.json().items() if name != "token"}
        assert (item["name"], item["scopes"], item["last_used_at"]) == ("Backup", ["todos:read", "todos:write"], None)
        async with database.reads() as reads:
            row = (await reads.execute(text("select * from api_tokens where id = :id"), {"id": item["id"]})).one()
        assert token.removeprefix("daybook_")[-20:] not in str(row)

    @pytest.mark.parametrize(
        "changes",
        [
            {"scopes": []},
            {"scopes": ["account"]},
            {"scopes": ["todos:read", "todos:admin"]},
            {"expires_in_days": 0},
            {"expires_in_days": 366},
            {"name": ""},
            {"name": "two\nlines"},
            {"more": True},
        ],
        ids=str,
    )
    async def test_refuses_what_no_program_may_have(self, person: Person, changes: dict[str, Any]) -> None:
        assert (await make(person, **changes)).status_code == 422

    @pytest.mark.parametrize(
        "name, detail",
        [
            ("two\nlines", "Must be one line, without control characters"),
            ("Backup\u202egnp", "Must not change the direction of the text around it"),
            ("\u2800", "Must have a character that can be seen"),
        ],
    )
    async def test_refuses_a_name_that_cannot_be_read(self, person: Person, name: str, detail: str) -> None:
        refused = await make(person, name=name)

        assert refused.status_code == 422
        assert refused.json()["errors"] == [{"pointer": "#/name", "detail": detail}]

    async def test_tells_its_owner_by_mail(self, person: Person, app: FastAPI) -> None:
        await make(person)

        subject = "An API token for your Daybook account has been made"
        [message] = [message for message in await Mailbox(app).of(person.email) if message["Subject"] == subject]
        body = message.get_body(("plain",))
        assert body is not None
        assert "Backup" in body.get_content()

    async def test_needs_the_password(self, person: Person) -> None:
        assert slug(await make(person, password="another one, and wrong")) == "wrong-password"


class TestExchangeApiToken:
    async def test_gives_an_access_token_with_its_scopes_and_its_id_as_session(self, person: Person) -> None:
        made = (await make(person)).json()
        given = await exchange(person, made["token"])

        assert given.status_code == 200
        assert given.json().keys() == {"access_token", "token_type", "expires_in", "scope"}
        claims = claims_of(given)
        assert (claims["sub"], claims["sid"], claims["scope"]) == (str(person.id), made["id"], "todos:read")
        assert given.json()["expires_in"] <= 315
        listed = (await person.client.get("/auth/tokens", headers=person.bearer)).json()
        assert listed["items"][0]["last_used_at"] is not None

    async def test_gives_nothing_that_concerns_the_account(self, person: Person) -> None:
        given = await exchange(person, (await make(person)).json()["token"])
        program = {"Authorization": f"Bearer {given.json()['access_token']}"}

        for method, path in (
            ("GET", "/auth/me"),
            ("GET", "/auth/tokens"),
            ("GET", "/auth/export"),
            ("DELETE", "/auth/sessions"),
        ):
            response = await person.client.request(method, path, headers=program)
            assert (response.status_code, slug(response)) == (403, "insufficient-scope")
            assert response.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="account"'

    async def test_gives_a_token_that_lives_no_longer_than_it_does(self, person: Person, database: Database) -> None:
        made = (await make(person)).json()
        async with database.transaction() as tx:
            await tx.execute(
                text("update api_tokens set expires_at = now() + interval '60 seconds' where id = :id"),
                {"id": made["id"]},
            )
        assert (await exchange(person, made["token"])).json()["expires_in"] <= 60

        async with database.transaction() as tx:
            await tx.execute(text("update api_tokens set expires_at = now() where id = :id"), {"id": made["id"]})
        assert slug(await exchange(person, made["token"])) == "api-token-invalid"

    @pytest.mark.parametrize(
        "change", [lambda token: token[:-4] + "AAAA", lambda _: "nonsense", lambda token: f"{token}A"]
    )
    async def test_refuses_another_one(self, person: Person, change: Any) -> None:
        response = await exchange(person, change((await make(person)).json()["token"]))

        assert (response.status_code, slug(response)) == (401, "api-token-invalid")


class TestLog:
    """What the security log says of how a token is used."""

    async def test_has_a_use_once_a_day(self, person: Person, database: Database) -> None:
        made = (await make(person)).json()
        for _ in range(3):
            await exchange(person, made["token"])
        assert await log_of(person, "api_token.used") == [{"name": "Backup"}]

        async with database.transaction() as tx:
            earlier = text("update api_tokens set last_used_at = now() - interval '1 day' where id = :id")
            await tx.execute(earlier, {"id": made["id"]})
        await exchange(person, made["token"])
        assert await log_of(person, "api_token.used") == [{"name": "Backup"}] * 2

    async def test_has_each_use_by_another_program_or_from_elsewhere(self, person: Person, app: FastAPI) -> None:
        token = (await make(person)).json()["token"]
        await exchange(person, token)
        async with client_of(app, **{"User-Agent": "curl/8.5.0"}) as client:
            for _ in range(2):
                await client.post("/auth/token", json={"token": token})

        entries = await entries_of(person, "api_token.used")
        assert len(entries) == 2
        assert [entry["device"] for entry in entries].count("curl") == 1

    async def test_keeps_no_address_with_the_token(self, person: Person, database: Database) -> None:
        made = (await make(person)).json()
        await exchange(person, made["token"])

        async with database.reads() as reads:
            row = (await reads.execute(text("select * from api_tokens where id = :id"), {"id": made["id"]})).one()
        assert row.used_from is not None
        assert "192.0.2.1" not in str(row)

    async def test_has_a_wrong_secret_once_an_hour(self, person: Person, database: Database) -> None:
        made = (await make(person)).json()
        for _ in range(3):
            await exchange(person, f"{made['token'][:-4]}AAAA")
        refused = {"reason": "wrong_secret", "name": "Backup"}
        assert await log_of(person, "api_token.refused") == [refused]

        async with database.transaction() as tx:
            earlier = text("update api_tokens set refused_at = now() - interval '61 minutes' where id = :id")
            await tx.execute(earlier, {"id": made["id"]})
        await exchange(person, f"{made['token'][:-4]}AAAA")
        assert await log_of(person, "api_token.refused") == [refused] * 2
        # It was never good, so it was never used.
        assert await log_of(person, "api_token.used") == []

    async def test_has_one_that_is_too_old(self, person: Person, database: Database) -> None:
        made = (await make(person)).json()
        async with database.transaction() as tx:
            await tx.execute(text("update api_tokens set expires_at = now() where id = :id"), {"id": made["id"]})
        await exchange(person, made["token"])

        assert await log_of(person, "api_token.refused") == [{"reason": "expired", "name": "Backup"}]


async def entries_of(person: Person, kind: str) -> list[dict[str, Any]]:
    entries = (await person.client.get("/auth/audit?limit=100", headers=person.bearer)).json()["items"]
    return [entry for entry in entries if entry["kind"] == kind]


async def log_of(person: Person, kind: str) -> list[dict[str, Any]]:
    return [entry["details"] for entry in await entries_of(person, kind)]


class TestRevokeApiToken:
    async def test_ends_what_it_was_exchanged_for(self, person: Person, database: Database) -> None:
        made = (await make(person)).json()
        revoked = await person.client.delete(f"/auth/tokens/{made['id']}", headers=person.bearer)

        assert revoked.status_code == 204
        assert slug(await exchange(person, made["token"])) == "api-token-invalid"
        async with database.reads() as reads:
            found = text("select user_id from revocations where session_id = :id")
            assert await reads.scalar(found, {"id": made["id"]}) == person.id
        again = await person.client.delete(f"/auth/tokens/{made['id']}", headers=person.bearer)
        assert (again.status_code, slug(again)) == (404, "api-token-not-found")
        entries = (await person.client.get("/auth/audit", headers=person.bearer)).json()["items"]
        assert [(entry["kind"], entry["details"]) for entry in entries[:2]] == [
            ("api_token.revoked", {"name": "Backup"}),
            ("api_token.created", {"name": "Backup"}),
        ]

    async def test_is_for_its_owner_only(self, person: Person, app: FastAPI) -> None:
        made = (await make(person)).json()
        async with client_of(app) as client:
            other = Person(client)
            await other.register()
            for token_id in (made["id"], str(uuid4())):
                response = await client.delete(f"/auth/tokens/{token_id}", headers=other.bearer)
                assert slug(response) == "api-token-not-found"
            assert (await client.get("/auth/tokens", headers=other.bearer)).json()["items"] == []

        assert (await exchange(person, made["token"])).status_code == 200


class TestListApiTokens:
    async def test_goes_page_by_page(self, person: Person) -> None:
        made = [(await make(person, name=str(number))).json()["id"] for number in range(3)]
        first = (await person.client.get("/auth/tokens?limit=2", headers=person.bearer)).json()
        rest = (await person.client.get(f"/auth/tokens?cursor={first['next_cursor']}", headers=person.bearer)).json()

        assert [item["id"] for item in first["items"] + rest["items"]] == made[::-1]
        assert rest["next_cursor"] is None
