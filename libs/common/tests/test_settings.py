import orjson
import pytest
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.settings import DatabaseSettings, HttpSettings, TokenSettings, load


class Settings(BaseSettings):
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


class TokenReader(BaseSettings):
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
