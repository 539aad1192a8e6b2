from uuid import uuid4

import pytest

from auth_service.second_factor import recovery_codes

USER = uuid4()


class TestNewCodes:
    def test_are_ten_that_differ(self) -> None:
        assert len(set(recovery_codes.new_codes())) == 10

    def test_can_each_be_hashed(self) -> None:
        assert all(recovery_codes.hash_of(USER, code) for code in recovery_codes.new_codes())


class TestHashOf:
    @pytest.mark.parametrize("typed", ["7K2M-X9QA-0C4D-1VWZ", " 7k2mx9qa0c4d1vwz ", "7k2m x9qa oc4d lvwz"])
    def test_is_the_same_however_it_is_typed(self, typed: str) -> None:
        assert recovery_codes.hash_of(USER, typed) == recovery_codes.hash_of(USER, "7k2m-x9qa-0c4d-1vwz")

    def test_is_another_one_for_another_person(self) -> None:
        code = recovery_codes.new_codes()[0]
        assert recovery_codes.hash_of(USER, code) != recovery_codes.hash_of(uuid4(), code)

    @pytest.mark.parametrize("typed", ["", "123456", "7k2m-x9qa-0c4d", "7k2m-x9qa-0c4d-1vwz-1", "é" * 16])
    def test_is_none_for_what_cannot_be_one(self, typed: str) -> None:
        assert recovery_codes.hash_of(USER, typed) is None
