from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.settings import (
    BrokerSettings,
    DatabaseSettings,
    HttpSettings,
    LogSettings,
    RedisSettings,
    RevocationSettings,
    TokenSettings,
)


class Settings(BaseSettings):
    """Read from the environment, e.g. TODOS_DATABASE__URL. What must be right in production has no default."""

    model_config = SettingsConfigDict(env_prefix="TODOS_", env_nested_delimiter="__", frozen=True, extra="forbid")

    database: DatabaseSettings
    broker: BrokerSettings
    # For the hints of the sync stream; nothing waits for it.
    redis: RedisSettings | None = None
    tokens: TokenSettings
    revocations: RevocationSettings
    key_encryption_key_file: Path
    http: HttpSettings
    log: LogSettings = LogSettings()

    # How many todos that are not deleted one owner may have.
    todos_per_owner: int = Field(default=10_000, ge=0)
