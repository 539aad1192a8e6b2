"""One text, two forms: plain, and HTML in which everything that was put in is escaped."""

import html
import re
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime, parseaddr
from pathlib import Path
from string import Template as Text
from uuid import UUID

from auth_service.mail.kinds import Template

_FOLDER = Path(__file__).parent / "templates"
_LINK = re.compile(r"\[([^\]]+)\]\((\S+)\)")
_BUTTON = "display:inline-block;padding:10px 18px;border-radius:6px;background:#1f4f46;color:#fff;text-decoration:none"
_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{subject}</title></head>'
    '<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#1c1c1c;background:#fff">'
    '<div style="max-width:520px;margin:0 auto"><p style="font-weight:600">Daybook</p>{paragraphs}</div></body></html>'
)


def write(template: Template, mail_id: UUID, *, sender: str, to: str, values: Mapping[str, str]) -> EmailMessage:
    """Raises KeyError for a value that the template needs and nobody gave."""
    head, _, body = (_FOLDER / f"{template}.txt").read_text().partition("\n\n")
    subject = head.removeprefix("Subject: ")
    paragraphs = body.strip().split("\n\n")
    name, address = parseaddr(sender)
    message = EmailMessage(policy=SMTP.clone(utf8=not to.isascii()))
    message["From"] = Address(name, *_halves(address))
    message["To"] = Address("", *_halves(to))
    message["Subject"] = subject
    message["Date"] = localtime()
    # The same when it is sent again: a mail that arrives twice is shown once.
    message["Message-ID"] = f"<{mail_id}@{address.partition('@')[2]}>"
    # No out-of-office reply, please (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join(_plain(each, values) for each in paragraphs) + "\n")
    rich = "".join(_rich(each, values) for each in paragraphs)
    message.add_alternative(_PAGE.format(subject=html.escape(subject), paragraphs=rich), subtype="html")
    return message


def _halves(address: str) -> tuple[str, str]:
    """Before and after the @."""
    user, _, domain = address.rpartition("@")
    return user, domain


def _plain(paragraph: str, values: Mapping[str, str]) -> str:
    link = _LINK.fullmatch(paragraph)
    return Text(f"{link[1]}:\n{link[2]}" if link else paragraph).substitute(values)


def _rich(paragraph: str, values: Mapping[str, str]) -> str:
    escaped = {name: html.escape(value) for name, value in values.items()}
    link = _LINK.fullmatch(paragraph)
    inner = f'<a style="{_BUTTON}" href="{link[2]}">{link[1]}</a>' if link else html.escape(paragraph)
    return f"<p>{Text(inner).substitute(escaped)}</p>"
