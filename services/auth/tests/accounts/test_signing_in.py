"""Somebody signs in while what they sign in with is taken away."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from services.auth.tests.authenticator import Authenticator
from services.auth.tests.factors import add_passkey
from services.auth.tests.mailbox import Mailbox
from services.auth.tests.support import PASSWORD, Person, client_of, eventually, exchanged
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.accounts.passwords import Passwords
from auth_service.devices import service as devices
from auth_service.settings import PasswordSettings
from chassis.database import Database

CHOSEN = "quiet ladder orbit marmalade"
_WAITING = (
    "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"
)


async def overtake(
    database: Database,
    signing_in: Callable[[], Awaitable[httpx.Response]],
    person: Person,
    change: Callable[[AsyncConnection], Awaitable[object]],
) -> httpx.Response:
    """The answer to somebody who is let in up to where the account is held, while a transaction changes it."""
    async with database.transaction() as tx:
        await tx.execute(text("select 1 from users where id = :id for update"), {"id": person.id})
        arriving = asyncio.ensure_future(signing_in())
        async with database.reads() as reads:
            await eventually(lambda: _is_somebody_waiting(reads))
        await change(tx)
    return await arriving


async def _is_somebody_waiting(reads: AsyncConnection) -> bool:
    """For a lock of a transaction of this test."""
    return bool(await reads.scalar(text(_WAITING)))


async def kinds_of(person: Person) -> list[tuple[str, dict[str, Any]]]:
    entries = (await person.client.get("/auth/audit", headers=person.bearer)).json()["items"]
    return [(each["kind"], each["details"]) for each in entries]


@asynccontextmanager
async def halfway_in(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[asyncio.Event, asyncio.Event]]:
    """Signing in stops in the middle of its transaction: the first event says that it is there, the second lets go."""
    is_there, goes_on, remember = asyncio.Event(), asyncio.Event(), devices.remember

    async def waiting(*arguments: Any) -> bool:
        is_there.set()
        await goes_on.wait()
        return await remember(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(devices, "remember", waiting)
        yield is_there, goes_on
        goes_on.set()


class TestSignIn:
    async def test_is_refused_where_its_password_was_changed(self, person: Person, database: Database) -> None:
        async def change(tx: AsyncConnection) -> None:
            await tx.execute(text("update users set password_hash = 'x' where id = :id"), {"id": person.id})

        answer = await overtake(database, person.sign_in, person, change)

        assert answer.status_code == 401
        assert answer.json()["type"] == "urn:problem:invalid-credentials"
        assert "set-cookie" not in answer.headers
        assert ("sign_in.failed", {"overtaken": True}) in await kinds_of(person)

    async def test_is_refused_where_the_account_was_deleted_meanwhile(self, person: Person, database: Database) -> None:
        async def delete(tx: AsyncConnection) -> None:
            await tx.execute(text("delete from users where id = :id"), {"id": person.id})

        answer = await overtake(database, person.sign_in, person, delete)

        assert answer.status_code == 401

    async def test_is_let_in_where_only_the_name_was_changed(self, person: Person, database: Database) -> None:
        """The control: whoever waits is not refused for that."""

        async def rename(tx: AsyncConnection) -> None:
            await tx.execute(text("update users set display_name = 'Ada' where id = :id"), {"id": person.id})

        assert (await overtake(database, person.sign_in, person, rename)).status_code == 200

    async def test_with_a_passkey_is_refused_where_it_was_removed_meanwhile(
        self, person: Person, database: Database
    ) -> None:
        key = Authenticator()
        assert (await add_passkey(person, key)).status_code == 201
        options = (await person.client.post("/auth/login/passkey/options", json={})).json()

        async def sign_in() -> httpx.Response:
            return await person.client.post("/auth/login/passkey", json={"credential": key.get(options)})

        async def remove(tx: AsyncConnection) -> None:
            await tx.execute(text("delete from passkeys where user_id = :id"), {"id": person.id})

        answer = await overtake(database, sign_in, person, remove)

        assert answer.status_code == 401
        assert answer.json()["type"] == "urn:problem:second-factor-invalid"

    async def test_that_was_a_moment_earlier_is_ended_by_a_reset(
        self, person: Person, app: FastAPI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mailbox = Mailbox(app)
        await person.client.post("/auth/password/forgot", json={"email": person.email})
        chosen = {"token": await mailbox.token(person.email, "Choose"), "new_password": CHOSEN}
        async with client_of(app) as elsewhere, client_of(app) as owner:
            intruder = Person(elsewhere, email=person.email)
            async with halfway_in(monkeypatch) as (is_there, goes_on):
                arriving = asyncio.create_task(intruder.sign_in())
                await is_there.wait()
                resetting = asyncio.create_task(owner.post("/auth/password/reset", json=chosen))
                database: Database = app.state.database
                async with database.reads() as reads:
                    await eventually(lambda: _is_somebody_waiting(reads))
                goes_on.set()
                assert (await arriving).status_code == 200
                assert (await resetting).status_code == 204

            assert (await intruder.me()).status_code == 401
            assert (await intruder.refresh()).status_code == 401

    async def test_of_many_at_once_renews_an_old_hash_and_lets_all_in(self, person: Person, app: FastAPI) -> None:
        with Passwords.costing(PasswordSettings(memory_kib=128, passes=1)) as stronger:
            entrance = dataclasses.replace(app.state.entrance, passwords=stronger)
            with exchanged(app, "entrance", entrance):
                answers = await asyncio.gather(*(person.sign_in(password=PASSWORD) for _ in range(6)))

        assert [answer.status_code for answer in answers] == [200] * 6
