"""What a reset takes away and what it leaves, seen by an owner with the mailbox and an intruder with a session."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from services.auth.tests.authenticator import Authenticator
from services.auth.tests.factors import Clock, add_passkey, ask, at_a_set_time, protect
from services.auth.tests.mailbox import Mailbox
from services.auth.tests.support import PASSWORD, Person
from sqlalchemy import select, text

from chassis.database import Database
from chassis.messaging.outbox import OutboxRow
from contracts.users import UserReclaimed

CHOSEN = "quiet ladder orbit marmalade"
# Enough beside a second factor only.
SHORT = "x8Kd92kf"
_AGED = (
    "update passkeys set created_at = now() - interval '8 days' where user_id = :id",
    "update totp set confirmed_at = now() - interval '8 days' where user_id = :id",
    "update recovery_codes set created_at = now() - interval '8 days' where user_id = :id",
    "update api_tokens set created_at = now() - interval '8 days' where user_id = :id",
)


@pytest.fixture
def clock(app: FastAPI) -> Iterator[Clock]:
    with at_a_set_time(app) as clock:
        yield clock


@pytest.fixture
def mailbox(app: FastAPI) -> Mailbox:
    return Mailbox(app)


@pytest.fixture
async def verified(person: Person, mailbox: Mailbox) -> Person:
    token = await mailbox.token(person.email, "Confirm")
    await person.client.post("/auth/email/verify", json={"token": token}, headers=person.bearer)
    return person


async def age(database: Database, person: Person) -> None:
    """Everything that the account has by now is a week old and a day."""
    async with database.transaction() as tx:
        for statement in _AGED:
            await tx.execute(text(statement), {"id": person.id})


async def make_token(person: Person, name: str) -> str:
    new = {"name": name, "scopes": ["todos:read"], "expires_in_days": 30, "password": PASSWORD}
    made = await ask(person, "/auth/tokens", **new)
    assert made.status_code == 201, made.text
    return str(made.json()["token"])


async def reset(person: Person, mailbox: Mailbox, password: str = CHOSEN) -> httpx.Response:
    await person.client.post("/auth/password/forgot", json={"email": person.email})
    token = await mailbox.token(person.email, "Choose")
    return await person.client.post("/auth/password/reset", json={"token": token, "new_password": password})


async def mail_about_it(person: Person, mailbox: Mailbox) -> str:
    [message] = [each for each in await mailbox.of(person.email) if "has been changed" in each["Subject"]][-1:]
    body = message.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


async def names(person: Person, path: str) -> list[str]:
    answer = await person.client.get(path, headers=person.bearer)
    return [each["name"] for each in answer.json()["items"]]


async def log_of(person: Person) -> list[tuple[str, dict[str, Any]]]:
    entries = (await person.client.get("/auth/audit", headers=person.bearer)).json()["items"]
    return [(each["kind"], each["details"]) for each in entries]


async def announced(database: Database, person: Person) -> list[dict[str, Any]]:
    """What `user.reclaimed.v1` says of somebody."""
    data = OutboxRow.envelope["data"]
    about = OutboxRow.envelope["type"].astext == UserReclaimed.type, data["user_id"].astext == str(person.id)
    async with database.reads() as reads:
        return list(await reads.scalars(select(data).where(*about)))


class TestReset:
    async def test_takes_away_what_was_added_lately_and_leaves_what_is_older(
        self, verified: Person, mailbox: Mailbox, database: Database
    ) -> None:
        await verified.client.patch("/auth/me", json={"display_name": "Ada"}, headers=verified.bearer)
        key = Authenticator()
        await add_passkey(verified, key, "Laptop")
        old = await make_token(verified, "Backup")
        await age(database, verified)
        await add_passkey(verified, Authenticator(), "Intruder")
        new = await make_token(verified, "Leak")

        assert (await reset(verified, mailbox)).status_code == 204

        assert (await verified.sign_in(password=CHOSEN)).status_code == 401
        options = (await verified.client.post("/auth/login/passkey/options", json={})).json()
        signed_in = await verified.client.post("/auth/login/passkey", json={"credential": key.get(options)})
        assert signed_in.status_code == 200
        verified.answer = signed_in.json()
        assert verified.answer["user"]["display_name"] == "Ada"
        assert await names(verified, "/auth/passkeys") == ["Laptop"]
        assert await names(verified, "/auth/tokens") == ["Backup"]
        exchanged = [await verified.client.post("/auth/token", json={"token": token}) for token in (old, new)]
        assert [each.status_code for each in exchanged] == [200, 401]

    async def test_ends_access_tokens_of_an_api_token_that_goes(self, verified: Person, mailbox: Mailbox) -> None:
        await make_token(verified, "Leak")
        [item] = (await verified.client.get("/auth/tokens", headers=verified.bearer)).json()["items"]

        await reset(verified, mailbox)

        revocations = (await verified.client.get("/internal/revocations")).json()["items"]
        assert item["id"] in [each["session_id"] for each in revocations]

    async def test_lets_the_owner_in_with_the_password_alone_when_all_factors_were_an_intruders(
        self, verified: Person, mailbox: Mailbox, clock: Clock
    ) -> None:
        protected = await protect(verified, clock)
        assert (await add_passkey(verified, Authenticator(), "Intruder", code=protected.code())).status_code == 201

        await reset(verified, mailbox)

        assert (await verified.sign_in(password=CHOSEN)).status_code == 200
        state = (await verified.client.get("/auth/second-factor", headers=verified.bearer)).json()
        assert state == {"totp": False, "recovery_codes_left": 0, "passkeys": 0}

    async def test_makes_new_recovery_codes_void_beside_an_old_app(
        self, verified: Person, mailbox: Mailbox, database: Database, clock: Clock
    ) -> None:
        protected = await protect(verified, clock)
        await age(database, verified)
        renewal = {"password": PASSWORD, "code": protected.code()}
        [code, *_] = (await ask(verified, "/auth/second-factor/recovery-codes", **renewal)).json()["recovery_codes"]

        await reset(verified, mailbox)

        assert (await verified.sign_in(password=CHOSEN, code=code)).status_code == 401
        assert (await verified.sign_in(password=CHOSEN, code=protected.code())).status_code == 200
        assert ("recovery_codes.removed", {"by": "reset"}) in await log_of(verified)

    async def test_takes_everything_where_the_address_was_never_confirmed(
        self, person: Person, mailbox: Mailbox, database: Database, clock: Clock
    ) -> None:
        """Whoever opened the account may be a stranger, however long ago that was."""
        await person.client.patch("/auth/me", json={"display_name": "Mallory"}, headers=person.bearer)
        protected = await protect(person, clock)
        assert (await add_passkey(person, Authenticator(), "Laptop", code=protected.code())).status_code == 201
        token = await make_token(person, "Backup")
        await age(database, person)

        await reset(person, mailbox)

        signed_in = await person.sign_in(password=CHOSEN)
        assert signed_in.status_code == 200
        assert signed_in.json()["user"]["display_name"] is None
        assert await names(person, "/auth/passkeys") == await names(person, "/auth/tokens") == []
        assert (await person.client.post("/auth/token", json={"token": token})).status_code == 401
        said = await mail_about_it(person, mailbox)
        assert "not been confirmed before" in said
        for gone in ("your name", "the authenticator app", "the recovery codes", "“Laptop”", "“Backup”"):
            assert gone in said

    async def test_is_told_by_mail_and_in_the_log(self, verified: Person, mailbox: Mailbox, clock: Clock) -> None:
        protected = await protect(verified, clock)
        assert (await add_passkey(verified, Authenticator(), "Phone", code=protected.code())).status_code == 201
        await make_token(verified, "Leak")

        await reset(verified, mailbox)
        await verified.sign_in(password=CHOSEN)

        said, log = await mail_about_it(verified, mailbox), await log_of(verified)
        assert "All devices have been signed out" in said
        assert "the authenticator app, the recovery codes, the passkey “Phone”, the API token “Leak”" in said
        assert "Older passkeys, authenticator apps, API tokens and calendar links stay" in said
        assert ("second_factor.disabled", {"by": "reset"}) in log
        assert ("passkey.removed", {"by": "reset", "name": "Phone"}) in log
        assert ("api_token.revoked", {"by": "reset", "name": "Leak"}) in log

    async def test_tells_the_other_services_since_when(
        self, verified: Person, mailbox: Mailbox, database: Database
    ) -> None:
        before = datetime.now(UTC)
        await reset(verified, mailbox)

        [told] = await announced(database, verified)
        since, at = datetime.fromisoformat(told["since"]), datetime.fromisoformat(told["at"])
        assert before <= at <= datetime.now(UTC)
        assert at - since == timedelta(days=7)

    async def test_tells_the_other_services_that_it_is_everything(
        self, person: Person, mailbox: Mailbox, database: Database
    ) -> None:
        await reset(person, mailbox)

        [told] = await announced(database, person)
        assert told["since"] is None

    async def test_demands_a_long_password_where_no_factor_will_be_left(
        self, verified: Person, mailbox: Mailbox, database: Database
    ) -> None:
        await add_passkey(verified, Authenticator(), "Intruder")
        refused = await reset(verified, mailbox, SHORT)
        assert refused.status_code == 422
        assert "At least 15" in refused.json()["errors"][0]["detail"]
        assert await names(verified, "/auth/passkeys") == ["Intruder"]

        await age(database, verified)
        assert (await reset(verified, mailbox, SHORT)).status_code == 204


class TestAtTheSameMoment:
    async def test_nothing_is_added_by_who_is_being_locked_out(self, verified: Person, database: Database) -> None:
        options = (await ask(verified, "/auth/passkeys/options", password=PASSWORD)).json()
        async with database.transaction() as tx:
            await tx.execute(text("update users set password_hash = 'x' where id = :id"), {"id": verified.id})
            credential = Authenticator().create(options)
            adding = asyncio.create_task(ask(verified, "/auth/passkeys", name="Late", credential=credential))
            await asyncio.sleep(0.3)
            assert not adding.done()
            ended = "update sessions set ended_at = now(), end_reason = 'password_reset' where user_id = :id"
            await tx.execute(text(ended), {"id": verified.id})

        assert (await adding).status_code == 401
