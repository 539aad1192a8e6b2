import asyncio
import secrets

import pytest
from sqlalchemy.exc import DBAPIError

from auth_service.attempts.budgets import Budget
from auth_service.attempts.errors import TooManyAttempts
from auth_service.attempts.service import Attempts, Counts, key_of, neighbourhood
from auth_service.vault import Vault
from chassis.database import Database, is_unavailable
from chassis.encryption import KeyRing

STRICT = Budget("strict", free=5, forgotten_in=900, first_wait=300, longest_wait=900)
LENIENT = Budget("lenient", free=1000, forgotten_in=1, first_wait=1, longest_wait=1)


async def try_once(attempts: Attempts, counts: Counts) -> bool:
    try:
        await attempts.begin(counts)
    except TooManyAttempts:
        return False
    except DBAPIError as error:
        # A machine with too much to do: the others' turn took longer than anybody waits.
        if not is_unavailable(error):
            raise
        return False
    return True


class TestAttempts:
    async def test_lets_exactly_as_many_through_as_the_budget_allows_however_many_processes_ask(
        self, database: Database
    ) -> None:
        counts: Counts = {secrets.token_bytes(16): STRICT, secrets.token_bytes(16): LENIENT}
        # Each remembers its own refusals, as two processes would.
        processes = [Attempts(database), Attempts(database)]

        passed = await asyncio.gather(*(try_once(processes[n % 2], counts) for n in range(100)))

        assert sum(passed) == STRICT.free

    async def test_says_how_long_to_wait(self, database: Database) -> None:
        attempts, counts = Attempts(database), {secrets.token_bytes(16): STRICT}
        waits = [await attempts.begin(counts) for _ in range(STRICT.free)]

        with pytest.raises(TooManyAttempts) as refused:
            await attempts.begin(counts)

        assert waits == [0, 0, 0, 0, 300]
        assert 290 <= int(refused.value.headers["Retry-After"]) <= 300

    async def test_a_refusal_by_one_budget_costs_the_others_nothing(self, database: Database) -> None:
        attempts, mine = Attempts(database), secrets.token_bytes(16)
        other = secrets.token_bytes(16)
        for _ in range(STRICT.free):
            await attempts.begin({mine: STRICT})

        for _ in range(STRICT.free):
            assert not await try_once(Attempts(database), {mine: STRICT, other: STRICT})

        assert await try_once(attempts, {other: STRICT})

    async def test_gives_back_what_was_no_failure(self, database: Database) -> None:
        attempts, counts = Attempts(database), {secrets.token_bytes(16): STRICT}

        for _ in range(3 * STRICT.free):
            await attempts.begin(counts)
            await attempts.forgive(counts)


class TestKeyOf:
    def test_says_nothing_about_who_it_is(self, ring: KeyRing) -> None:
        key = key_of(Vault(ring), STRICT, "ada@example.com")

        assert len(key) == 16
        assert key != key_of(Vault(ring), LENIENT, "ada@example.com")
        assert key == key_of(Vault(ring), STRICT, "ada@example.com")


class TestNeighbourhood:
    @pytest.mark.parametrize(
        "address, expected",
        [
            ("192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            (None, "nowhere"),
            ("testclient", "testclient"),
        ],
    )
    def test_is_what_one_attacker_has(self, address: str | None, expected: str) -> None:
        assert neighbourhood(address) == expected
