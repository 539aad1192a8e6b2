"""Each kind of entry is made by what it is named after, and by nothing that did not happen in the end: P28."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
import structlog
from fastapi import FastAPI
from services.auth.tests.authenticator import Authenticator
from services.auth.tests.factors import Clock, Protected, add_passkey, at_a_set_time, protect
from services.auth.tests.mailbox import Mailbox
from services.auth.tests.support import PASSWORD, Person
from sqlalchemy import select
from tests.support.promises import Measured

from auth_service.audit import repository, service, verification
from auth_service.audit.kinds import Kind
from auth_service.audit.models import EntryRow
from auth_service.audit.schemas import EntryOut
from auth_service.sessions.clients import Client
from chassis.database import Database

pytestmark = pytest.mark.promise("P28")

WRONG, ANOTHER = "another one, and wrong", "wrong zebra clipped fastener"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CLIENT = Client("Firefox on Linux", "192.0.2.1")


@dataclass
class Scene:
    """Somebody with an account, of whose requests the log is to tell."""

    person: Person
    clock: Clock
    mailbox: Mailbox

    @property
    def session_id(self) -> UUID:
        claims = jwt.decode(self.person.answer["access_token"], options={"verify_signature": False})
        return UUID(claims["sid"])

    async def send(self, method: str, path: str, **body: Any) -> None:
        """As whoever is signed in, whatever the answer is."""
        json = body or None
        await self.person.client.request(method, path, json=json, headers=self.person.bearer)

    async def protect(self) -> Protected:
        return await protect(self.person, self.clock)

    async def forget_the_password(self) -> None:
        await self.send("POST", "/auth/password/forgot", email=self.person.email)
        # What the worker does is no part of the request, which it only knows by what was left for it.
        structlog.contextvars.clear_contextvars()


async def open_an_account(scene: Scene) -> None:
    scene.person = Person(scene.person.client)
    await scene.person.register()


async def rename(scene: Scene) -> None:
    await scene.send("PATCH", "/auth/me", display_name="Ada")


async def export(scene: Scene) -> None:
    await scene.send("GET", "/auth/export")


async def delete_the_account(scene: Scene) -> None:
    await scene.send("DELETE", "/auth/me", password=PASSWORD)


async def confirm_the_address(scene: Scene) -> None:
    token = await scene.mailbox.token(scene.person.email, "Confirm")
    await scene.send("POST", "/auth/email/verify", token=token)


async def change_the_password(scene: Scene) -> None:
    await scene.send("POST", "/auth/password", current_password=PASSWORD, new_password=ANOTHER)


async def give_the_wrong_password_again(scene: Scene) -> None:
    await scene.send("POST", "/auth/password", current_password=WRONG, new_password=ANOTHER)


async def ask_for_a_new_password(scene: Scene) -> None:
    await scene.forget_the_password()
    await scene.mailbox.of(scene.person.email)


async def choose_a_new_password_with_an_app(scene: Scene) -> None:
    await scene.protect()
    await choose_a_new_password(scene)


async def choose_a_new_password(scene: Scene) -> None:
    await scene.forget_the_password()
    token = await scene.mailbox.token(scene.person.email, "Choose")
    await scene.send("POST", "/auth/password/reset", token=token, new_password=ANOTHER)


async def sign_in(scene: Scene) -> None:
    await scene.person.sign_in()


async def fail_to_sign_in(scene: Scene) -> None:
    await scene.person.sign_in(password=WRONG)


async def sign_out(scene: Scene) -> None:
    await scene.person.client.post("/auth/logout", content="{}")


async def end_all_other_sessions(scene: Scene) -> None:
    await scene.send("DELETE", "/auth/sessions")


async def use_a_stolen_token(scene: Scene) -> None:
    stolen = scene.person.refresh_token
    await scene.person.refresh()
    await scene.person.refresh()
    await scene.person.refresh(stolen)


async def add_an_app(scene: Scene) -> None:
    await scene.protect()


async def remove_the_app(scene: Scene) -> None:
    protected = await scene.protect()
    await scene.send("POST", "/auth/second-factor/totp/remove", password=PASSWORD, code=protected.code())


async def fail_with_a_code(scene: Scene) -> None:
    protected = await scene.protect()
    await protected.sign_in(code="000000")


async def sign_in_without_a_code(scene: Scene) -> None:
    protected = await scene.protect()
    await protected.sign_in()


async def use_a_recovery_code(scene: Scene) -> None:
    protected = await scene.protect()
    await protected.sign_in(code=protected.recovery_codes[0])


async def renew_the_recovery_codes(scene: Scene) -> None:
    protected = await scene.protect()
    await scene.send("POST", "/auth/second-factor/recovery-codes", password=PASSWORD, code=protected.code())


async def add_a_passkey(scene: Scene) -> None:
    await add_passkey(scene.person, Authenticator())


async def remove_a_passkey(scene: Scene) -> None:
    added = await add_passkey(scene.person, Authenticator())
    await scene.send("POST", f"/auth/passkeys/{added.json()['id']}/remove", password=PASSWORD)


async def make_a_token(scene: Scene) -> None:
    new = {"name": "Backup", "scopes": ["todos:read"], "expires_in_days": 30}
    await scene.send("POST", "/auth/tokens", **new, password=PASSWORD)


async def revoke_a_token(scene: Scene) -> None:
    await make_a_token(scene)
    listed = await scene.person.client.get("/auth/tokens", headers=scene.person.bearer)
    await scene.send("DELETE", f"/auth/tokens/{listed.json()['items'][0]['id']}")


async def use_a_token(scene: Scene, change: Callable[[str], str] = str) -> None:
    new = {"name": "Backup", "scopes": ["todos:read"], "expires_in_days": 30, "password": PASSWORD}
    made = await scene.person.client.post("/auth/tokens", json=new, headers=scene.person.bearer)
    await scene.person.client.post("/auth/token", json={"token": change(made.json()["token"])})


async def use_a_token_that_is_wrong(scene: Scene) -> None:
    await use_a_token(scene, lambda token: f"{token[:-4]}AAAA")


MADE_BY: dict[Kind, Callable[[Scene], Awaitable[None]]] = {
    Kind.ACCOUNT_OPENED: open_an_account,
    Kind.ACCOUNT_RENAMED: rename,
    Kind.ACCOUNT_EXPORTED: export,
    Kind.ACCOUNT_DELETED: delete_the_account,
    Kind.EMAIL_VERIFIED: confirm_the_address,
    Kind.PASSWORD_CHANGED: change_the_password,
    Kind.CONFIRMATION_FAILED: give_the_wrong_password_again,
    Kind.PASSWORD_RESET_ASKED: ask_for_a_new_password,
    Kind.PASSWORD_RESET: choose_a_new_password,
    Kind.SIGNED_IN: sign_in,
    Kind.SIGN_IN_FAILED: fail_to_sign_in,
    Kind.SIGN_IN_INCOMPLETE: sign_in_without_a_code,
    Kind.SESSION_ENDED: sign_out,
    Kind.SESSIONS_ENDED: end_all_other_sessions,
    Kind.REFRESH_REUSED: use_a_stolen_token,
    Kind.SECOND_FACTOR_ENABLED: add_an_app,
    Kind.SECOND_FACTOR_DISABLED: remove_the_app,
    Kind.SECOND_FACTOR_FAILED: fail_with_a_code,
    Kind.RECOVERY_CODE_USED: use_a_recovery_code,
    Kind.RECOVERY_CODES_RENEWED: renew_the_recovery_codes,
    Kind.RECOVERY_CODES_REMOVED: choose_a_new_password_with_an_app,
    Kind.PASSKEY_ADDED: add_a_passkey,
    Kind.PASSKEY_REMOVED: remove_a_passkey,
    Kind.API_TOKEN_CREATED: make_a_token,
    Kind.API_TOKEN_REVOKED: revoke_a_token,
    Kind.API_TOKEN_USED: use_a_token,
    Kind.API_TOKEN_REFUSED: use_a_token_that_is_wrong,
}
# Nobody's request makes them: see `keys/test_commands.py`.
OF_OPERATORS = {Kind.SIGNING_KEY_ROTATED, Kind.SIGNING_KEY_REVOKED}
# Of somebody who is not in yet, or has come by a link; and of programs.
WITHOUT_A_SESSION = {
    Kind.RECOVERY_CODES_REMOVED,
    Kind.PASSWORD_RESET_ASKED,
    Kind.PASSWORD_RESET,
    Kind.SIGN_IN_FAILED,
    Kind.SIGN_IN_INCOMPLETE,
    Kind.SECOND_FACTOR_FAILED,
    Kind.RECOVERY_CODE_USED,
    Kind.API_TOKEN_USED,
    Kind.API_TOKEN_REFUSED,
}


@pytest.fixture
def scene(person: Person, app: FastAPI) -> Iterator[Scene]:
    with at_a_set_time(app) as clock:
        yield Scene(person, clock, Mailbox(app))


async def entry_of(database: Database, person: Person, kind: Kind) -> EntryOut:
    async with database.reads() as reads:
        page = await service.list_entries(reads, user_id=person.id, limit=100)
    [entry] = [entry for entry in page.items if entry.kind == kind]
    return entry


class TestKind:
    @pytest.mark.parametrize("kind", MADE_BY)
    async def test_is_in_the_log_with_who_where_and_which_request(
        self, scene: Scene, database: Database, kind: Kind
    ) -> None:
        request_id = f"request-{uuid4()}"
        scene.person.client.headers.update({"X-Request-Id": request_id, "User-Agent": FIREFOX})
        session_id = scene.session_id

        await MADE_BY[kind](scene)

        began_one = {Kind.ACCOUNT_OPENED, Kind.SIGNED_IN}
        expected = None if kind in WITHOUT_A_SESSION else scene.session_id if kind in began_one else session_id
        entry = await entry_of(database, scene.person, kind)
        assert (entry.request_id, entry.session_id) == (request_id, expected)
        # Who deletes an account takes along what would say where from.
        known = (None, None) if kind == Kind.ACCOUNT_DELETED else (CLIENT.device, CLIENT.address)
        assert (entry.device, entry.address) == known

    def test_is_made_by_something_whichever_it_is(self, measured: Measured) -> None:
        measured |= {"kinds": len(Kind)}
        assert MADE_BY.keys() | OF_OPERATORS == set(Kind)


class TestRecord:
    async def test_is_undone_with_its_transaction(self, person: Person, database: Database) -> None:
        with pytest.raises(ZeroDivisionError):
            async with database.transaction() as tx:
                await service.record(tx, Kind.ACCOUNT_RENAMED, user_id=person.id, client=CLIENT)
                raise ZeroDivisionError

        async with database.reads() as reads:
            kinds = set(await reads.scalars(select(EntryRow.kind).where(EntryRow.user_id == person.id)))
            assert not (await verification.verify(reads)).faults
        assert kinds == {Kind.ACCOUNT_OPENED}

    @pytest.mark.parametrize(
        "act", [rename, change_the_password, delete_the_account, sign_out, add_a_passkey, make_a_token]
    )
    async def test_takes_along_what_it_speaks_of_when_it_fails(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch, act: Callable[[Scene], Awaitable[None]]
    ) -> None:
        async def fail(*_: object) -> None:
            raise ZeroDivisionError

        before = await what_there_is(scene.person)
        with monkeypatch.context() as broken:
            broken.setattr(repository, "add", fail)
            await act(scene)

        assert await what_there_is(scene.person) == before
        assert (await scene.person.sign_in()).status_code == 200


async def what_there_is(person: Person) -> list[Any]:
    paths = ("/auth/me", "/auth/sessions", "/auth/passkeys", "/auth/tokens", "/auth/audit")
    answers = [await person.client.get(path, headers=person.bearer) for path in paths]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.json() for answer in answers]
