import orjson
import pytest
from pydantic_settings import SettingsConfigDict

from chassis.settings import (
    BrokerSettings,
    DatabaseSettings,
    EventSettings,
    HttpSettings,
    MetricsSettings,
    Origin,
    ProcessEnvironment,
    RedisSettings,
    RevocationSettings,
    TokenSettings,
    load,
)


class Settings(ProcessEnvironment):
    model_config = SettingsConfigDict(env_prefix="BELL_", env_nested_delimiter="__", frozen=True)

    http: HttpSettings
    database: DatabaseSettings


class TestLoad:
    def test_reads_nested_groups(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BELL_HTTP__PORT", "8000")
        monkeypatch.setenv("BELL_DATABASE__URL", "postgresql://bell:secret@db/bell")

        settings = load(Settings)

        assert settings.http.port == 8000
        assert "secret" not in repr(settings)

    def test_names_every_variable_that_is_wrong_and_shows_no_value(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BELL_HTTP__PORT", "eighty-secret")

        with pytest.raises(SystemExit) as exit_:
            load(Settings)

        message = str(exit_.value)
        assert "BELL_HTTP__PORT" in message
        assert "BELL_DATABASE" in message
        assert "eighty-secret" not in message


class Everything(ProcessEnvironment):
    model_config = SettingsConfigDict(env_prefix="BELL_", env_nested_delimiter="__", frozen=True)

    http: HttpSettings = HttpSettings(port=0)
    metrics: MetricsSettings = MetricsSettings()
    database: DatabaseSettings | None = None
    broker: BrokerSettings | None = None
    redis: RedisSettings | None = None
    tokens: TokenSettings | None = None
    revocations: RevocationSettings | None = None
    events: EventSettings | None = None
    origins: tuple[Origin, ...] = ()


class TestValues:
    @pytest.mark.parametrize(
        "variable, value, says",
        [
            ("HTTP__PORT", "70000", "less than or equal to 65535"),
            ("HTTP__PORT", "-1", "greater than or equal to 0"),
            ("HTTP__DRAIN_SECONDS", "-1", "greater than or equal to 0"),
            ("HTTP__DRAIN_SECONDS", "inf", "finite"),
            ("HTTP__SHUTDOWN_SECONDS", "-1", "greater than or equal to 0"),
            ("METRICS__PORT", "65536", "less than or equal to 65535"),
            ("DATABASE__URL", "mysql://secret@db/x", "begins with postgresql://"),
            ("DATABASE__POOL_SIZE", "0", "greater than or equal to 1"),
            ("BROKER__URL", "http://x", "begins with amqp:// or amqps://"),
            ("BROKER__URL", "amqp://a:se/cret@x", "the port of an address"),
            ("REDIS__URL", "foo", "begins with redis:// or rediss://"),
            ("REDIS__URL", "redis://:secret@x:99999/0", "the port of an address"),
            ("REDIS__URL", "redis://:secret@x:0/0", "the port of an address"),
            ("REDIS__URL", "redis://:sec#ret@x/0", "the port of an address"),
            ("REDIS__URL", "redis://:secret@/0", "an address with a host"),
            ("TOKENS__ISSUER", "", "at least 1 character"),
            ("TOKENS__AUDIENCE", "", "at least 1 character"),
            ("TOKENS__JWKS_URL", "zzz", "begins with http:// or https://"),
            ("TOKENS__TRUSTED", "zzz", "write a JSON list"),
            ("REVOCATIONS__URL", "zzz", "begins with http:// or https://"),
            ("REVOCATIONS__URL", "http://[x/", "the port of an address"),
            ("EVENTS__KEYS_URL", "http://a b/", "an address with a host"),
            ("ORIGINS", "http://a", "write a JSON list"),
            ("ORIGINS", '["http://*.a"]', "is not an origin"),
            ("REDIS", "zzz", "write a JSON object"),
        ],
    )
    def test_that_are_wrong_are_named_and_not_shown(
        self, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, says: str
    ) -> None:
        monkeypatch.setenv(f"BELL_{variable}", value)

        with pytest.raises(SystemExit) as exit_:
            load(Everything)

        lines = str(exit_.value).splitlines()
        assert any(f"BELL_{variable}" in line and says in line for line in lines), lines
        assert "secret" not in str(exit_.value)

    def test_have_a_line_each(self, monkeypatch: pytest.MonkeyPatch) -> None:
        wrong = {"HTTP__PORT": "70000", "ORIGINS": "http://a", "REDIS__URL": "foo", "HTTP__DRAIN_SECONDS": "-1"}
        for variable, value in wrong.items():
            monkeypatch.setenv(f"BELL_{variable}", value)

        with pytest.raises(SystemExit) as exit_:
            load(Everything)

        lines = str(exit_.value).splitlines()[1:]
        assert {line.strip().partition(":")[0] for line in lines} == {f"BELL_{variable}" for variable in wrong}

    @pytest.mark.parametrize(
        "variable, value",
        [
            ("HTTP__PORT", "0"),
            ("DATABASE__URL", "postgresql://a:b@one:5432,two:5432/db?sslmode=require"),
            ("DATABASE__URL", "postgres:///db?host=/run/postgresql"),
            ("BROKER__URL", "amqps://a:p%23ss@broker:5671/vhost"),
            ("REDIS__URL", "rediss://:p%40ss@[::1]:6380/1"),
            ("REVOCATIONS__URL", "http://auth_api:8001/internal/revocations?a=b"),
            ("ORIGINS", '["http://localhost:3000", "https://[::1]:3000", "https://app.example"]'),
        ],
    )
    def test_that_are_right_are_taken(self, monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
        monkeypatch.setenv(f"BELL_{variable}", value)

        load(Everything)


class TokenReader(ProcessEnvironment):
    model_config = SettingsConfigDict(env_prefix="BELL_", env_nested_delimiter="__", frozen=True)

    tokens: TokenSettings


class TestTokenSettings:
    @pytest.fixture(autouse=True)
    def own_issuer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BELL_TOKENS__ISSUER", "https://api.test")
        monkeypatch.setenv("BELL_TOKENS__JWKS_URL", "http://auth.test/jwks.json")

    def test_take_other_issuers_as_a_list(self, monkeypatch: pytest.MonkeyPatch) -> None:
        realm = {"issuer": "https://id.test", "audience": "daybook", "jwks_url": "https://id.test/jwks"}
        monkeypatch.setenv("BELL_TOKENS__TRUSTED", orjson.dumps([realm]).decode())

        [trusted] = load(TokenReader).tokens.trusted

        assert trusted.issuer == "https://id.test"
        assert trusted.types == {"at+jwt"}
        assert trusted.scopes == {"todos:read", "todos:write"}

    @pytest.mark.parametrize(
        "trusted",
        [
            [{"issuer": "https://id.test", "jwks_url": "https://id.test/jwks"}],
            [{"issuer": "https://api.test", "audience": "daybook", "jwks_url": "https://id.test/jwks"}],
            [
                {
                    "issuer": "https://id.test",
                    "audience": "a",
                    "jwks_url": "https://id.test/jwks",
                    "algorithms": ["HS256"],
                }
            ],
        ],
        ids=["for anybody", "as ourselves", "with a secret that both know"],
    )
    def test_refuse_a_list_that_is_not_safe(self, monkeypatch: pytest.MonkeyPatch, trusted: object) -> None:
        monkeypatch.setenv("BELL_TOKENS__TRUSTED", orjson.dumps(trusted).decode())

        with pytest.raises(SystemExit):
            load(TokenReader)
