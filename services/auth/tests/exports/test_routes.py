from typing import Any

from fastapi import FastAPI
from services.auth.tests.authenticator import Authenticator
from services.auth.tests.factors import add_passkey, ask, at_a_set_time, protect
from services.auth.tests.support import PASSWORD, Person, client_of
from sqlalchemy import text

from chassis.database import Database

# Where each table with something about a person is in the export, or why it is not.
WHERE = {
    "sessions": "sessions",
    "totp": "second_factor",
    "recovery_codes": "second_factor",
    "passkeys": "passkeys",
    "api_tokens": "api_tokens",
    "known_devices": "browsers",
    "audit_entries": "audit",
}
WITHOUT = {
    "revocations": "what verifiers are told of sessions and API tokens that are over; nothing else is in it",
    "single_use_tokens": "hashes of what was mailed, and gone within a day",
}


async def export(person: Person) -> dict[str, Any]:
    answer = await person.client.get("/auth/export", headers=person.bearer)
    assert answer.status_code == 200, answer.text
    exported: dict[str, Any] = answer.json()
    return exported


class TestExport:
    async def test_is_a_file_with_everything_in_it(self, person: Person) -> None:
        response = await person.client.get("/auth/export", headers=person.bearer)

        assert response.headers["content-disposition"] == 'attachment; filename="daybook-account.json"'
        exported = response.json()
        assert exported["user"] == person.answer["user"]
        assert [session["address"] for session in exported["sessions"]] == ["192.0.2.1"]
        assert {"account.opened", "account.exported"} <= {entry["kind"] for entry in exported["audit"]}

    async def test_has_what_lets_in_but_no_secret_of_it(self, app: FastAPI, person: Person) -> None:
        new = {"name": "Backup", "scopes": ["todos:read"], "expires_in_days": 30, "password": PASSWORD}
        token = (await ask(person, "/auth/tokens", **new)).json()
        with at_a_set_time(app) as clock:
            protected = await protect(person, clock)
            passkey = (await add_passkey(person, Authenticator(), "Laptop", code=protected.code())).json()
            await person.sign_in(code=protected.recovery_codes[0])
        exported = await export(person)

        secret = token.pop("token")
        assert exported["api_tokens"] == [token]
        assert exported["passkeys"] == [{name: value for name, value in passkey.items() if name != "recovery_codes"}]
        factor = exported["second_factor"]
        assert factor.keys() == {"totp_since", "recovery_codes_left", "recovery_codes_since"}
        assert factor["recovery_codes_left"] == 9
        assert factor["totp_since"] is not None
        assert factor["recovery_codes_since"] is not None
        secrets = (secret, protected.secret, *protected.recovery_codes)
        assert not [each for each in secrets if each in str(exported)]

    async def test_says_so_where_there_is_none_of_it(self, person: Person) -> None:
        exported = await export(person)

        assert exported["second_factor"] == {
            "totp_since": None,
            "recovery_codes_left": 0,
            "recovery_codes_since": None,
        }
        assert (exported["api_tokens"], exported["passkeys"]) == ([], [])

    async def test_has_browsers_and_the_sessions_that_are_over(self, app: FastAPI, person: Person) -> None:
        async with client_of(app) as another:
            elsewhere = Person(another, person.email)
            await elsewhere.sign_in()
            await another.post("/auth/logout", content="{}")
        exported = await export(person)

        assert [set(browser) for browser in exported["browsers"]] == [{"last_used_at"}] * 2
        assert [session["ended_at"] is None for session in exported["sessions"]] == [False, True]

    async def test_has_nothing_of_anybody_else(self, app: FastAPI, person: Person) -> None:
        async with client_of(app) as another:
            stranger = Person(another)
            await stranger.register()
            await add_passkey(stranger, Authenticator(), "Laptop")
        exported = await export(person)

        assert (exported["passkeys"], len(exported["sessions"]), len(exported["browsers"])) == ([], 1, 1)
        assert exported["second_factor"]["recovery_codes_left"] == 0

    async def test_knows_of_every_table_with_something_about_a_person(self, person: Person, database: Database) -> None:
        named = text("select table_name from information_schema.columns where column_name = 'user_id'")
        async with database.reads() as reads:
            tables = set(await reads.scalars(named))

        assert tables == WHERE.keys() | WITHOUT.keys()
        assert set(WHERE.values()) <= (await export(person)).keys()
