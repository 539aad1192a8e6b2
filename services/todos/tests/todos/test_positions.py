import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todos_service.todos import positions

# The last one is early enough for what is added to it to stay within the years that keys count (until 2081).
moments = st.datetimes(datetime(2020, 1, 1), datetime(2078, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (hypothesis asks for naive limits)


class TestBeforeAll:
    @given(moments, st.timedeltas(timedelta(milliseconds=2), timedelta(days=1000)))
    def test_sorts_a_later_todo_before_an_earlier_one(self, moment: datetime, passed: timedelta) -> None:
        assert positions.before_all(moment + passed) < positions.before_all(moment)

    @given(moments)
    def test_is_a_key_that_another_one_fits_before_and_after(self, moment: datetime) -> None:
        """An integer part of eight characters, by its first one, and a fraction that does not end with a zero."""
        key = positions.before_all(moment)

        assert re.fullmatch(positions.PATTERN, key)
        assert key[0] == "T"
        assert len(key) > 8
        assert not key.endswith("0")
        assert len(key) <= positions.LONGEST

    def test_sorts_before_keys_that_count_up_from_zero(self) -> None:
        first_of_all = "a0"

        assert positions.before_all(datetime.now(UTC)) < first_of_all


keys = st.from_regex(positions.PATTERN, fullmatch=True).filter(lambda key: len(key) <= 12 and key.isascii())


class TestBetween:
    @pytest.mark.parametrize(
        "before, after, expected",
        [
            (None, None, "a0"),
            ("a0", None, "a1"),
            (None, "a0", "Zz"),
            ("a0", "a1", "a0V"),
            ("a0", "a9", "a1"),
            ("az", None, "b00"),
            (None, "b00", "az"),
            ("Zz", "a0", "ZzV"),
            ("a0V", "a1", "a0l"),
            ("a0", "a0V", "a0G"),
            (None, "Z0", "Yzz"),
            ("b1", "b2", "b11"),
        ],
    )
    def test_finds_a_short_key(self, before: str | None, after: str | None, expected: str) -> None:
        assert positions.between(before, after) == expected

    @given(keys, keys)
    def test_lies_between_any_two_or_says_that_nothing_does(self, one: str, other: str) -> None:
        before, after = sorted((one, other))
        try:
            found = positions.between(before, after)
        except positions.NoRoomError:
            # Nothing but zeros is between them, so no key that sorts by itself.
            assert after.rstrip("0") == before.rstrip("0") or after.startswith(before)
            return
        assert before < found < after
        assert re.fullmatch(positions.PATTERN, found)

    @given(keys)
    def test_lies_before_and_after_any(self, key: str) -> None:
        assert positions.between(key, None) > key
        if key.strip("0") != "A":
            assert positions.between(None, key) < key


class TestSpread:
    @given(
        st.integers(0, 300), st.sampled_from([(None, None), ("a0", None), (None, "a0"), ("a0", "a1"), ("Zz", "b00")])
    )
    def test_gives_so_many_keys_in_order(self, count: int, around: tuple[str | None, str | None]) -> None:
        found = positions.spread(*around, count)

        assert len(found) == count
        assert sorted(set(found)) == found
        assert all((around[0] or "") < key < (around[1] or "~") for key in found)
        assert max(map(len, found), default=0) <= 5


class Rank:
    """A list of keys that makes room by `plan`, as the server does."""

    def __init__(self, keys: list[str]) -> None:
        self.keys, self.longest, self.rewritten, self.largest_window = keys, 0, 0, 0

    def put(self, index: int) -> None:
        before = self.keys[index - 1] if index else None
        after = self.keys[index] if index < len(self.keys) else None
        key = positions.between(before, after)
        self.keys.insert(index, key)
        self.longest = max(self.longest, len(key))
        if len(key) > positions.LONG:
            self.make_room(index)

    def make_room(self, index: int) -> None:
        for size in positions.windows(len(self.keys)):
            before, following = self.keys[:index][::-1], self.keys[index:]
            fresh = positions.plan(before[: size // 2 + 1], following[: size // 2 + 1], size)
            if fresh is not None:
                begin = max(index - size // 2, 0)
                self.keys[begin : begin + len(fresh)] = fresh
                self.rewritten += len(fresh)
                self.largest_window = max(self.largest_window, len(fresh))
                return
        raise AssertionError("no window was large enough")


class TestTenThousandMoves:
    @pytest.mark.parametrize("others", [2, 100, 2000])
    @pytest.mark.parametrize("where", ["after the same one", "before the same one", "always into the middle"])
    def test_to_the_same_place_leave_keys_short_and_rewrite_few(self, others: int, where: str) -> None:
        rank = Rank(positions.spread(None, None, others))
        for _ in range(10_000):
            place = others // 2
            if where == "before the same one":
                place = len(rank.keys) - others // 2
            elif where == "always into the middle":
                place = len(rank.keys) // 2
            rank.put(place)
            # The list does not grow: what was moved there earlier is moved away again.
            if len(rank.keys) > others + 500:
                del rank.keys[-1 if place < len(rank.keys) // 2 else 0]

            assert rank.longest <= positions.LONG + 2

        assert sorted(set(rank.keys)) == rank.keys
        # On average a move rewrites a few others, and by far the most rewrite none.
        assert rank.rewritten <= 10_000 * 8

    def test_of_two_todos_cost_almost_nothing(self) -> None:
        rank = Rank(["a0", "a1"])
        for number in range(10_000):
            # The last one is dragged between the first two.
            if number:
                del rank.keys[2]
            rank.put(1)

        assert rank.longest <= positions.LONG + 1
        assert rank.rewritten < 10_000 / 20
