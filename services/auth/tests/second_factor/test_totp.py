import base64
from xml.etree import ElementTree as ET

import pytest

from auth_service.second_factor import totp

# RFC 6238, appendix B. An app shows the last six of the eight digits.
SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


class TestMatchingStep:
    @pytest.mark.parametrize("now, code", VECTORS)
    def test_knows_the_codes_of_rfc_6238(self, now: int, code: str) -> None:
        assert totp.matching_step(SECRET, code[2:], now) == now // 30

    @pytest.mark.parametrize("aside, is_good", [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
    def test_lets_clocks_differ_by_one_step(self, aside: int, is_good: bool) -> None:
        now, code = VECTORS[3]
        assert (totp.matching_step(SECRET, code[2:], now + aside) is not None) == is_good

    @pytest.mark.parametrize("code", ["005925", "00592", "0059244", "", "\uff10\uff10\uff15\uff19\uff12\uff14"])
    def test_finds_no_step_for_another_code(self, code: str) -> None:
        assert totp.matching_step(SECRET, code, VECTORS[3][0]) is None


class TestNewSecret:
    def test_has_160_bits_and_is_never_the_same(self) -> None:
        secrets = {totp.new_secret() for _ in range(100)}
        assert len(secrets) == 100
        assert {len(base64.b32decode(each)) for each in secrets} == {20}


class TestQrSvg:
    def test_is_a_picture_that_scales(self) -> None:
        uri = totp.uri(SECRET, "ada@example.com")
        assert uri.startswith("otpauth://totp/Daybook:ada%40example.com?")
        picture = ET.fromstring(totp.qr_svg(uri))  # noqa: S314 (we made it)

        assert picture.tag == "{http://www.w3.org/2000/svg}svg"
        assert "viewBox" in picture.attrib
        assert "width" not in picture.attrib
