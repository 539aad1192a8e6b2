import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.encryption import CannotDecryptError, Cipher, KeyRing, new_key


def line(name: str, key: bytes) -> str:
    return f"{name} {base64.urlsafe_b64encode(key).decode().rstrip('=')}\n"


class TestCipher:
    @given(plaintext=st.binary(max_size=2000), associated_data=st.binary(max_size=50))
    def test_opens_what_it_sealed(self, plaintext: bytes, associated_data: bytes) -> None:
        cipher = Cipher.of(new_key())

        assert cipher.open(cipher.seal(plaintext, associated_data), associated_data) == plaintext

    def test_never_seals_alike_twice(self) -> None:
        cipher = Cipher.of(new_key())

        assert cipher.seal(b"milk", b"a") != cipher.seal(b"milk", b"a")

    def test_does_not_open_elsewhere(self) -> None:
        cipher = Cipher.of(new_key())

        with pytest.raises(CannotDecryptError):
            cipher.open(cipher.seal(b"milk", b"todo 1"), b"todo 2")

    @given(position=st.integers(min_value=0, max_value=12 + 4 + 16 - 1), bit=st.integers(min_value=0, max_value=7))
    def test_notices_every_flipped_bit(self, position: int, bit: int) -> None:
        cipher = Cipher.of(new_key())
        blob = bytearray(cipher.seal(b"milk", b"a"))
        blob[position] ^= 1 << bit

        with pytest.raises(CannotDecryptError):
            cipher.open(bytes(blob), b"a")

    def test_refuses_a_blob_that_is_too_short(self) -> None:
        with pytest.raises(CannotDecryptError):
            Cipher.of(new_key()).open(b"short", b"")


class TestKeyRing:
    def test_unwraps_with_every_key_and_wraps_with_the_first(self, tmp_path: Path) -> None:
        file, old, new, data_key = tmp_path / "keys", new_key(), new_key(), new_key()
        file.write_text(line("2025", old))
        wrapped_before = KeyRing.from_file(file).wrap(data_key, b"owner")
        file.write_text("# rotated in January\n" + line("2026", new) + line("2025", old))
        ring = KeyRing.from_file(file)

        assert ring.unwrap(wrapped_before, b"owner") == data_key
        assert KeyRing.wrapped_by(wrapped_before) == "2025"
        assert KeyRing.wrapped_by(ring.wrap(data_key, b"owner")) == "2026"

    def test_names_the_key_it_lacks(self) -> None:
        wrapped = KeyRing({"2025": new_key()}).wrap(new_key(), b"")

        with pytest.raises(CannotDecryptError, match="'2025' is not on this ring"):
            KeyRing({"2026": new_key()}).unwrap(wrapped, b"")

    @pytest.mark.parametrize(
        "content",
        ["", "# nothing\n", "main not/base64!\n", line("main", b"too short")],
        ids=["empty", "comment only", "not base64", "too short"],
    )
    def test_refuses_a_file_it_cannot_trust(self, tmp_path: Path, content: str) -> None:
        file = tmp_path / "keys"
        file.write_text(content)

        with pytest.raises(ValueError, match="keys"):
            KeyRing.from_file(file)

    @pytest.mark.parametrize("blob", [b"", b"\x02\x01a", b"\x01"])
    def test_refuses_what_it_did_not_wrap(self, blob: bytes) -> None:
        with pytest.raises(CannotDecryptError):
            KeyRing({"a": new_key()}).unwrap(blob, b"")
