import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters

from auth_service.accounts.passwords import HASHER, Passwords
from chassis.problems import ServiceUnavailable

PASSWORD = "correct horse battery staple"


class SlowHasher(PasswordHasher):
    """Works on a hash until it is told to go on, and counts."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.go_on, self.verified = threading.Event(), 0

    def verify(self, *args: Any, **kwargs: Any) -> Any:
        self.go_on.wait(30)
        self.verified += 1
        return super().verify(*args, **kwargs)


@pytest.fixture(scope="module")
def passwords() -> Iterator[Passwords]:
    with Passwords() as passwords:
        yield passwords


class TestPasswords:
    async def test_know_a_password_again(self, passwords: Passwords) -> None:
        password_hash = await passwords.hash(PASSWORD)
        assert await passwords.verify(PASSWORD, password_hash)
        assert not await passwords.verify(PASSWORD + "!", password_hash)

    async def test_never_hash_one_password_to_the_same_twice(self, passwords: Passwords) -> None:
        assert await passwords.hash(PASSWORD) != await passwords.hash(PASSWORD)

    async def test_use_the_parameters_that_were_decided(self, passwords: Passwords) -> None:
        parameters = extract_parameters(await passwords.hash(PASSWORD))
        assert (parameters.type.name, parameters.time_cost, parameters.memory_cost, parameters.parallelism) == (
            "ID", 2, 19 * 1024, 1,
        )  # fmt: skip

    async def test_see_when_a_hash_has_other_parameters(self, passwords: Passwords) -> None:
        assert not passwords.is_outdated(HASHER.hash(PASSWORD))
        assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD))

    async def test_a_broken_hash_matches_nothing(self, passwords: Passwords) -> None:
        assert not await passwords.verify(PASSWORD, "$argon2id$broken")

    async def test_do_the_same_work_where_there_is_no_account(self) -> None:
        hasher = SlowHasher()
        hasher.go_on.set()
        with Passwords(hasher) as passwords:
            assert not await passwords.verify(PASSWORD, None)
            assert hasher.verified == 1
            nobody, real = (extract_parameters(each) for each in (passwords._nobody, hasher.hash(PASSWORD)))
            assert nobody == real

    async def test_turn_away_whoever_would_wait_too_long_and_nobody_afterwards(self) -> None:
        hasher = SlowHasher()
        with Passwords(hasher, threads=1, waiting=2) as passwords:
            waiting = [asyncio.create_task(passwords.verify(PASSWORD, None)) for _ in range(3)]
            await asyncio.sleep(0)  # lets each of them take its place in the line

            with pytest.raises(ServiceUnavailable) as refusal:
                await passwords.verify(PASSWORD, None)
            assert refusal.value.headers["Retry-After"] == "2"

            hasher.go_on.set()
            assert await asyncio.gather(*waiting) == [False, False, False]
            assert await passwords.verify(PASSWORD, None) is False

    async def test_do_not_hold_up_the_event_loop(self) -> None:
        hasher = SlowHasher()
        with Passwords(hasher) as passwords:
            verifying = asyncio.create_task(passwords.verify(PASSWORD, None))
            await asyncio.sleep(0)
            assert not verifying.done()
            hasher.go_on.set()
            assert await verifying is False
