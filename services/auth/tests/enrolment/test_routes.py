import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from services.auth.tests.authenticator import Authenticator
from services.auth.tests.factors import Clock, add_passkey, ask, at_a_set_time, protect, question
from services.auth.tests.mailbox import Mailbox
from services.auth.tests.support import PASSWORD, Person, client_of
from sqlalchemy import text

from chassis.database import Database

WRONG = "another one, and wrong"
# Enough beside a second factor, and alone.
SHORT, LONG = "x8Kd92kf", "nine wicker lanterns drift"


async def choose(person: Person, *, old: str = PASSWORD, new: str) -> None:
    answer = await ask(person, "/auth/password", current_password=old, new_password=new)
    assert answer.status_code == 204, answer.text


@pytest.fixture
def clock(app: FastAPI) -> Iterator[Clock]:
    with at_a_set_time(app) as clock:
        yield clock


async def state_of(person: Person) -> dict[str, Any]:
    response = await person.client.get("/auth/second-factor", headers=person.bearer)
    assert response.status_code == 200
    state: dict[str, Any] = response.json()
    return state


def slug(response: httpx.Response) -> str:
    return str(response.json()["type"]).removeprefix("urn:problem:")


class TestTotp:
    async def test_counts_from_the_moment_a_code_is_confirmed(self, person: Person, clock: Clock) -> None:
        begun = await ask(person, "/auth/second-factor/totp", password=PASSWORD)
        assert begun.status_code == 200
        setup = begun.json()
        assert setup["secret"] in setup["uri"]
        assert setup["qr_svg"].startswith("<svg xmlns=")
        assert (await person.sign_in()).status_code == 200

        wrong = await ask(person, "/auth/second-factor/totp/confirm", code="000000")
        code = pyotp.TOTP(setup["secret"]).at(int(clock.seconds))
        right = await ask(person, "/auth/second-factor/totp/confirm", code=code)

        assert (wrong.status_code, slug(wrong)) == (401, "second-factor-invalid")
        assert right.status_code == 200
        assert len(set(right.json()["recovery_codes"])) == 10
        assert await state_of(person) == {"totp": True, "recovery_codes_left": 10, "passkeys": 0}
        # The code that confirmed is used up.
        assert (await person.sign_in(code=code)).status_code == 401

    async def test_needs_the_password_and_is_there_once(self, person: Person, clock: Clock) -> None:
        assert (await ask(person, "/auth/second-factor/totp", password=WRONG)).status_code == 403
        assert slug(await ask(person, "/auth/second-factor/totp/confirm", code="123456")) == "totp-not-begun"
        await protect(person, clock)

        assert slug(await ask(person, "/auth/second-factor/totp", password=PASSWORD)) == "totp-already-on"

    async def test_is_removed_with_password_and_code_and_its_recovery_codes_go(
        self, person: Person, clock: Clock
    ) -> None:
        protected, remove = await protect(person, clock), "/auth/second-factor/totp/remove"
        assert (await ask(person, remove, password=WRONG, code=protected.code())).status_code == 403
        assert (await ask(person, remove, password=PASSWORD, code="000000")).status_code == 401

        removed = await ask(person, remove, password=PASSWORD, code=protected.code())

        assert removed.status_code == 204
        assert await state_of(person) == {"totp": False, "recovery_codes_left": 0, "passkeys": 0}
        assert (await person.sign_in()).status_code == 200

    async def test_stays_while_the_password_is_too_short_to_be_alone(self, person: Person, clock: Clock) -> None:
        protected, remove = await protect(person, clock), "/auth/second-factor/totp/remove"
        passkey = (await add_passkey(person, Authenticator(), code=protected.code())).json()["id"]
        await choose(person, new=SHORT)

        # There is still the passkey.
        assert (await ask(person, remove, password=SHORT, code=protected.code())).status_code == 204
        refused = await ask(person, f"/auth/passkeys/{passkey}/remove", password=SHORT)
        assert (refused.status_code, slug(refused)) == (409, "password-too-short-alone")
        assert "15 characters" in refused.json()["detail"]
        assert await state_of(person) == {"totp": False, "recovery_codes_left": 10, "passkeys": 1}

        await choose(person, old=SHORT, new=LONG)
        assert (await ask(person, f"/auth/passkeys/{passkey}/remove", password=LONG)).status_code == 204
        assert await state_of(person) == {"totp": False, "recovery_codes_left": 0, "passkeys": 0}

    async def test_that_has_to_stay_uses_up_no_recovery_code(self, person: Person, clock: Clock) -> None:
        protected = await protect(person, clock)
        await choose(person, new=SHORT)
        code = protected.recovery_codes[0]

        refused = await ask(person, "/auth/second-factor/totp/remove", password=SHORT, code=code)

        assert slug(refused) == "password-too-short-alone"
        assert await state_of(person) == {"totp": True, "recovery_codes_left": 10, "passkeys": 0}

    async def test_goes_once_of_both_that_are_removed_at_once(self, person: Person, clock: Clock) -> None:
        """Each would see the other one, and leave a short password alone."""
        protected = await protect(person, clock)
        passkey = (await add_passkey(person, Authenticator(), code=protected.code())).json()["id"]
        await choose(person, new=SHORT)

        answers = await asyncio.gather(
            ask(person, "/auth/second-factor/totp/remove", password=SHORT, code=protected.code()),
            ask(person, f"/auth/passkeys/{passkey}/remove", password=SHORT, code=protected.recovery_codes[0]),
        )

        assert sorted(answer.status_code for answer in answers) == [204, 409]

    async def test_lies_sealed_in_the_table(self, person: Person, clock: Clock, database: Database) -> None:
        protected = await protect(person, clock)
        async with database.reads() as reads:
            stored = await reads.scalar(text("select secret from totp where user_id = :id"), {"id": person.id})
            codes = await reads.scalar(text("select hashes from recovery_codes where user_id = :id"), {"id": person.id})

        assert protected.secret.encode() not in stored
        assert all(len(code) == 32 for code in codes)

    async def test_is_told_by_mail(self, person: Person, clock: Clock, app: FastAPI) -> None:
        await protect(person, clock)

        assert "How you sign in to Daybook has been changed" in await Mailbox(app).subjects(person.email)


class TestRecoveryCodes:
    async def test_are_renewed_and_the_old_ones_void(self, person: Person, clock: Clock) -> None:
        protected, renew = await protect(person, clock), "/auth/second-factor/recovery-codes"
        without = await ask(person, renew, password=PASSWORD)
        renewed = await ask(person, renew, password=PASSWORD, code=protected.code())

        assert (without.status_code, slug(without)) == (401, "second-factor-required")
        assert renewed.status_code == 200
        assert set(renewed.json()["recovery_codes"]).isdisjoint(protected.recovery_codes)
        assert (await person.sign_in(code=protected.recovery_codes[0])).status_code == 401
        assert (await person.sign_in(code=renewed.json()["recovery_codes"][0])).status_code == 200

    async def test_go_with_a_second_factor(self, person: Person) -> None:
        response = await ask(person, "/auth/second-factor/recovery-codes", password=PASSWORD)

        assert (response.status_code, slug(response)) == (409, "no-second-factor")


@pytest.mark.usefixtures("clock")
class TestPasskeys:
    async def test_are_added_listed_and_removed(self, person: Person) -> None:
        first = await add_passkey(person, Authenticator(), " Laptop ")
        second = await add_passkey(person, Authenticator(), "Phone")
        listed = (await person.client.get("/auth/passkeys", headers=person.bearer)).json()

        assert (first.status_code, first.json()["name"]) == (201, "Laptop")
        assert len(first.json()["recovery_codes"]) == 10
        assert second.json()["recovery_codes"] is None
        assert [item["name"] for item in listed["items"]] == ["Laptop", "Phone"]
        assert listed["items"][0].keys() == {"id", "name", "created_at", "last_used_at"}

        for added in (first, second):
            path = f"/auth/passkeys/{added.json()['id']}/remove"
            assert (await ask(person, path, password=WRONG)).status_code == 403
            assert (await ask(person, path, password=PASSWORD)).status_code == 204
            assert (await ask(person, path, password=PASSWORD)).status_code == 404
        assert await state_of(person) == {"totp": False, "recovery_codes_left": 0, "passkeys": 0}

    async def test_are_asked_for_with_the_password_only(self, person: Person) -> None:
        assert (await ask(person, "/auth/passkeys/options", password=WRONG)).status_code == 403

    async def test_are_added_and_removed_with_a_code_where_there_is_an_app(self, person: Person, clock: Clock) -> None:
        """Each lets in without the app, so a password alone neither adds nor removes one."""
        protected, options = await protect(person, clock), "/auth/passkeys/options"

        without = await ask(person, options, password=PASSWORD)
        guessed = await ask(person, options, password=PASSWORD, code="000000")
        added = await add_passkey(person, Authenticator(), code=protected.code())

        assert (without.status_code, slug(without)) == (401, "second-factor-required")
        assert without.json()["methods"] == ["totp", "recovery_code"]
        assert (guessed.status_code, slug(guessed)) == (401, "second-factor-invalid")
        assert added.status_code == 201

        remove = f"/auth/passkeys/{added.json()['id']}/remove"
        assert slug(await ask(person, remove, password=PASSWORD)) == "second-factor-required"
        assert slug(await ask(person, remove, password=PASSWORD, code="000000")) == "second-factor-invalid"
        assert (await ask(person, remove, password=PASSWORD, code=protected.code())).status_code == 204

    async def test_are_not_added_by_a_question_from_before_there_was_an_app(self, person: Person, clock: Clock) -> None:
        options = (await ask(person, "/auth/passkeys/options", password=PASSWORD)).json()
        await protect(person, clock)

        slipped = await ask(person, "/auth/passkeys", name="Slip", credential=Authenticator().create(options))

        assert (slipped.status_code, slug(slipped)) == (401, "second-factor-invalid")
        assert (await state_of(person))["passkeys"] == 0

    async def test_that_are_not_there_use_up_no_code(self, person: Person, clock: Clock) -> None:
        protected = await protect(person, clock)
        code = protected.recovery_codes[0]

        gone = await ask(person, f"/auth/passkeys/{uuid4()}/remove", password=PASSWORD, code=code)

        assert (gone.status_code, slug(gone)) == (404, "passkey-not-found")
        assert (await state_of(person))["recovery_codes_left"] == 10

    @pytest.mark.parametrize(
        "name, detail",
        [
            ("two\nlines", "Must be one line, without control characters"),
            ("Laptop\u202egnp", "Must not change the direction of the text around it"),
            ("\u3164", "Must have a character that can be seen"),
        ],
    )
    async def test_have_names_that_can_be_read(self, person: Person, name: str, detail: str) -> None:
        refused = await add_passkey(person, Authenticator(), name)

        assert refused.status_code == 422
        assert refused.json()["errors"] == [{"pointer": "#/name", "detail": detail}]

    async def test_take_the_answer_to_each_question_once(self, person: Person) -> None:
        options = (await ask(person, "/auth/passkeys/options", password=PASSWORD)).json()
        first, second = (Authenticator().create(options) for _ in range(2))

        assert (await ask(person, "/auth/passkeys", name="One", credential=first)).status_code == 201
        assert (await ask(person, "/auth/passkeys", name="Two", credential=second)).status_code == 401

    async def test_take_no_answer_to_another_sessions_question_or_to_a_sign_in(self, person: Person) -> None:
        options = (await ask(person, "/auth/passkeys/options", password=PASSWORD)).json()
        for_signing_in = options | {"challenge": (await question(person))["challenge"]}
        answers = [Authenticator().create(each) for each in (options, for_signing_in)]
        await person.sign_in()

        for answer in answers:
            assert (await ask(person, "/auth/passkeys", name="Stolen", credential=answer)).status_code == 401

    async def test_that_somebody_has_are_nobody_elses(self, person: Person, app: FastAPI) -> None:
        authenticator = Authenticator()
        added = await add_passkey(person, authenticator)
        async with client_of(app) as client:
            other = Person(client)
            await other.register()

            assert slug(await add_passkey(other, authenticator)) == "passkey-taken"
            path = f"/auth/passkeys/{added.json()['id']}/remove"
            assert slug(await ask(other, path, password=PASSWORD)) == "passkey-not-found"

    async def test_keep_the_recovery_codes_when_the_app_goes(self, person: Person, clock: Clock) -> None:
        protected = await protect(person, clock)
        await add_passkey(person, Authenticator(), code=protected.code())
        await ask(person, "/auth/second-factor/totp/remove", password=PASSWORD, code=protected.code())

        assert await state_of(person) == {"totp": False, "recovery_codes_left": 10, "passkeys": 1}
