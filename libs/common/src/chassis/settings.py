"""Setting groups that more than one service needs. Each service composes its own `Settings` of them."""

import sys
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings


class SettingsGroup(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HttpSettings(SettingsGroup):
    host: str = "127.0.0.1"
    port: int
    # How long a process that was asked to stop answers 503 on /readyz before it stops accepting, so that
    # load balancers have looked away by then. Behind none, nothing is gained by waiting.
    drain_seconds: float = 0
    # How long requests in flight may take after that.
    shutdown_seconds: int = 10


class LogSettings(SettingsGroup):
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    format: Literal["json", "console"] = "json"


class MetricsSettings(SettingsGroup):
    """Where Prometheus fetches what a process counts. Without a port, nowhere."""

    host: str = "127.0.0.1"
    port: int | None = Field(default=None, ge=0, le=65_535)


class DatabaseSettings(SettingsGroup):
    # As libpq writes it; a managed Postgres's URL works as it is pasted (`chassis.database` translates it).
    url: SecretStr
    pool_size: int = 5
    max_overflow: int = 5
    # Behind a transaction pooler (PgBouncer, Neon's -pooler host) prepared statements do not survive.
    transaction_pooler: bool = False


class BrokerSettings(SettingsGroup):
    url: SecretStr


class RedisSettings(SettingsGroup):
    url: SecretStr


class TrustedIssuer(SettingsGroup):
    """Somebody else whose access tokens are accepted too, such as a Keycloak realm."""

    # As it stands in the tokens, to the letter.
    issuer: str = Field(min_length=1)
    # Whom its tokens must be for. Never leave out: an issuer signs tokens for others as well.
    audience: str = Field(min_length=1)
    jwks_url: str
    algorithms: frozenset[Literal["RS256", "PS256", "ES256", "EdDSA"]] = Field(
        default=frozenset({"RS256", "PS256", "ES256", "EdDSA"}), min_length=1
    )
    # The `typ` of its access tokens. Some say "JWT", and some say nothing, which is written "".
    types: frozenset[str] = Field(default=frozenset({"at+jwt"}), min_length=1)
    # What its tokens allow here, whatever they say themselves.
    scopes: frozenset[str] = frozenset({"todos:read", "todos:write"})


class TokenSettings(SettingsGroup):
    """What a service must know to verify access tokens on its own."""

    issuer: str
    audience: str = "daybook"
    jwks_url: str
    # Those that may sign besides our own auth service.
    trusted: tuple[TrustedIssuer, ...] = ()

    @model_validator(mode="after")
    def _names_each_issuer_once(self) -> Self:
        names = [self.issuer, *(each.issuer for each in self.trusted)]
        if len(set(names)) < len(names):
            raise ValueError("an issuer stands twice in the list of those that are trusted")
        return self


class RevocationSettings(SettingsGroup):
    """Where auth lists the sessions that have ended: an address of its own, never the gateway's."""

    url: str


class EventSettings(SettingsGroup):
    """Where auth lists the keys that its events are signed with: an address of its own, never the gateway's."""

    keys_url: str


class KeyFileSettings(SettingsGroup):
    """Where the key-encryption keys are: see `chassis.encryption.KeyRing`."""

    file: Path


S = TypeVar("S", bound=BaseSettings)


def load(settings_class: type[S]) -> S:
    """Build the settings from the environment, or leave with one line for each variable that is wrong."""
    try:
        return settings_class()
    except ValidationError as error:
        prefix, delimiter = settings_class.model_config["env_prefix"], "__"
        lines = [
            f"{prefix}{delimiter.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        ]
        sys.exit("The settings are not complete:\n  " + "\n  ".join(lines))
