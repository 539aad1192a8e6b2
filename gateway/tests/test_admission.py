import random

import pytest

from gateway.admission import Admission
from gateway.errors import Overloaded


def fill(admission: Admission, caller: str, times: int) -> int:
    """How many of so many are let in."""
    entered = 0
    for _ in range(times):
        try:
            admission.enter(caller)
        except Overloaded:
            continue
        entered += 1
    return entered


class TestAdmission:
    def test_lets_in_as_many_as_there_is_room_for(self) -> None:
        assert fill(Admission(100), "ada", 500) == 100

    def test_a_greedy_caller_leaves_room_for_the_others(self) -> None:
        admission = Admission(100)
        greedy = fill(admission, "greedy", 1000)
        assert greedy == 100
        for _ in range(30):
            admission.leave("greedy")
        # There is room again, and whoever has more than their share does not get it.
        assert fill(admission, "ada", 10) == 10
        assert fill(admission, "greedy", 100) < 20
        assert fill(admission, "bob", 10) == 10

    def test_shares_become_even_while_everybody_wants_more(self) -> None:
        chance = random.Random(7)  # noqa: S311 (the same every time)
        admission, inside = Admission(60), list[str]()
        callers = ["greedy"] * 20 + ["ada", "bob", "eve"]
        for _ in range(20_000):
            caller = chance.choice(callers)
            if fill(admission, caller, 1):
                inside.append(caller)
            if len(inside) > 50:
                admission.leave(inside.pop(chance.randrange(len(inside))))
        counts = {caller: inside.count(caller) for caller in set(callers)}
        assert counts["greedy"] <= 60 * 0.75
        assert admission.under_way == len(inside)
        # Nobody who asks now and then finds the door shut.
        assert all(fill(admission, caller, 1) for caller in ("ada", "bob", "eve", "someone new"))

    def test_forgets_who_has_left(self) -> None:
        admission = Admission(10)
        for caller in "abcdefgh":
            fill(admission, caller, 1)
            admission.leave(caller)
        assert admission.under_way == 0
        assert not admission._by_caller

    def test_tells_when_to_come_back(self) -> None:
        admission = Admission(1)
        admission.enter("ada")
        with pytest.raises(Overloaded) as refused:
            admission.enter("bob")
        assert refused.value.headers["Retry-After"] == "1"
