import pytest

from auth_service.sessions.clients import client_address, device_label


class TestDeviceLabel:
    @pytest.mark.parametrize(
        "user_agent, label",
        [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome on Windows"),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18 Safari/605",
                "Safari on macOS",
            ),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604", "Safari on iPhone"),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("curl/8.5.0", "curl"),
            ("python-httpx/0.28.1", "python-httpx"),
            ("<script>alert(1)</script>", None),
            ("", None),
        ],
    )
    def test_is_short_and_says_what_a_person_would_say(self, user_agent: str, label: str | None) -> None:
        assert device_label(user_agent) == label

    def test_is_never_long(self) -> None:
        assert device_label("x" * 5000) == "x" * 40


class TestClientAddress:
    @pytest.mark.parametrize(
        "forwarded, address",
        [
            ("203.0.113.7", "203.0.113.7"),
            (" 2001:DB8::1 ", "2001:db8::1"),
            ("203.0.113.7, 10.0.0.1", "192.0.2.1"),
            ("unknown", "192.0.2.1"),
            ("", "192.0.2.1"),
            (None, "192.0.2.1"),
        ],
    )
    def test_is_what_was_forwarded_if_that_is_one_address(self, forwarded: str | None, address: str) -> None:
        assert client_address(forwarded=forwarded, peer="192.0.2.1") == address
