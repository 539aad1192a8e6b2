"""What guessing and measuring give away: P21 and P22."""

import asyncio
import dataclasses
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from typing import NamedTuple
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from services.auth.tests.support import PASSWORD, Person, client_of, exchanged
from sqlalchemy import delete, func, update
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.support.promises import FULL, Measured, size

from auth_service.accounts import repository, service
from auth_service.accounts.passwords import Passwords
from auth_service.accounts.schemas import Registration
from auth_service.accounts.service import Entrance, Visitor
from auth_service.attempts import repository as attempts
from auth_service.attempts.budgets import ACCOUNT
from auth_service.attempts.errors import TooManyAttempts
from auth_service.attempts.models import AttemptsRow
from auth_service.attempts.service import Attempts, Counts
from auth_service.audit import service as audit
from auth_service.audit.kinds import Kind
from auth_service.errands.models import ErrandRow
from auth_service.mail import service as mail
from auth_service.mail.kinds import Template
from auth_service.mail.models import MailRow
from auth_service.recovery import service as recovery
from auth_service.sessions.clients import Client
from auth_service.settings import PasswordSettings
from chassis.database import Database

GUESSES = size(quick=100, full=500)
PAIRS = size(quick=60, full=1000)


def address(number: int) -> dict[str, str]:
    """What the gateway says of a client; each number is another network."""
    return {"X-Forwarded-For": f"198.18.{number // 250}.{number % 250 + 1}"}


class Guessed(NamedTuple):
    answers: list[httpx.Response]
    # How many of them the budget of the account allows.
    budget: int


def allowed_within(seconds: float) -> int:
    """How many guesses the budget of an account allows in so long."""
    count, wait, passed = ACCOUNT.free, ACCOUNT.first_wait, 0.0
    while passed + wait <= seconds:
        count, passed, wait = count + 1, passed + wait, min(wait * 2, ACCOUNT.longest_wait)
    return count


class LooksFirst(Attempts):
    """As it is easily written: what was counted is read in one transaction, and written in the next."""

    async def begin(self, counts: Counts) -> int:
        async with self._database.transaction() as tx:
            held = await attempts.hold(tx, list(counts))
        spent = {key: counts[key].spend(tally, held.now) for key, tally in held.tallies.items()}
        allowed = {key: tally for key, tally in spent.items() if tally is not None}
        if len(allowed) < len(spent):
            raise TooManyAttempts
        async with self._database.transaction() as tx:
            await attempts.store(tx, allowed)
        return 0


async def guess_at_once(app: FastAPI, person: Person) -> Guessed:
    """So many passwords, each from another network."""

    async def guess(number: int) -> httpx.Response:
        body = {"email": person.email, "password": f"guess number {number}"}
        return await attacker.post("/auth/login", json=body, headers=address(number))

    begun = time.monotonic()
    async with client_of(app) as attacker:
        answers = await asyncio.gather(*(guess(number) for number in range(GUESSES)))
    return Guessed(answers, allowed_within(time.monotonic() - begun))


class TestGuessing:
    @pytest.mark.promise("P21")
    async def test_of_many_guesses_at_once_no_more_are_looked_at_than_the_budget_allows(
        self, person: Person, app: FastAPI, database: Database, measured: Measured
    ) -> None:
        answers, budget = await guess_at_once(app, person)
        statuses = Counter(answer.status_code for answer in answers)

        assert 1 <= statuses[401] <= budget
        # A machine with too much to do may not even get round to counting; that lets nobody through.
        assert set(statuses) <= {401, 429, 503, 504}
        measured |= {"guesses": GUESSES, "looked_at": statuses[401], "budget": budget}
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert refused.json()["type"] == "urn:problem:too-many-attempts"
        assert 1 <= int(refused.headers["retry-after"]) <= ACCOUNT.longest_wait

        async with client_of(app) as attacker:
            # The owner where she has signed in before, while the right password has to wait everywhere else.
            right = {"email": person.email, "password": PASSWORD}
            assert (await attacker.post("/auth/login", json=right, headers=address(1))).status_code == 429
            assert (await person.sign_in()).status_code == 200

            # Never a lock: when the wait is over, the right password does.
            app.state.entrance.attempts._waits.clear()
            async with database.transaction() as tx:
                await tx.execute(update(AttemptsRow).values(next_at=func.now() - timedelta(seconds=1)))
            assert (await attacker.post("/auth/login", json=right, headers=address(1))).status_code == 200

    @pytest.mark.promise("P21")
    async def test_many_at_once_would_notice_a_budget_that_is_looked_at_first(
        self, person: Person, app: FastAPI, database: Database, measured: Measured
    ) -> None:
        """The control: without it, the test above could not fail."""
        with exchanged(app, "entrance", dataclasses.replace(app.state.entrance, attempts=LooksFirst(database))):
            answers, budget = await guess_at_once(app, person)

        looked_at = sum(answer.status_code == httpx.codes.UNAUTHORIZED for answer in answers)
        measured |= {"guesses": GUESSES, "looked_at": looked_at, "budget": budget}
        assert looked_at > budget

    async def test_counts_an_account_that_does_not_exist_like_one_that_does(self, app: FastAPI) -> None:
        async with client_of(app) as attacker:
            body = {"email": f"{uuid4().hex}@example.com", "password": "wrong horse battery staple"}
            answers = [await attacker.post("/auth/login", json=body, headers=address(n)) for n in range(6)]

        assert [answer.status_code for answer in answers] == [401] * ACCOUNT.free + [429]

    async def test_a_right_password_costs_nothing(self, person: Person, app: FastAPI) -> None:
        for number in range(2 * ACCOUNT.free):
            async with client_of(app, **address(number)) as browser:
                assert (await Person(browser, email=person.email).sign_in()).status_code == 200


Ask = Callable[[str, int], Awaitable[httpx.Response]]


def best_guesser(known: list[float], unknown: list[float]) -> float:
    """How often an attacker is right who saw the first half and picks the best threshold, judging the second half."""
    half = len(known) // 2
    seen = sorted([(seconds, True) for seconds in known[:half]] + [(seconds, False) for seconds in unknown[:half]])
    best, rule = 0.0, (0.0, True)
    for threshold, _ in seen:
        right = sum((seconds >= threshold) == is_known for seconds, is_known in seen) / len(seen)
        for share, slower_is_known in ((right, True), (1 - right, False)):
            if share > best:
                best, rule = share, (threshold, slower_is_known)
    threshold, slower_is_known = rule
    judged = [(seconds, True) for seconds in known[half:]] + [(seconds, False) for seconds in unknown[half:]]
    right = sum(((seconds >= threshold) == slower_is_known) == is_known for seconds, is_known in judged)
    return right / len(judged)


async def measure(ask: Ask, accounts: list[str]) -> float:
    """What the attacker makes of one question about each account, and one about an address without one."""
    dice, known, unknown = random.Random(22), list[float](), list[float]()  # noqa: S311 (dice)
    for number, email in enumerate(accounts):
        pair = [(known, email), (unknown, f"{uuid4().hex}@example.com")]
        dice.shuffle(pair)
        for place, (times, asked) in enumerate(pair):
            begun = CLOCK()
            await ask(asked, 2 * number + place)
            times.append(CLOCK() - begun)
    return best_guesser(known, unknown)


# Full runs have a machine to themselves. Elsewhere the attacker sees the work itself, which is more than any network
# shows, and is not misled by what else runs here.
CLOCK = time.perf_counter if FULL else time.process_time

# What a hash costs outside of tests, or half of it, which still is most of what signing in takes.
COST = PasswordSettings(passes=size(quick=1, full=PasswordSettings().passes))


@pytest.fixture(scope="module")
def costly(app: FastAPI) -> Iterator[Entrance]:
    with Passwords.costing(COST) as passwords:
        entrance = dataclasses.replace(app.state.entrance, passwords=passwords)
        with exchanged(app, "entrance", entrance):
            yield entrance


@pytest.fixture(scope="module")
async def accounts(database: Database, costly: Entrance) -> AsyncIterator[list[str]]:
    emails = [f"{uuid4().hex}@example.com" for _ in range(PAIRS)]
    password_hash = await costly.passwords.hash(PASSWORD)
    async with database.transaction() as tx:
        for email in emails:
            user = await repository.add(tx, email=email, password_hash=password_hash, display_name=None)
            assert user is not None
            # As of every account: its first entry in the log makes a key, which takes longer than the next ones.
            await audit.record(tx, Kind.ACCOUNT_OPENED, user_id=user.id)
    yield emails
    # What waits here, by the hundred, would be done by the next test that asks for its mail.
    async with database.transaction() as tx:
        await tx.execute(delete(ErrandRow))
        await tx.execute(delete(MailRow))


class Hasty(Passwords):
    """As careless as can be: no work for an account that does not exist."""

    async def verify(self, password: str, password_hash: str | None) -> bool:
        return password_hash is not None and await super().verify(password, password_hash)


# By chance alone 60 judgements are right up to so often (4 sigma), and 1,000 this often. The careless are told apart
# nearly always where nothing else runs, and still more often than by chance where much does.
CHANCE, CERTAINTY = size(quick=0.76, full=0.55), 0.76


@pytest.mark.promise("P22")
class TestTelling:
    async def _login(self, app: FastAPI, accounts: list[str]) -> float:
        database: Database = app.state.database
        async with database.transaction() as tx:
            # Two thousand failures, and everybody has to wait.
            await tx.execute(delete(AttemptsRow))
        async with client_of(app) as attacker:

            async def ask(email: str, number: int) -> httpx.Response:
                body = {"email": email, "password": "wrong horse battery staple"}
                response = await attacker.post("/auth/login", json=body, headers=address(number))
                assert response.status_code == 401
                return response

            return await measure(ask, accounts)

    async def _forgot(self, app: FastAPI, accounts: list[str]) -> float:
        async with client_of(app) as attacker:

            async def ask(email: str, number: int) -> httpx.Response:
                response = await attacker.post("/auth/password/forgot", json={"email": email}, headers=address(number))
                assert response.status_code == 202
                return response

            return await measure(ask, accounts)

    async def _register(self, app: FastAPI, costly: Entrance, accounts: list[str]) -> float:
        """Where addresses have to be confirmed: elsewhere the answer tells, because it has to."""
        strict = dataclasses.replace(costly, require_verified=True)
        with exchanged(app, "entrance", strict):
            async with client_of(app) as attacker:

                async def ask(email: str, number: int) -> httpx.Response:
                    body = {"email": email, "password": PASSWORD}
                    response = await attacker.post("/auth/register", json=body, headers=address(number))
                    assert response.status_code == 202
                    return response

                return await measure(ask, accounts)

    async def test_signing_in_does_not_tell_whether_there_is_an_account(
        self, app: FastAPI, accounts: list[str], measured: Measured
    ) -> None:
        right = await self._login(app, accounts)

        measured |= {"pairs": PAIRS, "attacker_right": round(right, 3)}
        assert right <= CHANCE

    async def test_the_attacker_is_good_enough_to_notice_careless_signing_in(
        self, app: FastAPI, accounts: list[str], costly: Entrance, database: Database, measured: Measured
    ) -> None:
        """The control: without it, the test above could not fail."""
        with Hasty.costing(COST) as hasty:
            careless = dataclasses.replace(costly, passwords=hasty, attempts=Attempts(database))
            with exchanged(app, "entrance", careless):
                right = await self._login(app, accounts)

        measured |= {"pairs": PAIRS, "attacker_right": round(right, 3)}
        assert right >= CERTAINTY

    async def test_registering_does_not_tell_where_addresses_have_to_be_confirmed(
        self, app: FastAPI, accounts: list[str], costly: Entrance, measured: Measured
    ) -> None:
        right = await self._register(app, costly, accounts)

        measured |= {"pairs": PAIRS, "attacker_right": round(right, 3)}
        assert right <= CHANCE

    async def test_the_attacker_is_good_enough_to_notice_that_nothing_is_hashed_for_a_taken_address(
        self, app: FastAPI, accounts: list[str], costly: Entrance, measured: Measured, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ask_for_account = service.ask_for_account

        async def look_first(entrance: Entrance, registration: Registration, *, visitor: Visitor) -> None:
            async with entrance.database.reads() as reads:
                taken = await repository.find_account(reads, registration.email) is not None
            if not taken:
                await ask_for_account(entrance, registration, visitor=visitor)

        monkeypatch.setattr(service, "ask_for_account", look_first)
        right = await self._register(app, costly, accounts)

        measured |= {"pairs": PAIRS, "attacker_right": round(right, 3)}
        assert right >= CERTAINTY

    async def test_forgetting_a_password_does_not_tell_either(
        self, app: FastAPI, accounts: list[str], measured: Measured
    ) -> None:
        right = await self._forgot(app, accounts)

        measured |= {"pairs": PAIRS, "attacker_right": round(right, 3)}
        assert right <= CHANCE

    async def test_the_attacker_is_good_enough_to_notice_mail_that_is_written_in_the_request(
        self, app: FastAPI, accounts: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def at_once(tx: AsyncConnection, email: str, *, client: Client) -> None:
            del client
            if await repository.find_account(tx, email) is not None:
                for _ in range(20):
                    await mail.enqueue(tx, Template.PASSWORD_RESET, email, link="https://app.test/reset")

        monkeypatch.setattr(recovery, "ask_for_reset", at_once)
        assert await self._forgot(app, accounts) >= CERTAINTY
