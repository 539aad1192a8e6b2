import re
from datetime import UTC, datetime, timedelta

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
