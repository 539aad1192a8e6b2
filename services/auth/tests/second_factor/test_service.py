"""Through the door: signing in with something beside the password, or with a passkey alone."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from services.auth.tests.authenticator import Authenticator
from services.auth.tests.factors import Clock, Protected, add_passkey, at_a_set_time, protect, question, try_at_once
from services.auth.tests.mailbox import Mailbox
from services.auth.tests.support import Person, client_of
from sqlalchemy import text
from tests.support.promises import Measured, size

from auth_service.attempts import budgets
from auth_service.second_factor import service
from auth_service.second_factor.errors import SecondFactorInvalid
from chassis.database import Database

GUESSES = size(quick=60, full=500)


@pytest.fixture
def clock(app: FastAPI) -> Iterator[Clock]:
    with at_a_set_time(app) as clock:
        yield clock


@pytest.fixture
async def protected(person: Person, clock: Clock) -> Protected:
    return await protect(person, clock)


def problem(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["type"].removeprefix("urn:problem:")


REQUIRED, INVALID = (401, "second-factor-required"), (401, "second-factor-invalid")


async def newest_entry(person: Person, kind: str) -> dict[str, Any]:
    entries = (await person.client.get("/auth/audit", headers=person.bearer)).json()["items"]
    found: dict[str, Any] = next(entry for entry in entries if entry["kind"] == kind)
    return found


async def kinds(person: Person) -> list[str]:
    entries = (await person.client.get("/auth/audit", headers=person.bearer)).json()["items"]
    return [entry["kind"] for entry in entries]


class TestRequire:
    async def test_asks_for_nothing_where_there_is_nothing(self, person: Person, database: Database) -> None:
        async with database.reads() as reads:
            assert not await service.is_enabled(reads, person.id)
        assert (await person.sign_in()).status_code == 200

    async def test_asks_for_it_after_the_right_password_only(self, protected: Protected, database: Database) -> None:
        asked = await protected.sign_in()
        wrong = await protected.sign_in(password="another one, and wrong")

        async with database.reads() as reads:
            assert await service.is_enabled(reads, protected.person.id)
        assert problem(asked) == REQUIRED
        assert asked.json()["methods"] == ["totp", "recovery_code"]
        assert "set-cookie" not in asked.headers
        assert problem(wrong) == (401, "invalid-credentials")
        assert "methods" not in wrong.json()
        entry = await newest_entry(protected.person, "sign_in.incomplete")
        assert entry["details"] == {"missing": "second_factor"}

    async def test_lets_in_with_a_code_of_the_app(self, protected: Protected) -> None:
        assert (await protected.sign_in(code=protected.code())).status_code == 200
        entries = (await protected.person.client.get("/auth/audit", headers=protected.person.bearer)).json()["items"]
        assert (entries[0]["kind"], entries[0]["details"]["method"]) == ("session.started", "totp")

    async def test_refuses_a_code_that_was_used_and_those_before_it(self, protected: Protected) -> None:
        earlier, later = protected.code(), protected.code()
        assert (await protected.sign_in(code=later)).status_code == 200

        assert problem(await protected.sign_in(code=later)) == INVALID
        assert problem(await protected.sign_in(code=earlier)) == INVALID
        assert "second_factor.failed" in await kinds(protected.person)

    async def test_takes_each_recovery_code_once(self, protected: Protected) -> None:
        code = protected.recovery_codes[0]
        assert (await protected.sign_in(code=code.upper())).status_code == 200
        assert problem(await protected.sign_in(code=code)) == INVALID
        factor = await protected.person.client.get("/auth/second-factor", headers=protected.person.bearer)
        assert factor.json() == {"totp": True, "recovery_codes_left": 9, "passkeys": 0}
        assert "recovery_code.used" in await kinds(protected.person)

    async def test_does_not_take_another_persons_code(self, protected: Protected, app: FastAPI, clock: Clock) -> None:
        async with client_of(app) as client:
            other = Person(client)
            await other.register()
            theirs = await protect(other, clock)
            assert problem(await protected.sign_in(code=theirs.code())) == INVALID
            assert problem(await protected.sign_in(code=theirs.recovery_codes[0])) == INVALID


class Nobody:
    device = address = None


class TestRequireCode:
    """Straight at the door, so that the password's own budget and hashing do not stand before it."""

    @pytest.mark.parametrize("kind", ["app", "paper"])
    async def test_lets_one_in_of_all_who_enter_the_same_code_at_once(
        self, app: FastAPI, protected: Protected, kind: str
    ) -> None:
        code = protected.code() if kind == "app" else protected.recovery_codes[0]
        checkpoint, user_id = app.state.entrance.checkpoint, protected.person.id

        came = await try_at_once(5, lambda: service.require_code(checkpoint, user_id, code, client=Nobody()))

        assert came["done"] == 1
        assert came.keys() <= {"done", "SecondFactorInvalid", "unavailable"}

    @pytest.mark.promise("P21")
    async def test_looks_at_no_more_guesses_than_there_are_however_many_come_at_once(
        self, app: FastAPI, protected: Protected, database: Database, measured: Measured
    ) -> None:
        checkpoint, user_id = app.state.entrance.checkpoint, protected.person.id
        numbers = itertools.count()

        async def guess() -> None:
            await service.require_code(checkpoint, user_id, f"{next(numbers):06}", client=Nobody())

        came = await try_at_once(GUESSES, guess)

        measured |= {"guesses": GUESSES, "looked_at": came["SecondFactorInvalid"], "came": dict(came)}
        assert came["SecondFactorInvalid"] <= 5 <= came["SecondFactorInvalid"] + came["unavailable"]
        assert came["TooManyAttempts"] + came["SecondFactorInvalid"] + came["unavailable"] == GUESSES
        async with database.reads() as reads:
            count = text("select count(*) from audit_entries where user_id = :id and kind = 'second_factor.failed'")
            assert await reads.scalar(count, {"id": user_id}) <= 5

    async def test_writes_to_who_is_guessed_at_once(self, app: FastAPI, protected: Protected) -> None:
        checkpoint, person = app.state.entrance.checkpoint, protected.person

        for number in range(budgets.SECOND_FACTOR.free):
            with pytest.raises(SecondFactorInvalid):
                await service.require_code(checkpoint, person.id, f"{number:06}", client=Nobody())

        subjects = await Mailbox(app).subjects(person.email)
        assert subjects.count("Somebody enters wrong codes for your Daybook account") == 1

    async def test_keeps_a_known_browser_out_of_what_strangers_do(self, app: FastAPI, protected: Protected) -> None:
        assert (await protected.sign_in(code=protected.code())).status_code == 200
        async with client_of(app) as elsewhere:
            stranger = Person(elsewhere, email=protected.person.email)
            guesses = [await stranger.sign_in(code="000000") for _ in range(6)]

        assert problem(guesses[4]) == INVALID
        assert guesses[5].status_code == 429
        assert int(guesses[5].headers["retry-after"]) >= 1
        assert (await protected.sign_in(code=protected.code())).status_code == 200


class TestIdentify:
    @pytest.fixture
    async def authenticator(self, person: Person, clock: Clock) -> Authenticator:  # noqa: ARG002
        authenticator = Authenticator()
        assert (await add_passkey(person, authenticator)).status_code == 201
        return authenticator

    async def answer(self, person: Person, credential: dict[str, Any]) -> Any:
        return await person.client.post("/auth/login/passkey", json={"credential": credential})

    async def test_signs_in_with_a_passkey_alone(self, person: Person, authenticator: Authenticator) -> None:
        response = await self.answer(person, authenticator.get(await question(person)))

        assert response.status_code == 200
        assert response.json()["user"]["id"] == str(person.id)
        assert "set-cookie" in response.headers

    async def test_asks_for_the_passkey_beside_the_password(self, person: Person, authenticator: Authenticator) -> None:
        asked = await person.sign_in()
        proved = await person.sign_in(passkey=authenticator.get(await question(person)))  # type: ignore[arg-type]

        assert problem(asked) == REQUIRED
        assert asked.json()["methods"] == ["recovery_code", "passkey"]
        assert proved.status_code == 200

    async def test_takes_an_answer_once_also_of_many_at_once(
        self, app: FastAPI, person: Person, authenticator: Authenticator
    ) -> None:
        authenticator.counts = 0  # as those do whose keys are on several devices
        credential, checkpoint = authenticator.get(await question(person)), app.state.entrance.checkpoint

        came = await try_at_once(4, lambda: service.identify(checkpoint, credential, client=Nobody()))

        assert came["done"] == 1
        assert came.keys() <= {"done", "SecondFactorInvalid", "unavailable"}
        assert problem(await self.answer(person, credential)) == INVALID

    async def test_refuses_a_copy_that_counts_for_itself(self, person: Person, authenticator: Authenticator) -> None:
        assert (await self.answer(person, authenticator.get(await question(person)))).status_code == 200
        authenticator.signed -= 1

        assert problem(await self.answer(person, authenticator.get(await question(person)))) == INVALID
        assert "second_factor.failed" in await kinds(person)

    async def test_refuses_an_answer_that_comes_too_late(
        self, person: Person, authenticator: Authenticator, clock: Clock
    ) -> None:
        credential = authenticator.get(await question(person))
        clock.seconds += 301

        assert problem(await self.answer(person, credential)) == INVALID

    @pytest.mark.parametrize(
        "lie", [{"verifies": False}, {"origin": "https://evil.test"}, {"user_handle": b"x" * 16}], ids=str
    )
    async def test_refuses_one_that_asked_nobody_or_was_asked_elsewhere(
        self, person: Person, authenticator: Authenticator, lie: dict[str, Any]
    ) -> None:
        for name, value in lie.items():
            setattr(authenticator, name, value)

        assert problem(await self.answer(person, authenticator.get(await question(person)))) == INVALID

    async def test_refuses_somebody_elses_beside_a_password(
        self, person: Person, authenticator: Authenticator, app: FastAPI
    ) -> None:
        async with client_of(app) as client:
            other = Person(client)
            await other.register()
            await add_passkey(other, Authenticator())
            stolen = await other.sign_in(passkey=authenticator.get(await question(person)))  # type: ignore[arg-type]

        assert problem(stolen) == INVALID

    @pytest.mark.parametrize("credential", [{"id": "x"}, {"id": None, "response": {"a": []}}])
    async def test_refuses_what_is_no_answer_at_all(self, client: Any, credential: dict[str, Any]) -> None:
        response = await client.post("/auth/login/passkey", json={"credential": credential})

        assert problem(response) == INVALID
