from datetime import UTC, datetime, timedelta

import pytest

from auth_service.attempts.budgets import ACCOUNT, Budget, Tally

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BUDGET = Budget("test", free=3, forgotten_in=60, first_wait=5, longest_wait=30)


def fresh(at: datetime = NOW) -> Tally:
    return Tally(0.0, at, at)


def spend(tally: Tally, times: int, *, now: datetime = NOW, budget: Budget = BUDGET) -> Tally:
    for _ in range(times):
        spent = budget.spend(tally, now)
        assert spent is not None
        tally, now = spent, spent.next_at
    return tally


class TestSpend:
    def test_costs_no_time_at_first(self) -> None:
        assert spend(fresh(), 2).next_at == NOW

    def test_makes_wait_twice_as_long_each_time_but_never_for_ever(self) -> None:
        tally, waits = spend(fresh(), 2), []
        for _ in range(6):
            now = tally.next_at
            tally = spend(tally, 1, now=now)
            waits.append((tally.next_at - now).total_seconds())

        assert waits[:3] == [5, 10, 20]
        assert max(waits) <= 30

    def test_refuses_while_the_wait_lasts_and_counts_nothing(self) -> None:
        tally = spend(fresh(), 3)

        assert BUDGET.spend(tally, tally.next_at - timedelta(microseconds=1)) is None
        assert BUDGET.spend(tally, tally.next_at) is not None

    def test_is_not_fooled_by_failures_that_come_a_moment_apart(self) -> None:
        tally, now = fresh(), NOW
        for _ in range(3):
            now += timedelta(milliseconds=100)
            tally = spend(tally, 1, now=now)

        assert tally.next_at > now

    def test_forgets(self) -> None:
        tally = spend(fresh(), 3)

        assert spend(tally, 1, now=NOW + timedelta(seconds=180)).failures == pytest.approx(1)

    def test_leaves_a_persistent_guesser_about_a_hundred_tries_a_day(self) -> None:
        tally, guesses = fresh(), 0
        while tally.next_at < NOW + timedelta(days=1):
            tally = spend(tally, 1, now=tally.next_at, budget=ACCOUNT)
            guesses += 1

        assert guesses <= 110


class TestReturnOne:
    def test_is_as_if_nothing_had_been_tried(self) -> None:
        tally = spend(fresh(), 3)

        returned = BUDGET.return_one(tally, NOW)

        assert returned.failures == pytest.approx(2)
        assert returned.next_at == NOW

    def test_does_not_end_a_wait_that_others_have_earned(self) -> None:
        tally = spend(fresh(), 5)

        assert BUDGET.return_one(tally, NOW).next_at == tally.next_at
