"""The arithmetic of limits: the generic cell rate algorithm, in whole microseconds.

A caller's count is one number, its debt: how far ahead of its steady rate it is. A request adds the policy's
interval, time takes it away again, and a debt above the policy's capacity is not allowed. `rate_limit.lua` does
the same sum in Redis.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from gateway.policies import Policy


class Charge(NamedTuple):
    """One request of one caller under one policy."""

    policy: Policy
    key: str


class Verdict(NamedTuple):
    allowed: bool
    # By charge: after this request when it is allowed, as found when it is not.
    debts: list[int]


def decide(charges: Sequence[Charge], debts: Sequence[int]) -> Verdict:
    """All or nothing: a request that one policy refuses uses up nothing of the others."""
    if any(debt + charge.policy.interval > charge.policy.capacity for charge, debt in zip(charges, debts, strict=True)):
        return Verdict(allowed=False, debts=list(debts))
    return Verdict(
        allowed=True, debts=[debt + charge.policy.interval for charge, debt in zip(charges, debts, strict=True)]
    )


def remaining(policy: Policy, debt: int) -> int:
    """Requests that would be allowed right now."""
    return (policy.capacity - debt) // policy.interval


def wait(policy: Policy, debt: int) -> int:
    """Microseconds until one more request is allowed."""
    return max(0, debt + policy.interval - policy.capacity)


class LocalCounts:
    """Counts in this process: the only ones while Redis is away, and a memory of what Redis said while it is not."""

    def __init__(self, now: Callable[[], int], *, most: int = 100_000) -> None:
        """`now` is a clock in microseconds that never goes back."""
        self._now, self._most = now, most
        self._due: dict[str, int] = {}

    def debts(self, charges: Sequence[Charge]) -> list[int]:
        now = self._now()
        return [max(0, self._due.get(charge.key, 0) - now) for charge in charges]

    def charge(self, charges: Sequence[Charge]) -> Verdict:
        verdict = decide(charges, self.debts(charges))
        if verdict.allowed:
            self.remember(charges, verdict.debts, self._now())
        return verdict

    def remember(self, charges: Sequence[Charge], debts: Sequence[int], at: int) -> None:
        for charge, debt in zip(charges, debts, strict=True):
            self._due[charge.key] = at + debt
        if len(self._due) > self._most:
            self._make_room()

    def _make_room(self) -> None:
        now = self._now()
        self._due = {key: due for key, due in self._due.items() if due > now}
        # Still too many: the ones that are paid off first go, at least a tenth, so that this stays rare.
        for key in sorted(self._due, key=self._due.__getitem__)[: max(0, len(self._due) - self._most * 9 // 10)]:
            del self._due[key]
