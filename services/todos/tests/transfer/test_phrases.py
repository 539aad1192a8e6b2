from datetime import date, time

import pytest

from todos_service.transfer import phrases
from todos_service.transfer.phrases import Phrase

SUNDAY = date(2026, 11, 22)


class TestRead:
    @pytest.mark.parametrize(
        "text, expected",
        [
            ("2026-11-24", Phrase(date(2026, 11, 24))),
            ("2026-11-24 18:30", Phrase(date(2026, 11, 24), time(18, 30))),
            ("2026-11-24T18:30:00Z", Phrase(date(2026, 11, 24), time(18, 30))),
            ("24 Nov 2026", Phrase(date(2026, 11, 24))),
            ("Nov 24, 2026", Phrase(date(2026, 11, 24))),
            ("November 24, 2026 9:05 AM", Phrase(date(2026, 11, 24), time(9, 5))),
            ("24 Nov", Phrase(date(2026, 11, 24))),
            ("Nov 24 at 6pm", Phrase(date(2026, 11, 24), time(18))),
            ("every day", Phrase(SUNDAY, None, "FREQ=DAILY")),
            ("Daily", Phrase(SUNDAY, None, "FREQ=DAILY")),
            ("every! 3 days", Phrase(SUNDAY, None, "FREQ=DAILY;INTERVAL=3", by_completion=True)),
            ("every other week", Phrase(SUNDAY, None, "FREQ=WEEKLY;INTERVAL=2")),
            ("every monday", Phrase(date(2026, 11, 23), None, "FREQ=WEEKLY;BYDAY=MO")),
            ("every sun", Phrase(SUNDAY, None, "FREQ=WEEKLY;BYDAY=SU")),
            ("every mon, fri at 8am", Phrase(date(2026, 11, 23), time(8), "FREQ=WEEKLY;BYDAY=MO,FR")),
            ("every weekday at 17:30", Phrase(date(2026, 11, 23), time(17, 30), "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")),
            ("every 15th", Phrase(date(2026, 12, 15), None, "FREQ=MONTHLY;BYMONTHDAY=15")),
            ("every month", Phrase(SUNDAY, None, "FREQ=MONTHLY")),
            ("yearly", Phrase(SUNDAY, None, "FREQ=YEARLY")),
        ],
    )
    def test_understands(self, text: str, expected: Phrase) -> None:
        assert phrases.read(text, today=SUNDAY) == expected

    @pytest.mark.parametrize(
        "text",
        ["", "tomorrow", "jeden Montag", "every 3rd friday", "every blue moon", "2026-02-30", "31 Nov 2026", "5",
         "every day at noonish", "every 999 weeks", "Nov 24 at 25:00"],
    )  # fmt: skip
    def test_does_not_guess(self, text: str) -> None:
        assert phrases.read(text, today=SUNDAY) is None
