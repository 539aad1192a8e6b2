"""What the gateway must be told: where the services are, who may call from a browser, how much is allowed."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from chassis.settings import (
    BrokerSettings,
    EventSettings,
    HttpSettings,
    LogSettings,
    MetricsSettings,
    Origin,
    ProcessEnvironment,
    RedisSettings,
    RevocationSettings,
    SettingsGroup,
    TokenSettings,
    check_url,
)
from gateway import policies, table


def _are_base_urls(value: str) -> str:
    """One address, or several that are the same service, separated by commas."""
    each = [url.strip().rstrip("/") for url in value.split(",")]
    for url in each:
        parts = urlsplit(check_url(url, "http", "https"))
        if url != f"{parts.scheme}://{parts.netloc}" or "@" in url:
            raise ValueError("this is an http(s)://host:port address, without anything before or after that")
    return ",".join(each)


def _is_a_table(file: Path | None) -> Path | None:
    table.read(file)
    return file


BaseUrls = Annotated[str, AfterValidator(_are_base_urls)]


class CookieSettings(SettingsGroup):
    """The cookies of auth by which requests are counted, by the names that auth is told."""

    # Of the refresh token, which names a session.
    name: str = "daybook_refresh"
    # By which a browser that was here before is recognised.
    device_name: str = "daybook_device"


class Settings(ProcessEnvironment):
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
    limits: dict[str, str] = Field(default_factory=dict)
    # As auth has them.
    cookie: CookieSettings = CookieSettings()
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
