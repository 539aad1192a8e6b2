from pydantic import FilePath
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.settings import BrokerSettings, DatabaseSettings, HttpSettings, LogSettings, SettingsGroup


class CookieSettings(SettingsGroup):
    """The cookie that holds the refresh token."""

    name: str = "daybook_refresh"
    # Off only where there is no TLS: it also decides whether the name gets the `__Host-` prefix.
    secure: bool = True

    @property
    def full_name(self) -> str:
        return f"__Host-{self.name}" if self.secure else self.name

    @property
    def path(self) -> str:
        """Browsers accept the `__Host-` prefix for the root path only."""
        return "/" if self.secure else "/auth"


class Settings(BaseSettings):
    """Read from the environment, e.g. AUTH_DATABASE__URL."""

    model_config = SettingsConfigDict(env_prefix="AUTH_", env_nested_delimiter="__", frozen=True)

    database: DatabaseSettings
    broker: BrokerSettings
    # Who signs: the public address of the API, as it stands in every token.
    issuer: str
    # Whom the tokens are for.
    audience: str = "daybook"
    # One key a line, the first one seals: see `chassis.encryption.KeyRing`.
    key_encryption_key_file: FilePath
    # The pages that may use the refresh cookie, e.g. ["https://app.example"].
    allowed_origins: frozenset[str]
    # Whether `X-Forwarded-For` says who the client is. Right where only the gateway can reach this service, which
    # is how it is deployed: the gateway drops what clients send and sets its own. What it says is shown to the
    # person in their list of sessions; nothing is permitted because of it.
    trust_forwarded: bool = True
    cookie: CookieSettings = CookieSettings()
    http: HttpSettings
    log: LogSettings = LogSettings()
