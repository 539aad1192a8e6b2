from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todos_service.todos.recurrence import Rule, advanced, parse


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC)


def on(day: str) -> dict[str, str]:
    return {"date": day}


def due_in(zone: str, moment: str) -> dict[str, str]:
    return {"at": moment, "zone": zone}


def following(
    due: dict[str, str] | None, rule: str, *, completed: str | None = None, anchor: str = "due"
) -> dict[str, Any] | None:
    """The due date of the next occurrence. Completed when it was due, unless it says otherwise."""
    moment = completed or (f"{due['date']}T12:00:00Z" if due and "date" in due else (due or {})["at"])
    next_one = advanced(due, {"rule": rule, "anchor": anchor}, completed_at=at(moment))
    return next_one["due"] if next_one else None


def dates(start: str, rule: str, *, count: int) -> list[str]:
    """The following due dates, each completed on its day, with the rule as each advance leaves it."""
    fields: dict[str, Any] = {"due": on(start), "recurrence": {"rule": rule, "anchor": "due"}}
    found = []
    for _ in range(count):
        following = advanced(fields["due"], fields["recurrence"], completed_at=at(f"{fields['due']['date']}T12:00:00Z"))
        assert following is not None
        fields = following
        found.append(fields["due"]["date"])
    return found


class TestParse:
    @pytest.mark.parametrize(
        "written, stored",
        [
            ("FREQ=DAILY", "FREQ=DAILY"),
            ("rrule:freq=daily;interval=1", "FREQ=DAILY"),
            ("INTERVAL=3;FREQ=DAILY", "FREQ=DAILY;INTERVAL=3"),
            ("FREQ=WEEKLY;BYDAY=FR,MO,MO", "FREQ=WEEKLY;BYDAY=MO,FR"),
            ("FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYDAY=-1FR"),
            ("FREQ=MONTHLY;BYMONTHDAY=15,1", "FREQ=MONTHLY;BYMONTHDAY=1,15"),
            ("FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
            ("FREQ=DAILY;BYMINUTE=5;BYHOUR=0", "FREQ=DAILY;BYHOUR=0;BYMINUTE=5"),
            ("FREQ=DAILY;UNTIL=20271231T235959Z", "FREQ=DAILY;UNTIL=20271231"),
        ],
    )
    def test_gives_a_rule_one_spelling(self, written: str, stored: str) -> None:
        assert str(parse(written)) == stored
        assert parse(stored) == parse(written)

    @pytest.mark.parametrize(
        "rule",
        [
            "",
            "DAILY",
            "FREQ=",
            "FREQ=HOURLY",
            "FREQ=DAILY;FREQ=DAILY",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;INTERVAL=401",
            "FREQ=DAILY;INTERVAL=1,2",
            "FREQ=DAILY;INTERVAL=\u0661",
            "FREQ=DAILY;COUNT=3",
            "FREQ=DAILY;WKST=SU",
            "FREQ=DAILY;BYDAY=MO",
            "FREQ=WEEKLY;BYDAY=1MO",
            "FREQ=WEEKLY;BYDAY=XX",
            "FREQ=WEEKLY;BYMONTHDAY=1",
            "FREQ=MONTHLY;BYDAY=6MO",
            "FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=1",
            "FREQ=MONTHLY;BYMONTHDAY=0",
            "FREQ=MONTHLY;BYMONTHDAY=32",
            "FREQ=MONTHLY;BYMONTHDAY=1,31",
            "FREQ=MONTHLY;BYMONTH=2",
            "FREQ=YEARLY;BYMONTHDAY=1",
            "FREQ=YEARLY;BYMONTH=13",
            "FREQ=DAILY;BYHOUR=9",
            "FREQ=DAILY;BYHOUR=24;BYMINUTE=0",
            "FREQ=DAILY;UNTIL=2027",
            "FREQ=DAILY;UNTIL=20270230",
            "FREQ=DAILY;UNTIL=99991231",
            "FREQ=DAILY\nDTSTART:20260101",
        ],
    )
    def test_refuses_what_it_would_not_follow(self, rule: str) -> None:
        with pytest.raises(ValueError, match=r"must|cannot|has|says|day|month|range"):
            parse(rule)

    @given(st.text(alphabet="FREQDAILYWKMNTHBU=;,0123456789-/\x00é", max_size=60))
    def test_never_fails_in_another_way(self, text: str) -> None:
        try:
            rule = parse(text)
        except ValueError:
            return
        assert isinstance(rule, Rule)


class TestAdvanced:
    @pytest.mark.parametrize(
        "due, rule, expected",
        [
            ("2026-11-22", "FREQ=DAILY", "2026-11-23"),
            ("2026-11-22", "FREQ=DAILY;INTERVAL=10", "2026-12-02"),
            ("2026-11-20", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-23"),
            ("2026-11-23", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-24"),
            ("2026-11-22", "FREQ=WEEKLY", "2026-11-29"),
            ("2026-11-23", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", "2026-11-27"),
            ("2026-11-27", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", "2026-12-07"),
            ("2026-11-22", "FREQ=MONTHLY", "2026-12-22"),
            ("2026-12-31", "FREQ=MONTHLY;INTERVAL=2", "2027-02-28"),
            ("2026-11-30", "FREQ=MONTHLY;BYDAY=-1MO", "2026-12-28"),
            ("2026-11-02", "FREQ=MONTHLY;BYDAY=1MO", "2026-12-07"),
            ("2026-11-01", "FREQ=MONTHLY;BYMONTHDAY=1,15", "2026-11-15"),
            ("2026-11-30", "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-12-31"),
            ("2026-08-31", "FREQ=MONTHLY;BYDAY=5MO", "2026-11-30"),
            ("2026-11-22", "FREQ=YEARLY", "2027-11-22"),
            ("2024-02-29", "FREQ=YEARLY", "2025-02-28"),
            ("2026-11-26", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "2027-11-25"),
        ],
    )
    def test_finds_the_next_date(self, due: str, rule: str, expected: str) -> None:
        assert following(on(due), rule) == on(expected)

    def test_remembers_the_31st_over_shorter_months(self) -> None:
        assert dates("2026-01-31", "FREQ=MONTHLY", count=5) == [
            "2026-02-28",
            "2026-03-31",
            "2026-04-30",
            "2026-05-31",
            "2026-06-30",
        ]

    def test_remembers_the_29th_of_february_until_the_next_leap_year(self) -> None:
        assert dates("2024-02-29", "FREQ=YEARLY", count=4) == ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]

    def test_leaves_a_rule_alone_that_needs_no_reminder(self) -> None:
        recurrence = {"rule": "FREQ=MONTHLY", "anchor": "due"}

        following = advanced(on("2026-01-15"), recurrence, completed_at=at("2026-01-15T12:00:00Z"))

        assert following == {"due": on("2026-02-15"), "recurrence": recurrence}

    def test_keeps_the_time_of_day_when_clocks_change(self) -> None:
        # 9 o'clock in Berlin is 8 o'clock in UTC in winter, and 7 in summer.
        winter = due_in("Europe/Berlin", "2026-03-28T08:00:00Z")

        assert following(winter, "FREQ=DAILY") == due_in("Europe/Berlin", "2026-03-29T07:00:00Z")
        assert following(due_in("Europe/Berlin", "2026-10-24T07:00:00Z"), "FREQ=DAILY") == due_in(
            "Europe/Berlin", "2026-10-25T08:00:00Z"
        )

    def test_comes_back_to_an_hour_that_was_left_out(self) -> None:
        # Half past two in Berlin: on the 29th of March there is none.
        recurrence = {"rule": "FREQ=DAILY", "anchor": "due"}
        skipped = advanced(
            due_in("Europe/Berlin", "2026-03-28T01:30:00Z"), recurrence, completed_at=at("2026-03-28T02:00:00Z")
        )
        assert skipped is not None
        assert skipped["due"] == due_in("Europe/Berlin", "2026-03-29T01:30:00Z")

        usual = advanced(skipped["due"], skipped["recurrence"], completed_at=at("2026-03-29T02:00:00Z"))

        assert usual is not None
        assert usual["due"] == due_in("Europe/Berlin", "2026-03-30T00:30:00Z")

    def test_takes_the_first_of_an_hour_that_comes_twice(self) -> None:
        due = due_in("Europe/Berlin", "2026-10-24T00:30:00Z")

        assert following(due, "FREQ=DAILY") == due_in("Europe/Berlin", "2026-10-25T00:30:00Z")

    def test_finds_the_day_in_the_time_zone_of_the_todo(self) -> None:
        # Monday morning in Auckland is still Sunday in UTC.
        due = due_in("Pacific/Auckland", "2026-11-22T19:00:00Z")

        assert following(due, "FREQ=WEEKLY;BYDAY=MO") == due_in("Pacific/Auckland", "2026-11-29T19:00:00Z")

    def test_does_not_pile_up_what_was_missed(self) -> None:
        assert following(on("2026-11-02"), "FREQ=DAILY", completed="2026-11-22T12:00:00Z") == on("2026-11-22")
        assert following(on("2026-11-02"), "FREQ=WEEKLY", completed="2026-11-22T12:00:00Z") == on("2026-11-23")

    @pytest.mark.parametrize("rule, years", [("FREQ=DAILY;INTERVAL=7", 1), ("FREQ=MONTHLY", 1), ("FREQ=YEARLY", 2)])
    def test_keeps_step_after_a_century(self, rule: str, years: int) -> None:
        found = following(on("1903-05-04"), rule, completed="2026-11-22T12:00:00Z")

        assert found is not None
        found_day = datetime.fromisoformat(found["date"])
        assert found_day >= datetime(2026, 11, 22)  # noqa: DTZ001 (a day)
        assert found_day.year <= 2025 + years
        assert found_day.weekday() == 0 if "DAILY" in rule else found_day.day == 4

    def test_follows_a_todo_that_was_completed_early(self) -> None:
        assert following(on("2026-11-29"), "FREQ=WEEKLY", completed="2026-11-22T12:00:00Z") == on("2026-12-06")

    def test_counts_from_its_completion_if_it_says_so(self) -> None:
        due = on("2026-11-02")

        found = following(due, "FREQ=DAILY;INTERVAL=3", completed="2026-11-22T12:00:00Z", anchor="completion")

        assert found == on("2026-11-25")

    def test_counts_from_the_day_of_its_completion_in_its_zone(self) -> None:
        due = due_in("Pacific/Auckland", "2026-11-01T19:00:00Z")

        found = following(due, "FREQ=DAILY", completed="2026-11-22T12:00:00Z", anchor="completion")

        # It was the 23rd in Auckland already.
        assert found == due_in("Pacific/Auckland", "2026-11-23T19:00:00Z")

    def test_gives_a_todo_a_due_date_that_had_none(self) -> None:
        assert following(None, "FREQ=DAILY", completed="2026-11-22T12:00:00Z") == on("2026-11-23")

    def test_ends(self) -> None:
        assert following(on("2026-11-22"), "FREQ=DAILY;UNTIL=20261123") == on("2026-11-23")
        assert following(on("2026-11-23"), "FREQ=DAILY;UNTIL=20261123") is None
        assert following(on("2999-12-31"), "FREQ=DAILY") is None
