"""The arithmetic against a model that keeps every moment a request was allowed, and adds nothing up."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from gateway.gcra import Charge, LocalCounts, decide, remaining, wait
from gateway.policies import Policy

_SECOND = 1_000_000

policies = st.builds(
    Policy, name=st.just("p"), quota=st.integers(1, 50), seconds=st.integers(1, 120), counted=st.just("user")
)
pauses = st.lists(st.integers(0, 30 * _SECOND), min_size=1, max_size=120)


@dataclass
class Bucket:
    """A bucket of tokens that is refilled one by one: the textbook's way to say the same."""

    policy: Policy
    at: int = 0
    tokens: int = field(init=False)
    # Microseconds that count towards the next token.
    saved: int = 0

    def __post_init__(self) -> None:
        self.tokens = self.policy.quota

    def take(self, now: int) -> bool:
        self.saved += now - self.at
        self.at = now
        while self.saved >= self.policy.interval and self.tokens < self.policy.quota:
            self.saved -= self.policy.interval
            self.tokens += 1
        if self.tokens == self.policy.quota:
            self.saved = 0  # a full bucket saves nothing
        if not self.tokens:
            return False
        self.tokens -= 1
        return True


class TestDecide:
    @given(policies, pauses)
    def test_allows_what_a_bucket_of_tokens_allows(self, policy: Policy, pauses: list[int]) -> None:
        now, due, bucket = 0, 0, Bucket(policy)
        for pause in pauses:
            now += pause
            verdict = decide([Charge(policy, "k")], [max(0, due - now)])
            assert verdict.allowed == bucket.take(now)
            due = now + verdict.debts[0]
            assert remaining(policy, verdict.debts[0]) == bucket.tokens

    @given(policies, st.integers(0, 10**9))
    def test_says_exactly_how_long_to_wait(self, policy: Policy, debt: int) -> None:
        debt = min(debt, policy.capacity)
        pause = wait(policy, debt)
        assert decide([Charge(policy, "k")], [max(0, debt - pause)]).allowed
        assert not pause or not decide([Charge(policy, "k")], [debt - pause + 1]).allowed

    def test_charges_all_policies_or_none(self) -> None:
        wide, narrow = Policy("wide", 10, 1, "user"), Policy("narrow", 1, 1, "address")
        charges = [Charge(wide, "a"), Charge(narrow, "b")]
        counts = LocalCounts(lambda: 0)
        assert counts.charge(charges).allowed
        for _ in range(20):
            assert not counts.charge(charges).allowed
        assert counts.debts(charges) == [wide.interval, narrow.interval]


class TestLocalCounts:
    def test_makes_room_for_newcomers_from_those_that_owe_least(self) -> None:
        policy = Policy("p", 10, 1, "address")
        counts = LocalCounts(lambda: 0, most=10)
        for caller in range(100):
            for _ in range(1 + 5 * (caller == 0)):
                counts.charge([Charge(policy, str(caller))])
        assert len(counts._due) <= 10
        assert counts.debts([Charge(policy, "0")]) == [6 * policy.interval]
