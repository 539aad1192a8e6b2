import pytest

from auth_service.accounts.rules import Whose, fault_of

ADA = Whose("ada.lovelace@example.com", "Ada Lovelace")


class TestFaultOf:
    @pytest.mark.parametrize(
        "password",
        [
            "correct horse battery staple",
            "fifteen letters",
            "новый пароль из слов",
            "🐴🔋🖇️✅ correct horse",
            "x8Kd92kfLw3vQ9z",
        ],
    )
    def test_has_nothing_against_a_good_one(self, password: str) -> None:
        assert fault_of(password, ADA) is None

    @pytest.mark.parametrize(
        "password",
        [
            "aaaaaaaaaaaaaaaa",
            "123456789012345",
            "passwordpassword",
            "qwertyuiopasdfg",
            "iloveyouiloveyou",
            "ada.lovelace@example.com",
            "ADA.LOVELACE@EXAMPLE.COM",
            "adalovelaceadalovelace",
            "daybookdaybook1",
            "lovelacelovelace",
            "a" * 128,
        ],
    )
    def test_refuses_what_is_tried_first_with_a_hint(self, password: str) -> None:
        fault = fault_of(password, ADA)

        assert fault
        assert "unrelated words" in fault

    def test_asks_for_fifteen_characters_alone_and_eight_beside_a_second_factor(self) -> None:
        assert fault_of("x8Kd92kf", ADA)
        assert fault_of("x8Kd92kf", ADA, has_second_factor=True) is None
        assert fault_of("x8Kd92k", ADA, has_second_factor=True)
        assert fault_of("monkey12", ADA, has_second_factor=True)

    @pytest.mark.parametrize(
        "password, email, name",
        [
            ("wilhelmina.pfeffer", "wilhelmina.pfeffer@example.com", None),
            ("Wilhelmina_Pfeffer-2026!", "wilhelmina.pfeffer@example.com", None),
            ("maximilian_von_habsburg", "m@example.com", "Maximilian von Habsburg"),
            ("grebnednav.losiram", "m@example.com", "Marisol Vandenberg"),
            ("first.second.third63710", "first.second.third63710@example.com", None),
        ],
    )
    def test_refuses_the_name_and_the_address_in_every_dress(self, password: str, email: str, name: str | None) -> None:
        fault = fault_of(password, Whose(email, name))

        assert fault
        assert "name or e-mail address" in fault

    def test_lets_a_name_be_one_word_of_several(self) -> None:
        assert fault_of("lovelace orbits a marmalade ladder", Whose("lovelace@example.com", "Lovelace")) is None

    def test_does_not_demand_a_name(self) -> None:
        assert fault_of("correct horse battery staple", Whose("ada@example.com")) is None
