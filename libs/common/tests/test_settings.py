import pytest
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.settings import DatabaseSettings, HttpSettings, load


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
