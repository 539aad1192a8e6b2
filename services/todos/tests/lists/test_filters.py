from datetime import UTC, date, datetime
from typing import Any, cast

import pytest

from todos_service.lists.filters import Filter, folded, words_of
from todos_service.todos.documents import TodoDocument


def todo(**fields: Any) -> TodoDocument:
    return cast("TodoDocument", {"title": "", "description": "", "tags": [], "due": None} | fields)


# Half past midnight on the 22nd in Berlin is still the 21st in UTC.
SOON_AFTER_MIDNIGHT = {"at": "2026-11-21T23:30:00Z", "zone": "Europe/Berlin"}
ON_THE_22ND = {"date": "2026-11-22"}


class TestFilter:
    @pytest.mark.parametrize("due", [SOON_AFTER_MIDNIGHT, ON_THE_22ND])
    def test_takes_a_day_in_the_time_zone_of_the_todo(self, due: dict[str, str]) -> None:
        assert Filter(due_from=date(2026, 11, 22), due_until=date(2026, 11, 23)).admits(todo(due=due))
        assert not Filter(due_from=date(2026, 11, 23)).admits(todo(due=due))
        assert not Filter(due_until=date(2026, 11, 22)).admits(todo(due=due))

    def test_takes_a_moment_as_it_is(self) -> None:
        at = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)

        assert Filter(due_from=at).admits(todo(due=SOON_AFTER_MIDNIGHT))
        assert not Filter(due_until=at).admits(todo(due=SOON_AFTER_MIDNIGHT))
        assert Filter(due_from=at).admits(todo(due=ON_THE_22ND))

    @pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "UTC"])
    @pytest.mark.parametrize("hour", [0, 12, 23])
    def test_leaves_no_todo_of_a_day_to_the_database_to_miss(self, zone: str, hour: int) -> None:
        from zoneinfo import ZoneInfo  # noqa: PLC0415 (only here)

        moment = datetime(2026, 11, 22, hour, 59, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        due_from, due_until = Filter(due_from=date(2026, 11, 22), due_until=date(2026, 11, 23)).due_range

        assert due_from is not None
        assert due_until is not None
        assert due_from <= moment < due_until

    @pytest.mark.parametrize("words", ["plants", "PLANT water", "wäter ﬁg", "garden", "twice\tall"])
    def test_finds_words_in_every_text(self, words: str) -> None:
        of_plants = todo(title="Wäter the plants, WATER the figs", description="All of them\nTwice", tags=["garden"])

        assert Filter(words=words_of(words)).admits(of_plants)
        assert not Filter(words=(*words_of(words), "cat")).admits(of_plants)

    def test_knows_what_the_database_cannot_decide(self) -> None:
        assert Filter(tag="home").looks_inside
        assert Filter(words=("home",)).looks_inside
        assert Filter(due_from=date(2026, 11, 22)).looks_inside
        assert not Filter(status="done", priority=1, due_until=datetime(2026, 11, 22, tzinfo=UTC)).looks_inside


class TestFolded:
    @pytest.mark.parametrize("one, other", [("STRASSE", "straße"), ("Å", "å"), ("Café", "CAFE\u0301"), ("\uff41", "A")])
    def test_is_the_same_for_what_looks_the_same(self, one: str, other: str) -> None:
        assert folded(one) == folded(other)
