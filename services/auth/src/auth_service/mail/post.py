"""The ways a mail leaves: to a server, or into a folder where nobody has one."""

import asyncio
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from auth_service.settings import MailSettings

_SECONDS = 20
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
_PERMANENT = 500


class UndeliverableError(Exception):
    """The server will never take this mail: trying again changes nothing."""


class Post(Protocol):
    async def send(self, message: EmailMessage) -> None:
        """Returns when somebody else has it. Raises UndeliverableError, or whatever else is worth another try."""


class SmtpPost:
    """`smtps://` is TLS from the first byte, `smtp://` demands STARTTLS, `smtp+plain://` is for this machine only."""

    def __init__(self, url: str, ca_file: Path | None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("The SMTP URL has to begin with smtps://, smtp:// or smtp+plain:// and name a host")
        if parts.scheme == "smtp+plain" and parts.password:
            raise ValueError("A password is not sent without TLS: use smtp:// or smtps://")
        self._server = {
            "hostname": parts.hostname,
            "port": parts.port or _PORTS[parts.scheme],
            "username": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
            "use_tls": parts.scheme == "smtps",
            "start_tls": parts.scheme == "smtp",
            "tls_context": None if parts.scheme == "smtp+plain" else ssl.create_default_context(cafile=ca_file),
            "timeout": _SECONDS,
        }

    async def send(self, message: EmailMessage) -> None:
        try:
            await aiosmtplib.send(message, **self._server)  # type: ignore[arg-type]  # one dict, many types
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(each.code >= _PERMANENT for each in error.recipients):
                raise UndeliverableError(str(error)) from error
            raise
        except aiosmtplib.SMTPDataError as error:
            if error.code >= _PERMANENT:
                raise UndeliverableError(str(error)) from error
            raise


class FolderPost:
    """Each mail a file that any mail program opens, readable by its owner only: links in it open accounts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: EmailMessage) -> None:
        await asyncio.to_thread(self._write, message)

    def _write(self, message: EmailMessage) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        part = self._folder / f"{name}.part"
        part.touch(mode=0o600)
        part.write_bytes(bytes(message))
        part.rename(part.with_suffix(".eml"))


def post_of(settings: MailSettings) -> Post | None:
    """None where neither a server nor a folder is given."""
    if settings.smtp_url is not None:
        return SmtpPost(settings.smtp_url.get_secret_value(), settings.ca_file)
    return FolderPost(settings.folder) if settings.folder is not None else None
