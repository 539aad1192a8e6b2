"""Setting groups that more than one service needs. Each service composes its own `Settings` of them."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9]([a-z0-9.\-]*[a-z0-9])?|[0-9a-f:]+", re.ASCII)


def check_url(url: str, *schemes: str) -> str:
    """The same URL, if it has one of the schemes, a host and a port that exists (or none).

    Raises ValueError without the URL itself: there may be a password in it.
    """
    if not url.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        raise ValueError(f"this is an address that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0 and not parts.netloc.endswith(":")
    except ValueError:
        has_port = False
    if not has_port:
        raise ValueError("the port of an address is a number from 1 to 65535")
    if not parts.hostname or "#" in url or any(character <= " " for character in url):
        raise ValueError("this is an address with a host, without blanks and without '#' (in a password it is %23)")
    return url


def _check_origin(value: str) -> str:
    """As browsers write it in `Origin`, for that is what it is compared with."""
    parts = urlsplit(check_url(value, "http", "https"))
    canonical = f"{parts.scheme}://{parts.netloc}".lower()
    if value != canonical or "@" in value or not _HOST.fullmatch(parts.hostname or ""):
        raise ValueError(f"{value!r} is not an origin, such as https://app.example")
    if parts.port == _DEFAULT_PORTS[parts.scheme]:
        raise ValueError(f"browsers leave the default port out of an origin: {canonical.rpartition(':')[0]}")
    return value


def _secret(check: Callable[[str], str]) -> AfterValidator:
    def checked(value: SecretStr) -> SecretStr:
        check(value.get_secret_value())
        return value

    return AfterValidator(checked)


def _check_database(url: str) -> str:
    """No more than its scheme: libpq takes several hosts, and none."""
    if not re.match(r"postgres(ql(\+[a-z0-9]+)?)?://", url, re.ASCII):
        raise ValueError("this is an address that begins with postgresql://")
    return url


# 0 is any that is free.
Port = Annotated[int, Field(ge=0, le=65_535)]
HttpAddress = Annotated[str, AfterValidator(lambda url: check_url(url, "http", "https"))]
Origin = Annotated[str, AfterValidator(_check_origin)]
Name = Annotated[str, Field(min_length=1)]


class SettingsGroup(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HttpSettings(SettingsGroup):
    host: str = "127.0.0.1"
    port: Port
    # How long a process that was asked to stop answers 503 on /readyz before it stops accepting, so that
    # load balancers have looked away by then. Behind none, nothing is gained by waiting.
    drain_seconds: FiniteFloat = Field(default=0, ge=0)
    # How long requests in flight may take after that.
    shutdown_seconds: int = Field(default=10, ge=0)


class LogSettings(SettingsGroup):
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    format: Literal["json", "console"] = "json"


class MetricsSettings(SettingsGroup):
    """Where Prometheus fetches what a process counts. Without a port, nowhere."""

    host: str = "127.0.0.1"
    port: Port | None = None


class DatabaseSettings(SettingsGroup):
    # As libpq writes it; a managed Postgres's URL works as it is pasted (`chassis.database` translates it).
    url: Annotated[SecretStr, _secret(_check_database)]
    pool_size: int = Field(default=5, ge=1)
    max_overflow: int = Field(default=5, ge=0)
    # Behind a transaction pooler (PgBouncer, Neon's -pooler host) prepared statements do not survive.
    transaction_pooler: bool = False


class BrokerSettings(SettingsGroup):
    url: Annotated[SecretStr, _secret(lambda url: check_url(url, "amqp", "amqps"))]


class RedisSettings(SettingsGroup):
    url: Annotated[SecretStr, _secret(lambda url: check_url(url, "redis", "rediss"))]


class TrustedIssuer(SettingsGroup):
    """Somebody else whose access tokens are accepted too, such as a Keycloak realm."""

    # As it stands in the tokens, to the letter.
    issuer: Name
    # Whom its tokens must be for. Never leave out: an issuer signs tokens for others as well.
    audience: Name
    jwks_url: HttpAddress
    algorithms: frozenset[Literal["RS256", "PS256", "ES256", "EdDSA"]] = Field(
        default=frozenset({"RS256", "PS256", "ES256", "EdDSA"}), min_length=1
    )
    # The `typ` of its access tokens. Some say "JWT", and some say nothing, which is written "".
    types: frozenset[str] = Field(default=frozenset({"at+jwt"}), min_length=1)
    # What its tokens allow here, whatever they say themselves.
    scopes: frozenset[str] = frozenset({"todos:read", "todos:write"})


class TokenSettings(SettingsGroup):
    """What a service must know to verify access tokens on its own."""

    issuer: Name
    audience: Name = "daybook"
    jwks_url: HttpAddress
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

    url: HttpAddress


class EventSettings(SettingsGroup):
    """Where auth lists the keys that its events are signed with: an address of its own, never the gateway's."""

    keys_url: HttpAddress


class KeyFileSettings(SettingsGroup):
    """Where the key-encryption keys are: see `chassis.encryption.KeyRing`."""

    file: Path


class _Environment(EnvSettingsSource):
    """What is not JSON where it should be stays what it is: whoever wants a list says so, beside all other faults."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


class ProcessEnvironment(BaseSettings):
    """Base of each service's settings: they are in the environment of its process and nowhere else."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (ours takes its place)
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, _Environment(settings_cls)


S = TypeVar("S", bound=BaseSettings)

_WORDS = dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), 'write a JSON list, such as ["…"]')
_WORDS |= dict.fromkeys(("dict_type", "model_type"), "write a JSON object, or one variable for each member")


def load(settings_class: type[S]) -> S:
    """Build the settings from the environment, or leave with one line for each variable that is wrong."""
    try:
        return settings_class()
    except ValidationError as error:
        sys.exit("The settings are not complete:\n  " + "\n  ".join(_faults(settings_class, error)))


def _faults(settings_class: type[BaseSettings], error: ValidationError) -> Iterator[str]:
    prefix = settings_class.model_config["env_prefix"]
    for fault in error.errors(include_input=False, include_url=False):
        variable = prefix + "__".join(str(part) for part in fault["loc"]).upper()
        message = _WORDS.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
        yield f"{variable}: {' '.join(message.splitlines())}"
