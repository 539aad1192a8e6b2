import pytest
from pydantic import TypeAdapter, ValidationError

from auth_service.accounts.emails import Email, Pseudonyms, key_of
from chassis.encryption import KeyRing

ADAPTER: TypeAdapter[str] = TypeAdapter(Email)


class TestEmail:
    @pytest.mark.parametrize(
        "typed, kept",
        [
            ("ada@example.com", "ada@example.com"),
            ("  Ada.Lovelace@EXAMPLE.com\n", "Ada.Lovelace@example.com"),
            ("ada+todo@example.co.uk", "ada+todo@example.co.uk"),
            ("jörg@bücher.example.com", "jörg@bücher.example.com"),
        ],
    )
    def test_is_kept_as_the_person_writes_it(self, typed: str, kept: str) -> None:
        assert ADAPTER.validate_python(typed) == kept

    @pytest.mark.parametrize(
        "typed",
        ["", "ada", "ada@", "@example.com", "ada@example", "a b@example.com", "ada@exa mple.com", "ada@example.com\x00",
         "ada@@example.com", "Ada <ada@example.com>", f"ada@{'a' * 300}.com"],
    )  # fmt: skip
    def test_has_to_be_one(self, typed: str) -> None:
        with pytest.raises(ValidationError):
            ADAPTER.validate_python(typed)


class TestKeyOf:
    def test_is_the_same_for_spellings_of_one_mailbox(self) -> None:
        spellings = ["Ada@Example.com", "ada@example.com", "ADA@EXAMPLE.COM"]
        assert len({key_of(ADAPTER.validate_python(spelling)) for spelling in spellings}) == 1
        assert key_of("jo\u0308rg@example.com") == key_of("j\u00f6rg@example.com")

    def test_differs_for_different_mailboxes(self) -> None:
        assert key_of("ada@example.com") != key_of("ada@example.org") != key_of("a.da@example.com")


class TestPseudonyms:
    def test_name_an_account_without_saying_whose_it_is(self, ring: KeyRing) -> None:
        name = Pseudonyms(ring).of("Ada@example.com")
        assert name == Pseudonyms(ring).of("ada@example.com") != Pseudonyms(ring).of("eve@example.com")
        assert name != Pseudonyms(KeyRing({"other": bytes(32)})).of("ada@example.com")
        assert "ada" not in name
