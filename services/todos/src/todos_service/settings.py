from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import (
    BrokerSettings,
    DatabaseSettings,
    EventSettings,
    HttpAddress,
    HttpSettings,
    LogSettings,
    MetricsSettings,
    ProcessEnvironment,
    RedisSettings,
    RevocationSettings,
    TokenSettings,
)


class Settings(ProcessEnvironment):
    """Read from the environment, e.g. TODOS_DATABASE__URL. What must be right in production has no default."""

    model_config = SettingsConfigDict(env_prefix="TODOS_", env_nested_delimiter="__", frozen=True, extra="forbid")

    database: DatabaseSettings
    broker: BrokerSettings
    # By which processes tell each other that a stream has moved. Nothing waits for it; one process alone needs none.
    redis: RedisSettings | None = None
    tokens: TokenSettings
    revocations: RevocationSettings
    events: EventSettings
    key_encryption_key_file: Path
    metrics: MetricsSettings = MetricsSettings()
    http: HttpSettings
    log: LogSettings = LogSettings()

    # How many todos that are not deleted one owner may have.
    todos_per_owner: int = Field(default=10_000, ge=0)
    # How long a file to import may be. Everything of one owner, with its history.
    import_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)
    # Where links to calendars lead; without it, to the address that issues the tokens, which is the API's.
    public_url: HttpAddress | None = None
    # Who was erased, kept apart from the database: a backup of before does not bring anybody back (`erasures replay`).
    erasure_ledger_file: Path | None = None
    # How many of one owner's devices may listen to `/sync/stream` at once, at each process.
    streams_per_owner: int = Field(default=100, ge=1)
