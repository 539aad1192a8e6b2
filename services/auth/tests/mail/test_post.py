import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from auth_service.mail.kinds import Template
from auth_service.mail.letters import write
from auth_service.mail.post import FolderPost, SmtpPost, UndeliverableError, post_of
from auth_service.settings import MailSettings


def letter(to: str = "ada@example.com") -> EmailMessage:
    mail_id = UUID("0192f0c1-5d0e-7c6a-9a43-6d1a2b3c4d5e")
    return write(Template.ACCOUNT_DELETED, mail_id, sender="Daybook <daybook@app.test>", to=to, values={})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 127.0.0.1, signed by itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + private)
    return file


class Desk:
    """What a mail server does with what it gets."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.taken, self.users = list(answers), list[Envelope](), list[bytes]()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (theirs)
        if self.answers:
            return self.answers.pop(0)
        self.taken.append(envelope)
        return "250 OK"

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        self.users.append(data.login + b":" + data.password)
        return AuthResult(success=True)


@asynccontextmanager
async def server(desk: Desk, certificate: Path | None = None, *, implicit: bool = False) -> AsyncIterator[int]:
    """A mail server on a free port; with a certificate it demands STARTTLS, or speaks TLS from the first byte."""
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    starttls = None if implicit else context

    def serve() -> SMTP:
        return SMTP(
            desk,
            hostname="localhost",
            authenticator=desk.authenticate,
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_require_tls=not implicit,
        )

    tls = context if implicit else None
    listening = await asyncio.get_running_loop().create_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()


class TestSmtpPost:
    async def test_hands_the_mail_over(self) -> None:
        async with server(desk := Desk()) as port:
            await SmtpPost(f"smtp+plain://127.0.0.1:{port}", None).send(letter())

        [envelope] = desk.taken
        assert envelope.rcpt_tos == ["ada@example.com"]
        assert envelope.mail_from == "daybook@app.test"
        assert b"Auto-Submitted: auto-generated" in (envelope.content or b"")

    @pytest.mark.parametrize("scheme", ["smtp", "smtps"])
    async def test_speaks_tls_and_signs_in(self, certificate: Path, scheme: str) -> None:
        async with server(desk := Desk(), certificate, implicit=scheme == "smtps") as port:
            await SmtpPost(f"{scheme}://me%40app:p%3Aw@localhost:{port}", certificate).send(letter())

        assert len(desk.taken) == 1
        assert desk.users == [b"me@app:p:w"]

    async def test_trusts_no_certificate_that_nobody_vouches_for(self, certificate: Path) -> None:
        async with server(desk := Desk(), certificate, implicit=True) as port:
            with pytest.raises(Exception, match="CERTIFICATE"):
                await SmtpPost(f"smtps://localhost:{port}", None).send(letter())

        assert desk.taken == []

    async def test_does_not_send_in_clear_what_was_to_go_by_tls(self) -> None:
        async with server(desk := Desk()) as port:
            with pytest.raises(Exception, match="STARTTLS"):
                await SmtpPost(f"smtp://localhost:{port}", None).send(letter())

        assert desk.taken == []

    async def test_tells_never_from_not_now(self) -> None:
        async with server(Desk("554 no such thing", "451 not now")) as port:
            post = SmtpPost(f"smtp+plain://127.0.0.1:{port}", None)
            with pytest.raises(UndeliverableError):
                await post.send(letter())
            with pytest.raises(Exception, match="not now") as error:
                await post.send(letter())

        assert not isinstance(error.value, UndeliverableError)

    @pytest.mark.parametrize("url", ["http://mail.test", "mail.test", "smtp+plain://me:secret@mail.test", "smtp://"])
    def test_refuses_an_address_that_is_none(self, url: str) -> None:
        with pytest.raises(ValueError, match=r"SMTP|TLS"):
            SmtpPost(url, None)


class TestFolderPost:
    async def test_makes_a_file_that_only_its_owner_reads(self, tmp_path: Path) -> None:
        await FolderPost(tmp_path / "mail").send(letter())

        [file] = (tmp_path / "mail").iterdir()
        assert file.suffix == ".eml"
        assert file.stat().st_mode & 0o777 == 0o600
        assert b"To: ada@example.com" in file.read_bytes()


class TestPostOf:
    def test_prefers_a_server_and_is_none_without_either(self, tmp_path: Path) -> None:
        assert isinstance(post_of(MailSettings(smtp_url=SecretStr("smtps://mail.test"), folder=tmp_path)), SmtpPost)
        assert isinstance(post_of(MailSettings(folder=tmp_path)), FolderPost)
        assert post_of(MailSettings()) is None
