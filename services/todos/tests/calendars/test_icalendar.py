from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from uuid import uuid4
from zoneinfo import ZoneInfo

import icalendar as library
import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from todos_service.calendars import icalendar
from todos_service.todos.documents import TodoDocument

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def todo(**fields: Any) -> TodoDocument:
    plain: dict[str, Any] = {
        "id": str(uuid4()),
        "title": "Water the plants",
        "description": "",
        "tags": [],
        "priority": "none",
        "due": {"date": "2026-11-24"},
        "recurrence": None,
        "version": 1,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return cast("TodoDocument", plain | fields)


def parsed(*todos: TodoDocument) -> Any:
    return library.Calendar.from_ical(written(*todos))


def written(*todos: TodoDocument) -> bytes:
    calendar = icalendar.Calendar(at=NOW)
    return calendar.begin() + b"".join(map(calendar.event, todos)) + calendar.end()


def event(of: TodoDocument) -> Any:
    (found,) = parsed(of).walk("VEVENT")
    return found


class TestWrite:
    def test_makes_an_event_of_a_day(self) -> None:
        of = todo(tags=["home", "a,b;c"], priority="high", version=3)

        found = event(of)

        assert found["UID"] == of["id"]
        assert found["SUMMARY"] == "Water the plants"
        assert found.decoded("DTSTART") == date(2026, 11, 24)
        assert found["CATEGORIES"].cats == ["home", "a,b;c"]
        assert (found["PRIORITY"], found["SEQUENCE"], found["TRANSP"]) == (1, 2, "TRANSPARENT")
        assert found.decoded("DTSTAMP") == NOW

    def test_makes_an_event_of_a_moment(self) -> None:
        found = event(todo(due={"at": "2026-11-24T17:30:00Z", "zone": "Europe/Berlin"}))

        assert found.decoded("DTSTART") == datetime(2026, 11, 24, 17, 30, tzinfo=UTC)

    def test_repeats_nothing_whose_days_depend_on_when_it_is_done(self) -> None:
        daily = {"rule": "FREQ=DAILY", "anchor": "completion"}

        assert "RRULE" not in event(todo(recurrence=daily))
        assert "RRULE" in event(todo(recurrence=daily | {"anchor": "due"}))

    @given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=200))
    def test_carries_any_title(self, title: str) -> None:
        assert event(todo(title=title))["SUMMARY"] == title

    def test_keeps_lines_short_and_characters_whole(self) -> None:
        content = written(todo(title="🌱" * 100, description="a\nb\r\nc;\\,"))

        assert all(len(line) <= 75 for line in content.split(b"\r\n"))
        assert [line.decode() for line in content.split(b"\r\n")]
        assert event(todo(description="a\nb\r\nc;\\,"))["DESCRIPTION"] == "a\nb\nc;\\,"

    def test_of_nothing_is_a_calendar_all_the_same(self) -> None:
        assert parsed().walk("VEVENT") == []

    @pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
    def test_brings_the_rules_of_a_time_zone_along(self, zone: str) -> None:
        of = todo(due={"at": "2026-11-24T17:30:00Z", "zone": zone}, recurrence={"rule": "FREQ=DAILY", "anchor": "due"})

        calendar = parsed(of)

        (told,) = calendar.walk("VTIMEZONE")
        theirs = told.to_tz()
        for days in range(0, 365 * 3, 5):
            local = datetime(2026, 11, 24, 12) + timedelta(days=days)  # noqa: DTZ001 (given a zone in the next line)
            assert local.replace(tzinfo=theirs).utcoffset() == local.replace(tzinfo=ZoneInfo(zone)).utcoffset()
        (found,) = calendar.walk("VEVENT")
        assert str(found["DTSTART"].params["TZID"]) == zone

    @pytest.mark.parametrize(
        "rule, due, following",
        [
            ("FREQ=WEEKLY;BYDAY=MO,FR", "2026-11-23", ["2026-11-23", "2026-11-27", "2026-11-30"]),
            ("FREQ=MONTHLY", "2027-01-31", ["2027-01-31", "2027-02-28", "2027-03-31"]),
            ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=30", "2026-12-30", ["2026-12-30", "2027-02-28", "2027-04-30"]),
            ("FREQ=YEARLY", "2028-02-29", ["2028-02-29", "2029-02-28", "2030-02-28"]),
            ("FREQ=DAILY;UNTIL=20261125", "2026-11-24", ["2026-11-24", "2026-11-25"]),
        ],
    )
    def test_says_how_a_todo_recurs_in_a_way_that_calendars_follow(
        self, rule: str, due: str, following: list[str]
    ) -> None:
        found = event(todo(due={"date": due}, recurrence={"rule": rule, "anchor": "due"}))

        occurrences: Any = rrulestr(found["RRULE"].to_ical().decode(), dtstart=datetime.fromisoformat(due))

        assert [
            f"{each:%Y-%m-%d}" for each in occurrences[: len(following) + (1 if "UNTIL" in rule else 0)]
        ] == following
