import pytest

from auth_service.accounts.rules import SENTENCES, Whose, fault_of

ADA = Whose("ada.lovelace@example.com", "Ada Lovelace")


GOOD = """
seven teal otters juggle
violet anchor maple
новый пароль из слов
🐴🔋🖇️✅ correct horse
x8Kd92kfLw3vQ9z
kettle-orbit-maple-91
cactus 4821 violin harbour
tuesday's octopus knits socks
february marmalade ladder
marching ladder 1990 orbit
violet 12.03.1985 marmalade
violet 19850312 marmalade
seven march hares waltzing
june kettle orbits gravel
may the otter outrun gravel
august lantern pickle seven
tulip tractor november zinc
mars rover eats cheddar
vier rote Gummistiefel im Mai
сентябрьский ёжик чинит самовар
two foxes borrow umbrellas
ninety purple walruses hum
ten thousand quiet accordions
set out fourteen velvet chairs
drei Pinguine tanzen Polka
elf Dachse jonglieren leise
onze girafes mangent du papier
pięć zielonych krokodyli śpiewa
839204718263549607
12.03.1985 83920471826354
seven three nine two six one eight four zero five two nine seven three
""".strip().splitlines()


class TestFaultOf:
    @pytest.mark.parametrize("password", GOOD)
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
            "correct horse battery staple",
            "CorrectHorseBatteryStaple1!",
            "elpats yrettab esroh tcerroc",
            "thisisapassword",
            "mypasswordis123",
            "ihatepasswords1",
            "P4ssw0rd-P4ssw0rd",
            "to be or not to be, that is the question",
            "MayTheForceBeWithYou2026",
            "the quick brown fox",
            "letmeinletmeinletmein",
            "ichliebedich1234",
            "monkey123dragon",
            "mein passwort 26",
            "новый пароль 1",
            "14 february 1990",
            "14th of February 1990",
            "24. Dezember 1985",
            "Monday, 3 March 1997",
            "born on 14.02.1990",
            "ada 12 march 1985",
            "24 12 1985 01 01 2003",
            "1985-12-24 1990-02-14",
            "actions speak louder than words",
            "Ende gut, alles gut!",
            "roses are red violets are blue",
            "c0rr3cth0rs3b4tt3ryst4pl3",
            "w31c0m3-w31c0m3",
            "19850312 19850312",
            "19850312-31121999",
            "le 14 janvier 1985",
            "14 mars 1985 lundi",
            "14 de março de 1985",
            "14 марта 1985 года",
            "fourteen february 1990",
            "TwelveMarchNineteenEightyFive",
            "one two three four five six seven",
            "ten nine eight seven six five",
            "uno dos tres cuatro cinco",
            "один два три четыре",
        ],
    )
    def test_refuses_what_is_tried_first_with_a_hint(self, password: str) -> None:
        fault = fault_of(password, ADA)

        assert fault in SENTENCES

    @pytest.mark.parametrize(
        "password, begins",
        [
            ("short", "At least 15"),
            ("ada lovelace 12", "This is made of your name"),
            ("correct horse battery staple", "This is known"),
            ("xqxqxqxqxqxqxqxq", "Repeating"),
            ("summer2024winter", "This would be guessed"),
            ("peterpeterjohn12", "Repeating"),
            ("bcdefghijklmnopq", "Rows of"),
            ("summervacation1", "This is known"),
            ("14. Februar 1990", "Dates are tried first"),
            ("19850312 19850312", "Dates are tried first"),
            ("14 marzo 1985 abc", "Dates are tried first"),
            ("ten nine eight seven six five", "Rows of"),
        ],
    )
    def test_says_why(self, password: str, begins: str) -> None:
        assert str(fault_of(password, ADA)).startswith(begins)

    def test_lets_what_is_known_be_one_word_of_several(self) -> None:
        assert fault_of("my welcome zebra hums loudly", ADA) is None

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
        assert "your name or your e-mail address" in fault

    def test_lets_a_name_be_one_word_of_several(self) -> None:
        assert fault_of("lovelace orbits a marmalade ladder", Whose("lovelace@example.com", "Lovelace")) is None

    def test_does_not_demand_a_name(self) -> None:
        assert fault_of("seven teal otters juggle", Whose("ada@example.com")) is None
