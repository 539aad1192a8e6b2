"""What guessing and measuring give away: P21 and P22 in their quick form."""

import asyncio
import dataclasses
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from services.auth.tests.support import PASSWORD, Person, client_of, exchanged
from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.accounts import repository
from auth_service.accounts.passwords import Passwords
from auth_service.accounts.service import Entrance
from auth_service.attempts.budgets import ACCOUNT
from auth_service.attempts.models import AttemptsRow
from auth_service.attempts.service import Attempts
from auth_service.mail import service as mail
from auth_service.mail.kinds import Template
from auth_service.recovery import service as recovery
from auth_service.sessions.clients import Client
from chassis.database import Database

GUESSES = 500
PAIRS = 100


def address(number: int) -> dict[str, str]:
    """What the gateway says of a client; each number is another network."""
    return {"X-Forwarded-For": f"198.18.{number // 250}.{number % 250 + 1}"}


def allowed_within(seconds: float) -> int:
    """How many guesses the budget of an account allows in so long."""
    count, wait, passed = ACCOUNT.free, ACCOUNT.first_wait, 0.0
    while passed + wait <= seconds:
        count, passed, wait = count + 1, passed + wait, min(wait * 2, ACCOUNT.longest_wait)
    return count


class TestGuessing:
    async def test_of_many_guesses_at_once_no_more_are_looked_at_than_the_budget_allows(
        self, person: Person, app: FastAPI, database: Database
    ) -> None:
        async def guess(number: int) -> httpx.Response:
            body = {"email": person.email, "password": f"guess number {number}"}
            return await attacker.post("/auth/login", json=body, headers=address(number))

        begun = time.monotonic()
        async with client_of(app) as attacker:
            answers = await asyncio.gather(*(guess(number) for number in range(GUESSES)))
            elapsed = time.monotonic() - begun
            statuses = Counter(answer.status_code for answer in answers)

            assert 1 <= statuses[401] <= allowed_within(elapsed)
            # A machine with too much to do may not even get round to counting; that lets nobody through.
            assert statuses[401] + statuses[429] + statuses[503] == GUESSES
            refused = next(answer for answer in answers if answer.status_code == 429)
            assert refused.json()["type"] == "urn:problem:too-many-attempts"
            assert 1 <= int(refused.headers["retry-after"]) <= ACCOUNT.longest_wait

            # The owner where she has signed in before, while the right password has to wait everywhere else.
            right = {"email": person.email, "password": PASSWORD}
            assert (await attacker.post("/auth/login", json=right, headers=address(1))).status_code == 429
            assert (await person.sign_in()).status_code == 200

            # Never a lock: when the wait is over, the right password does.
            app.state.entrance.attempts._waits.clear()
            async with database.transaction() as tx:
                await tx.execute(update(AttemptsRow).values(next_at=func.now() - timedelta(seconds=1)))
            assert (await attacker.post("/auth/login", json=right, headers=address(1))).status_code == 200

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
            begun = time.perf_counter()
            await ask(asked, 2 * number + place)
            times.append(time.perf_counter() - begun)
    return best_guesser(known, unknown)


@pytest.fixture(scope="module")
async def accounts(database: Database, app: FastAPI) -> list[str]:
    emails = [f"{uuid4().hex}@example.com" for _ in range(PAIRS)]
    password_hash = await app.state.entrance.passwords.hash(PASSWORD)
    async with database.transaction() as tx:
        for email in emails:
            await repository.add(tx, email=email, password_hash=password_hash, display_name=None)
    return emails


class Hasty(Passwords):
    """As careless as can be: no work for an account that does not exist."""

    async def verify(self, password: str, password_hash: str | None) -> bool:
        return password_hash is not None and await super().verify(password, password_hash)


# By chance alone 100 judgements are right up to so often (4 sigma). The careless are told apart nearly always where
# nothing else runs, and still more often than by chance where much does.
CHANCE, CERTAINTY = 0.7, 0.75


class TestTelling:
    async def _login(self, app: FastAPI, accounts: list[str]) -> float:
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

    async def test_signing_in_does_not_tell_whether_there_is_an_account(
        self, app: FastAPI, accounts: list[str]
    ) -> None:
        assert await self._login(app, accounts) <= CHANCE

    async def test_the_attacker_is_good_enough_to_notice_careless_signing_in(
        self, app: FastAPI, accounts: list[str], database: Database
    ) -> None:
        """The control: without it, the test above could not fail."""
        own: Entrance = app.state.entrance
        with Hasty() as hasty:
            careless = dataclasses.replace(own, passwords=hasty, attempts=Attempts(database))
            with exchanged(app, "entrance", careless):
                assert await self._login(app, accounts) >= CERTAINTY

    async def test_forgetting_a_password_does_not_tell_either(self, app: FastAPI, accounts: list[str]) -> None:
        assert await self._forgot(app, accounts) <= CHANCE

    async def test_the_attacker_is_good_enough_to_notice_mail_that_is_written_in_the_request(
        self, app: FastAPI, accounts: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def at_once(tx: AsyncConnection, email: str, *, client: Client) -> None:
            account = await repository.find_account(tx, email)
            if account is not None and client:
                for _ in range(5):
                    await mail.enqueue(tx, Template.PASSWORD_RESET, email, link="https://app.test/reset")

        monkeypatch.setattr(recovery, "ask_for_reset", at_once)
        assert await self._forgot(app, accounts) >= CERTAINTY
