"""What the gateway must be told: where the services are, who may call from a browser, how much is allowed."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.settings import (
    BrokerSettings,
    EventSettings,
    HttpSettings,
    LogSettings,
    MetricsSettings,
    RedisSettings,
    RevocationSettings,
    TokenSettings,
)
from gateway import policies, table

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


def _are_base_urls(value: str) -> str:
    """One address, or several that are the same service, separated by commas."""
    each = [url.strip().rstrip("/") for url in value.split(",")]
    for url in each:
        parts = urlsplit(url)
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.username or parts.path or parts.query:
            raise ValueError(f"{url!r} is not an http(s)://host:port address")
    return ",".join(each)


def _is_a_table(file: Path | None) -> Path | None:
    table.read(file)
    return file


Origin = Annotated[str, AfterValidator(_is_origin)]
BaseUrls = Annotated[str, AfterValidator(_are_base_urls)]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="GATEWAY_", env_nested_delimiter="__", frozen=True, nested_model_default_partial_update=True
    )

    # Several processes of a service are one name with several addresses, or several names with commas between them.
    auth_url: BaseUrls
    todos_url: BaseUrls
    redis: RedisSettings
    # Only to be told at once which sessions have ended.
    broker: BrokerSettings
    tokens: TokenSettings
    revocations: RevocationSettings
    events: EventSettings
    frontend_origins: list[Origin]
    # How many proxies in front of this process add to X-Forwarded-For. Behind none, what it says is a stranger's word.
    trusted_hops: int = Field(default=0, ge=0, le=8)
    # Routes and limits other than those that come with the gateway.
    table: Annotated[Path | None, AfterValidator(_is_a_table)] = None
    # Quotas other than those in the table, by policy: GATEWAY_LIMITS__SIGN_IN=30/60.
    limits: dict[str, str] = {}
    # Requests of one service under way at once, open streams aside; those beyond are told to come back.
    requests_at_once: int = Field(default=1000, ge=1)
    # Connections to one service at once; a request beyond that is turned away.
    upstream_connections: int = Field(default=12_000, ge=1)
    # The part of traces that services should record, decided here for all of them.
    trace_ratio: float = Field(default=0.0, ge=0, le=1)
    metrics: MetricsSettings = MetricsSettings()
    http: HttpSettings = HttpSettings(port=8000)
    log: LogSettings = LogSettings()

    @field_validator("limits")
    @classmethod
    def _are_limits(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        if "table" in info.data:  # else that is what is wrong
            policies.with_quotas(table.read(info.data["table"]).policies, value)
        return value
