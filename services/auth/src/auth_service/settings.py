from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, FilePath, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from chassis.settings import (
    BrokerSettings,
    DatabaseSettings,
    HttpAddress,
    HttpSettings,
    LogSettings,
    MetricsSettings,
    Name,
    Origin,
    ProcessEnvironment,
    SettingsGroup,
)

SigningAlgorithm = Literal["RS256", "PS256", "EdDSA"]


class KeySettings(SettingsGroup):
    """The keys that sign access tokens."""

    # Of the keys that are made from now on. The one that signs gives way as soon as every verifier knows its successor.
    algorithm: SigningAlgorithm = "RS256"
    rotate_after_days: int = Field(default=90, ge=1)


class PasswordSettings(SettingsGroup):
    """What a password hash costs (argon2id, one lane). A hash that cost less is made anew at the next sign-in."""

    # OWASP's first recommendation with the least memory. Less is for tests, and is warned of at the start.
    memory_kib: int = Field(default=19 * 1024, ge=8)
    passes: int = Field(default=2, ge=1)


class CookieSettings(SettingsGroup):
    """The cookie that holds the refresh token."""

    name: str = "daybook_refresh"
    # Off only where there is no TLS: it also decides whether the name gets the `__Host-` prefix.
    secure: bool = True
    # By which a browser that was here before is recognised.
    device_name: str = "daybook_device"

    @property
    def full_name(self) -> str:
        return f"__Host-{self.name}" if self.secure else self.name

    @property
    def full_device_name(self) -> str:
        return f"__Host-{self.device_name}" if self.secure else self.device_name

    @property
    def path(self) -> str:
        """Browsers accept the `__Host-` prefix for the root path only."""
        return "/" if self.secure else "/auth"


class PasskeySettings(SettingsGroup):
    """Who we are to an authenticator."""

    # The domain that passkeys belong to, for good: they are lost when it changes. The app's host, or one above it.
    relying_party: str | None = None


class MailSettings(SettingsGroup):
    """How mail leaves. With neither a server nor a folder it waits until it expires."""

    # smtps://user:password@host, smtp://… (STARTTLS is demanded), smtp+plain://… (on this machine only)
    smtp_url: SecretStr | None = None
    # Whom to trust beside the system's authorities.
    ca_file: FilePath | None = None
    # Where mail becomes files, for want of a server.
    folder: Path | None = None
    sender: str = "Daybook <daybook@localhost>"


class Settings(ProcessEnvironment):
    """Read from the environment, e.g. AUTH_DATABASE__URL."""

    model_config = SettingsConfigDict(env_prefix="AUTH_", env_nested_delimiter="__", frozen=True)

    database: DatabaseSettings
    broker: BrokerSettings
    # Who signs: the public address of the API, as it stands in every token.
    issuer: Name
    # Whom the tokens are for.
    audience: Name = "daybook"
    # One key a line, the first one seals: see `chassis.encryption.KeyRing`.
    key_encryption_key_file: FilePath
    # The pages that may use the refresh cookie, e.g. ["https://app.example"].
    allowed_origins: frozenset[Origin]
    # Whether `X-Forwarded-For` says who the client is. Right where only the gateway can reach this service, which
    # is how it is deployed: the gateway drops what clients send and sets its own. What it says is shown to the
    # person in their list of sessions; nothing is permitted because of it.
    trust_forwarded: bool = True
    keys: KeySettings = KeySettings()
    passwords: PasswordSettings = PasswordSettings()
    cookie: CookieSettings = CookieSettings()
    passkeys: PasskeySettings = PasskeySettings()
    mail: MailSettings = MailSettings()
    # Where links in mails lead: the app's public address. Needed if there are several allowed origins.
    public_app_url: HttpAddress | None = None
    # On, an account is of no use before its address is confirmed, and registering tells nobody whether it is taken.
    require_email_verification: bool = False
    metrics: MetricsSettings = MetricsSettings()
    http: HttpSettings
    log: LogSettings = LogSettings()

    @model_validator(mode="after")
    def _knows_where_the_app_is(self) -> Self:
        if self.public_app_url is None and len(self.allowed_origins) != 1:
            raise ValueError("AUTH_PUBLIC_APP_URL is needed where there is not exactly one allowed origin")
        return self

    @property
    def relying_party(self) -> str:
        return self.passkeys.relying_party or urlsplit(self.app_url).hostname or "localhost"

    @property
    def app_url(self) -> str:
        return (self.public_app_url or next(iter(self.allowed_origins))).rstrip("/")
