from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from services.auth.tests.mailbox import Mailbox
from services.auth.tests.support import PASSWORD, Person, client_of, eventually, is_ready, running
from sqlalchemy import func, select, update

from auth_service.app import build
from auth_service.devices.models import KnownDeviceRow
from auth_service.links.models import SingleUseTokenRow
from auth_service.recovery.service import PROOF_MISSING
from auth_service.settings import Settings
from chassis.database import Database

ANOTHER = "wrong zebra clipped fastener"
CHOSEN = "quiet ladder orbit marmalade"


@pytest.fixture
def mailbox(app: FastAPI) -> Mailbox:
    return Mailbox(app)


async def forget(person: Person, mailbox: Mailbox) -> str:
    """The token of the link that comes by mail."""
    response = await person.client.post("/auth/password/forgot", json={"email": person.email})
    assert response.status_code == 202
    return await mailbox.token(person.email, "Choose")


async def reset(client: httpx.AsyncClient, token: str, password: str = ANOTHER) -> httpx.Response:
    return await client.post("/auth/password/reset", json={"token": token, "new_password": password})


class TestForgotPassword:
    async def test_answers_byte_for_byte_the_same_for_everybody(self, person: Person) -> None:
        known, unknown = [
            await person.client.post("/auth/password/forgot", json={"email": email})
            for email in (person.email, f"{uuid4().hex}@example.com")
        ]

        assert known.status_code == unknown.status_code == 202
        assert known.content == unknown.content == b""
        assert {k: v for k, v in known.headers.items() if k != "x-request-id"} == {
            k: v for k, v in unknown.headers.items() if k != "x-request-id"
        }

    async def test_writes_to_nobody_without_an_account(self, client: httpx.AsyncClient, mailbox: Mailbox) -> None:
        stranger = f"{uuid4().hex}@example.com"
        await client.post("/auth/password/forgot", json={"email": stranger})

        assert await mailbox.of(stranger) == []

    async def test_writes_to_the_address_of_the_account_not_to_the_one_that_was_typed(
        self, person: Person, mailbox: Mailbox
    ) -> None:
        await person.client.post("/auth/password/forgot", json={"email": person.email.upper()})

        assert "Choose a new password for Daybook" in await mailbox.subjects(person.email)

    async def test_does_not_fill_a_mailbox(self, person: Person, mailbox: Mailbox) -> None:
        for _ in range(5):
            await person.client.post("/auth/password/forgot", json={"email": person.email})

        subjects = await mailbox.subjects(person.email)
        assert subjects.count("Choose a new password for Daybook") == 3


class TestResetPassword:
    async def test_changes_the_password_and_signs_out_everywhere(self, person: Person, mailbox: Mailbox) -> None:
        token = await forget(person, mailbox)

        assert (await reset(person.client, token)).status_code == 204

        assert (await person.me()).status_code == 401
        assert (await person.refresh()).status_code == 401
        assert (await person.sign_in()).status_code == 401
        assert (await person.sign_in(password=ANOTHER)).status_code == 200
        assert person.answer["user"]["email_verified"]
        assert "Your Daybook password has been changed" in await mailbox.subjects(person.email)

    async def test_takes_a_link_once(self, person: Person, mailbox: Mailbox) -> None:
        token = await forget(person, mailbox)
        await reset(person.client, token)

        response = await reset(person.client, token, "third zebra clipped fastener")

        assert response.status_code == 410
        assert response.json()["type"] == "urn:problem:link-expired"

    async def test_a_link_makes_the_others_useless(self, person: Person, mailbox: Mailbox) -> None:
        first, second = await forget(person, mailbox), await forget(person, mailbox)
        await reset(person.client, second)

        assert (await reset(person.client, first)).status_code == 410

    async def test_takes_no_link_from_before_its_owner_chose_another_password(
        self, person: Person, mailbox: Mailbox
    ) -> None:
        token = await forget(person, mailbox)
        change = {"current_password": PASSWORD, "new_password": CHOSEN}
        assert (await person.client.post("/auth/password", json=change, headers=person.bearer)).status_code == 204

        assert (await reset(person.client, token)).status_code == 410
        assert (await person.sign_in(password=CHOSEN)).status_code == 200

    async def test_takes_no_link_that_is_too_old(self, person: Person, mailbox: Mailbox, database: Database) -> None:
        token = await forget(person, mailbox)
        async with database.transaction() as tx:
            of_person = update(SingleUseTokenRow).where(SingleUseTokenRow.user_id == person.id)
            await tx.execute(of_person.values(expires_at=func.now() - timedelta(seconds=1)))

        assert (await reset(person.client, token)).status_code == 410

    async def test_a_link_for_something_else_opens_nothing(self, person: Person, mailbox: Mailbox) -> None:
        token = await mailbox.token(person.email, "Confirm")

        assert (await reset(person.client, token)).status_code == 410

    async def test_refuses_a_weak_password_and_leaves_the_link_good(self, person: Person, mailbox: Mailbox) -> None:
        token = await forget(person, mailbox)

        refused = await reset(person.client, token, "passwordpassword")

        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "#/new_password"
        assert (await reset(person.client, token)).status_code == 204

    async def test_keeps_the_hash_only(self, person: Person, mailbox: Mailbox, database: Database) -> None:
        token = await forget(person, mailbox)
        async with database.reads() as reads:
            stored = (await reads.execute(select(SingleUseTokenRow))).all()

        assert token not in str(stored)

    async def test_forgets_every_browser(self, person: Person, mailbox: Mailbox, database: Database) -> None:
        await reset(person.client, await forget(person, mailbox))

        async with database.reads() as reads:
            known = select(func.count()).where(KnownDeviceRow.user_id == person.id)
            assert await reads.scalar(known) == 0


async def verify(
    person: Person, token: str, *, headers: dict[str, str] | None = None, **password: str
) -> httpx.Response:
    return await person.client.post("/auth/email/verify", json={"token": token} | password, headers=headers)


class TestVerifyEmail:
    async def test_confirms_the_address_once(self, person: Person, mailbox: Mailbox) -> None:
        token = await mailbox.token(person.email, "Confirm")

        answers = [await verify(person, token, headers=person.bearer) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [204, 410]
        assert (await person.me()).json()["email_verified"]

    async def test_takes_the_password_of_who_is_not_signed_in(self, person: Person, mailbox: Mailbox) -> None:
        token = await mailbox.token(person.email, "Confirm")

        silent, wrong = await verify(person, token), await verify(person, token, password=ANOTHER)
        assert (silent.status_code, wrong.status_code) == (422, 403)
        assert silent.json()["errors"] == [{"pointer": "#/password", "detail": PROOF_MISSING}]
        assert not (await person.me()).json()["email_verified"]

        assert (await verify(person, token, password=PASSWORD)).status_code == 204
        assert (await person.me()).json()["email_verified"]
        log = (await person.client.get("/auth/audit", headers=person.bearer)).json()["items"]
        assert [each["kind"] for each in log[:2]] == ["email.verified", "confirmation.failed"]

    async def test_is_not_for_who_is_signed_in_to_another_account(
        self, person: Person, mailbox: Mailbox, app: FastAPI
    ) -> None:
        token = await mailbox.token(person.email, "Confirm")
        async with client_of(app) as client:
            other = Person(client)
            await other.register()

            assert (await verify(person, token, headers=other.bearer)).status_code == 422

    async def test_is_not_for_a_session_that_is_over(self, person: Person, mailbox: Mailbox) -> None:
        token = await mailbox.token(person.email, "Confirm")
        await person.client.post("/auth/logout", json={})

        assert (await verify(person, token, headers=person.bearer)).status_code == 401

    async def test_lets_nobody_guess_the_password_by_the_link(self, person: Person, mailbox: Mailbox) -> None:
        token = await mailbox.token(person.email, "Confirm")

        answers = [(await verify(person, token, password=ANOTHER)).status_code for _ in range(7)]

        assert answers == [403] * 5 + [429] * 2

    async def test_sends_the_link_again_when_asked_but_not_for_a_confirmed_address(
        self, person: Person, mailbox: Mailbox
    ) -> None:
        subject = "Confirm your e-mail address for Daybook"
        again = await person.client.post("/auth/email/verification", headers=person.bearer)
        assert again.status_code == 202
        assert (await mailbox.subjects(person.email)).count(subject) == 2

        await verify(person, await mailbox.token(person.email, "Confirm"), headers=person.bearer)
        await person.client.post("/auth/email/verification", headers=person.bearer)

        assert (await mailbox.subjects(person.email)).count(subject) == 2


@pytest.fixture(scope="module")
async def strict_app(settings: Settings) -> AsyncIterator[FastAPI]:
    """Where addresses have to be confirmed."""
    async with running(build(settings.model_copy(update={"require_email_verification": True}))) as app:
        await eventually(lambda: is_ready(app))
        yield app


@pytest.fixture
async def newcomer(strict_app: FastAPI) -> AsyncIterator[Person]:
    async with client_of(strict_app) as client:
        yield Person(client)


async def register(person: Person, **changes: str) -> httpx.Response:
    return await person.client.post("/auth/register", json={"email": person.email, "password": PASSWORD} | changes)


class TestWhereAddressesHaveToBeConfirmed:
    async def test_an_account_is_of_use_once_its_address_is_confirmed(
        self, newcomer: Person, strict_app: FastAPI
    ) -> None:
        mailbox = Mailbox(strict_app)
        registered = await register(newcomer)
        assert (registered.status_code, registered.content) == (202, b"")
        assert "set-cookie" not in registered.headers
        token = await mailbox.token(newcomer.email, "Confirm")

        early = await newcomer.sign_in()
        wrong = await newcomer.sign_in(password=ANOTHER)
        verified = await verify(newcomer, token, password=PASSWORD)
        late = await newcomer.sign_in()

        assert early.status_code == 403
        assert early.json()["type"] == "urn:problem:email-not-verified"
        entries = (await newcomer.client.get("/auth/audit", headers=newcomer.bearer)).json()["items"]
        assert {"missing": "verified_email"} in [entry["details"] for entry in entries]
        assert wrong.json()["type"] == "urn:problem:invalid-credentials"
        assert verified.status_code == 204
        assert late.status_code == 200

    async def test_a_taken_address_is_answered_like_a_free_one_and_its_owner_is_told(
        self, person: Person, newcomer: Person, strict_app: FastAPI
    ) -> None:
        mailbox = Mailbox(strict_app)
        await verify(person, await mailbox.token(person.email, "Confirm"), password=PASSWORD)

        free, taken = await register(newcomer), await register(newcomer, email=person.email, password=ANOTHER)

        assert (free.status_code, free.content) == (taken.status_code, taken.content) == (202, b"")
        assert "You have an account at Daybook already" in await mailbox.subjects(person.email)
        assert (await person.sign_in(password=ANOTHER)).status_code == 401
        assert (await person.sign_in()).status_code == 200

    async def test_nobody_takes_over_an_account_that_is_not_confirmed_yet(
        self, newcomer: Person, strict_app: FastAPI
    ) -> None:
        mailbox = Mailbox(strict_app)
        await register(newcomer, display_name="Somebody else")
        early = await mailbox.token(newcomer.email, "Confirm")

        await register(newcomer, password=ANOTHER)
        token = await mailbox.token(newcomer.email, "Choose your password")

        # Whoever was first, and whoever was last: neither is confirmed by who only reads the mail.
        assert (await verify(newcomer, early, password=PASSWORD)).status_code == 410
        for password in (PASSWORD, ANOTHER):
            assert (await newcomer.sign_in(password=password)).status_code == 401
        chosen = await newcomer.client.post("/auth/password/reset", json={"token": token, "new_password": CHOSEN})
        assert chosen.status_code == 204
        for password in (PASSWORD, ANOTHER):
            assert (await newcomer.sign_in(password=password)).status_code == 401
        assert (await newcomer.sign_in(password=CHOSEN)).json()["user"]["display_name"] is None
        log = (await newcomer.client.get("/auth/audit", headers=newcomer.bearer)).json()["items"]
        kinds = [each["kind"] for each in reversed(log) if each["kind"] != "sign_in.failed"]
        assert kinds[:3] == ["account.opened", "password.reset_asked", "password.reset"]

    async def test_a_click_does_not_confirm_what_a_stranger_opened(self, newcomer: Person, strict_app: FastAPI) -> None:
        mailbox = Mailbox(strict_app)
        await register(newcomer)
        token = await mailbox.token(newcomer.email, "Confirm")

        # Whoever reads the mail clicks, and does not know the password that the stranger chose.
        assert (await verify(newcomer, token)).status_code == 422

        assert (await newcomer.sign_in()).json()["type"] == "urn:problem:email-not-verified"

    async def test_an_account_that_is_in_use_keeps_its_password(self, person: Person, newcomer: Person) -> None:
        await register(newcomer, email=person.email, password=ANOTHER)

        assert (await person.sign_in(password=ANOTHER)).status_code == 401
        assert (await person.sign_in()).status_code == 200
