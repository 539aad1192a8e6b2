import time

import pytest

from auth_service.accounts import spelled


class TestIsDated:
    @pytest.mark.parametrize(
        "text",
        [
            "14 March 1985",
            "14mars1985",
            "14 de enero de 1985",
            "14 gennaio 1985",
            "14 maart 1985",
            "14 kwietnia 1985",
            "14 СЕРПНЯ 1985",
            "14 fevrier 1985",
            "12/03/85",
            "1985-03-12",
            "19850312",
            "31121999",
            "12311999",
            "née le 14 février 1985",
            "ada 12 march 1985",
            "march twelve, nineteen eighty five",
            "twelveMarchEightyFive",
        ],
    )
    def test_knows_a_date_however_it_is_written(self, text: str) -> None:
        assert spelled.is_dated(text, beside=8)

    @pytest.mark.parametrize(
        "text",
        [
            "19851332",
            "119850312",
            "12 1985",
            "seven teal otters",
            "marching",
            "12 march marmalade",
            "1985-03-12 83920471",
        ],
    )
    def test_takes_nothing_else_for_one(self, text: str) -> None:
        assert not spelled.is_dated(text, beside=8)

    def test_needs_no_longer_for_what_reads_in_many_ways(self) -> None:
        started = time.process_time()
        for text in ("one" * 42 + "x", "de" * 64, "septseptembersept" * 7):
            spelled.is_dated(text, beside=8)
        assert time.process_time() - started < 1


class TestInDigits:
    @pytest.mark.parametrize(
        "text, digits",
        [
            ("one two three", "123"),
            ("OneTwoThree!", "123!"),
            ("twenty-one ninety", "20-190"),
            ("zwölf dreißig", "1230"),
            ("pięć sześć", "56"),
            ("ada four two", "ada42"),
        ],
    )
    def test_reads_numbers(self, text: str, digits: str) -> None:
        assert spelled.in_digits(text, beside=8) == digits

    @pytest.mark.parametrize("text", ["839204", "violet anchor", "seven teal otters juggle", "someone"])
    def test_leaves_alone_what_is_more_than_numbers(self, text: str) -> None:
        assert spelled.in_digits(text, beside=8) is None
