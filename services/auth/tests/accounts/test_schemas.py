import unicodedata

import pytest
from pydantic import ValidationError

from auth_service.accounts.schemas import Credentials, Registration


def registration(**changes: object) -> Registration:
    return Registration.model_validate({"email": "ada@example.com", "password": "seven teal otters juggle"} | changes)


class TestRegistration:
    @pytest.mark.parametrize(
        "password",
        [
            "fifteen letters",
            "a" * 15,
            "x" * 128,
            "пароль из слов",
            "🐴🔋🖇️✅ correct horse",
            " spaces at the ends ",
            "ﬃ" * 5,
        ],
    )
    def test_takes_any_characters(self, password: str) -> None:
        assert registration(password=password if len(password) >= 15 else password * 3).password

    @pytest.mark.parametrize(
        "password",
        ["", "fourteen chars", "x" * 129, "x" * 100_000, "🐴" * 14, "e\u0301" * 14, "\ufb03" * 43],
        ids=["empty", "14", "129", "100,000", "14 emoji", "14 composed", "43 ligatures of three"],
    )
    def test_counts_characters_as_people_do(self, password: str) -> None:
        with pytest.raises(ValidationError) as error:
            registration(password=password)
        assert [fault["loc"] for fault in error.value.errors()] == [("password",)]

    def test_keeps_a_password_the_same_however_it_was_typed(self) -> None:
        composed, decomposed = (unicodedata.normalize(form, "Crème brûlée für alle") for form in ("NFC", "NFD"))
        typed = Credentials.model_validate({"email": "ada@example.com", "password": decomposed})
        assert composed != decomposed
        assert registration(password=composed).password == typed.password

    @pytest.mark.parametrize("name", ["", "  ", "x" * 101])
    def test_refuses_a_name_that_is_none(self, name: str) -> None:
        with pytest.raises(ValidationError):
            registration(display_name=name)

    @pytest.mark.parametrize("name", ["a\nb", "a\x00b", "a\x85b", "\x1b[31mred", "a\u2028b", "a\u2029b"])
    def test_refuses_a_name_that_is_not_one_line(self, name: str) -> None:
        with pytest.raises(ValidationError, match="Must be one line, without control characters"):
            registration(display_name=name)

    @pytest.mark.parametrize(
        "name", ["\u200b", "\u3164", "\u2800", "\u200d", "Ada\u202egnp.exe", "\u2066Ada", "Ada\u200f"]
    )
    def test_refuses_a_name_that_hides_or_turns_what_stands_beside_it(self, name: str) -> None:
        with pytest.raises(ValidationError, match=r"Must (not change the direction|have a character)"):
            registration(display_name=name)

    @pytest.mark.parametrize(
        "hidden",
        [
            "\u200b",
            "\ufeff",
            "\u2060",
            "\u00ad",
            "\u2062",
            "\u034f",
            "\u180e",
            "\ufff9",
            "\u3164",
            "\u2800",
            "\U000e0041",
        ],
    )
    def test_refuses_a_name_that_only_looks_like_another(self, hidden: str) -> None:
        with pytest.raises(ValidationError, match="Must not have characters that nobody sees"):
            registration(display_name=f"pay{hidden}pal")

    def test_refuses_a_tower_of_accents(self) -> None:
        with pytest.raises(ValidationError, match="Must not pile up accents"):
            registration(display_name="A" + "\u0301" * 90)

    @pytest.mark.parametrize(
        "name",
        [
            "Zoe\u0308",
            "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc",
            "\U0001f469\u200d\U0001f4bb Ada",
            "\u2764\ufe0f",
            "\u845b\U000e0100\u98fe",
        ],
    )
    def test_takes_what_scripts_and_emoji_need(self, name: str) -> None:
        assert registration(display_name=name).display_name == name

    @pytest.mark.parametrize(
        "name, kept",
        [(" Ada ", "Ada"), ("👩‍💻 Łukasz", "👩‍💻 Łukasz"), ("می‌خواهم", "می‌خواهم"), ("عائشة", "عائشة"), (None, None)],
    )
    def test_keeps_a_name(self, name: str | None, kept: str | None) -> None:
        assert registration(display_name=name).display_name == kept

    def test_never_shows_a_password(self) -> None:
        assert "teal otters" not in repr(registration())
