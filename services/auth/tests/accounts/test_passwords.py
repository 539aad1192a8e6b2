import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from services.auth.tests.support import CHEAP
from structlog.testing import capture_logs

from auth_service.accounts.passwords import Passwords
from auth_service.settings import PasswordSettings
from chassis.problems import ServiceUnavailable

PASSWORD = "seven teal otters juggle"


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
    with Passwords.costing(PasswordSettings()) as passwords:
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
        assert not passwords.is_outdated(await passwords.hash(PASSWORD))
        assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD))

    @pytest.mark.parametrize("settings, warned", [(PasswordSettings(), 0), (CHEAP, 1)])
    def test_warn_of_hashes_that_are_too_cheap(self, settings: PasswordSettings, warned: int) -> None:
        with capture_logs() as lines, Passwords.costing(settings):
            assert [line["event"] for line in lines] == ["passwords.cheap"] * warned

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

    async def test_let_the_line_be_as_long_as_the_machine_is_quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("auth_service.accounts.passwords._LONGEST_WAIT_SECONDS", 0.01)
        hasher = SlowHasher()
        with Passwords(hasher, threads=1, waiting=30) as passwords:
            slow = asyncio.create_task(passwords.verify(PASSWORD, None))
            await asyncio.sleep(0.2)  # what a hash takes on this machine, as it will seem
            hasher.go_on.set()
            await slow

            hasher.go_on.clear()
            working = asyncio.create_task(passwords.verify(PASSWORD, None))
            await asyncio.sleep(0)  # lets it begin
            with pytest.raises(ServiceUnavailable):
                await passwords.verify(PASSWORD, None)

            hasher.go_on.set()
            assert await working is False
            assert await passwords.verify(PASSWORD, None) is False

    async def test_do_not_hold_up_the_event_loop(self) -> None:
        hasher = SlowHasher()
        with Passwords(hasher) as passwords:
            verifying = asyncio.create_task(passwords.verify(PASSWORD, None))
            await asyncio.sleep(0)
            assert not verifying.done()
            hasher.go_on.set()
            assert await verifying is False
