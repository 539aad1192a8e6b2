from email.message import EmailMessage
from uuid import UUID

import pytest

from auth_service.mail.kinds import Template
from auth_service.mail.letters import write

MAIL_ID = UUID("0192f0c1-5d0e-7c6a-9a43-6d1a2b3c4d5e")
EVERY_VALUE = {
    "link": "https://app.test/reset#token=abc",
    "forgot": "https://app.test/forgot",
    "sign_in": "https://app.test/sign-in",
    "device": "<b>Firefox</b> & friends",
    "address": "192.0.2.7",
    "when": "22 November 2026, 12:00 UTC",
    "what": "A passkey was added",
    "removed": "The passkey “Laptop” has been removed",
    "name": "<script>alert(1)</script>",
}


def letter(template: Template, to: str = "ada@example.com") -> EmailMessage:
    return write(template, MAIL_ID, sender="Daybook <daybook@app.test>", to=to, values=EVERY_VALUE)


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


class TestWrite:
    @pytest.mark.parametrize("template", Template)
    def test_makes_each_mail_in_text_and_html(self, template: Template) -> None:
        message = letter(template)

        assert message["Subject"]
        assert message["To"] == "ada@example.com"
        assert message["From"] == "Daybook <daybook@app.test>"
        assert message["Message-ID"] == f"<{MAIL_ID}@app.test>"
        assert "$" not in part(message, "plain") + part(message, "html")
        assert "<" not in part(message, "plain").replace("<b>", "").replace("</b>", "").replace("<script>", "").replace(
            "</script>", ""
        )

    @pytest.mark.parametrize("template", [Template.NEW_DEVICE, Template.API_TOKEN_MADE])
    def test_escapes_what_is_put_into_html(self, template: Template) -> None:
        page = part(letter(template), "html")

        assert "<script>" not in page
        assert "<b>" not in page
        assert "&lt;" in page

    def test_has_the_link_in_both(self) -> None:
        message = letter(Template.PASSWORD_RESET)

        assert EVERY_VALUE["link"] in part(message, "plain")
        assert f'href="{EVERY_VALUE["link"]}"' in part(message, "html")

    def test_says_that_nobody_need_answer(self) -> None:
        assert letter(Template.NEW_DEVICE)["Auto-Submitted"] == "auto-generated"

    def test_reaches_people_whose_address_is_not_ascii(self) -> None:
        assert "jürgen@example.com" in bytes(letter(Template.NEW_DEVICE, "jürgen@example.com")).decode()

    def test_refuses_an_address_that_would_become_a_header(self) -> None:
        with pytest.raises(ValueError, match="CR"):
            letter(Template.NEW_DEVICE, "ada@example.com\r\nBcc: eve@example.com")

    def test_demands_every_value(self) -> None:
        with pytest.raises(KeyError):
            write(Template.PASSWORD_RESET, MAIL_ID, sender="d@app.test", to="ada@example.com", values={})
