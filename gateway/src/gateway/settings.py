"""What the gateway must be told: where the services are, who may call from a browser, how much is allowed."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.settings import (
    BrokerSettings,
    HttpSettings,
    LogSettings,
    RedisSettings,
    RevocationSettings,
    TokenSettings,
)
from gateway import policies

_DEFAULT_PORTS = {"http": 80, "https": 443}


def _is_origin(value: str) -> str:
    """As browsers write it in `Origin`, for that is what it is compared with."""
    parts = urlsplit(value)
    canonical = f"{parts.scheme}://{parts.netloc}".lower()
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or value != canonical or parts.username:
        raise ValueError(f"{value!r} is not an origin, such as https://app.example")
    if parts.port == _DEFAULT_PORTS[parts.scheme]:
        raise ValueError(f"browsers leave the default port out of an origin: {canonical.rpartition(':')[0]}")
    return value


def _is_base_url(value: str) -> str:
    value = value.rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.username or parts.path or parts.query:
        raise ValueError(f"{value!r} is not an http(s)://host:port address")
    return value


def _are_limits(value: dict[str, str]) -> dict[str, str]:
    policies.with_quotas(value)
    return value


Origin = Annotated[str, AfterValidator(_is_origin)]
BaseUrl = Annotated[str, AfterValidator(_is_base_url)]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="GATEWAY_", env_nested_delimiter="__", frozen=True, nested_model_default_partial_update=True
    )

    auth_url: BaseUrl
    todos_url: BaseUrl
    redis: RedisSettings
    # Only to be told at once which sessions have ended.
    broker: BrokerSettings
    tokens: TokenSettings
    revocations: RevocationSettings
    frontend_origins: list[Origin]
    # How many proxies in front of this process add to X-Forwarded-For. Behind none, what it says is a stranger's word.
    trusted_hops: int = Field(default=0, ge=0, le=8)
    # Quotas other than the defaults in `gateway.policies`, by policy: GATEWAY_LIMITS__SIGN_IN=30/60.
    limits: Annotated[dict[str, str], AfterValidator(_are_limits)] = {}
    # Connections to one service at once; a request beyond that is turned away.
    upstream_connections: int = Field(default=12_000, ge=1)
    http: HttpSettings = HttpSettings(port=8000)
    log: LogSettings = LogSettings()
