from pathlib import Path

import pytest

from chassis.settings import load
from gateway.settings import Settings

_ENVIRONMENT = {
    "GATEWAY_AUTH_URL": "http://127.0.0.1:17810/",
    "GATEWAY_TODOS_URL": "https://todos.internal",
    "GATEWAY_REDIS__URL": "redis://127.0.0.1:6379/0",
    "GATEWAY_FRONTEND_ORIGINS": '["http://localhost:3000"]',
    "GATEWAY_BROKER__URL": "amqp://daybook_gateway@127.0.0.1:5672/",
    "GATEWAY_REVOCATIONS__URL": "http://127.0.0.1:17810/internal/revocations",
    "GATEWAY_EVENTS__KEYS_URL": "http://127.0.0.1:17810/internal/event-keys",
    "GATEWAY_TOKENS__ISSUER": "http://localhost:8000",
    "GATEWAY_TOKENS__JWKS_URL": "http://127.0.0.1:17810/.well-known/jwks.json",
}

_TABLE = """
routes = [{path = "/todos", upstream = "todos"}]
policies = [{name = "mine", quota = 1, seconds = 1, counted = "user"}]
"""


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


class TestSettings:
    def test_are_read_from_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GATEWAY_HTTP__HOST", "0.0.0.0")  # noqa: S104 (read, not bound)
        monkeypatch.setenv("GATEWAY_LIMITS__SIGN_IN", "600/3600")

        settings = load(Settings)

        assert settings.auth_url == "http://127.0.0.1:17810"
        assert (settings.http.host, settings.http.port) == ("0.0.0.0", 8000)  # noqa: S104
        assert settings.limits == {"sign_in": "600/3600"}
        assert settings.trusted_hops == 0
        assert settings.table is None
        assert settings.metrics.port is None

    def test_take_several_addresses_of_one_service(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GATEWAY_TODOS_URL", "http://127.0.0.1:1/, http://127.0.0.1:2")
        assert load(Settings).todos_url == "http://127.0.0.1:1,http://127.0.0.1:2"

    def test_of_limits_are_those_of_the_table(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        file = tmp_path / "table.toml"
        file.write_text(_TABLE)
        monkeypatch.setenv("GATEWAY_TABLE", str(file))
        monkeypatch.setenv("GATEWAY_LIMITS__MINE", "2/1")
        assert load(Settings).table == file
        monkeypatch.setenv("GATEWAY_LIMITS__USER", "2/1")
        with pytest.raises(SystemExit, match="there is no limit user; there are mine"):
            load(Settings)

    @pytest.mark.parametrize(
        "name, value",
        [
            ("GATEWAY_FRONTEND_ORIGINS", '["*"]'),
            ("GATEWAY_FRONTEND_ORIGINS", '["http://localhost:3000/"]'),
            ("GATEWAY_FRONTEND_ORIGINS", '["https://APP.example"]'),
            ("GATEWAY_FRONTEND_ORIGINS", '["https://app.example:443"]'),
            ("GATEWAY_FRONTEND_ORIGINS", '["null"]'),
            ("GATEWAY_FRONTEND_ORIGINS", '["https://*.app.example"]'),
            ("GATEWAY_FRONTEND_ORIGINS", '["https://app.example:"]'),
            ("GATEWAY_FRONTEND_ORIGINS", '["https://app.example:99999"]'),
            ("GATEWAY_FRONTEND_ORIGINS", "http://a"),
            ("GATEWAY_AUTH_URL", ""),
            ("GATEWAY_AUTH_URL", "http://a:99999"),
            ("GATEWAY_AUTH_URL", "http://a:0"),
            ("GATEWAY_AUTH_URL", "http://a:b"),
            ("GATEWAY_AUTH_URL", "http://a#b"),
            ("GATEWAY_AUTH_URL", "http://a?"),
            ("GATEWAY_AUTH_URL", "http://a b"),
            ("GATEWAY_AUTH_URL", "127.0.0.1:17810"),
            ("GATEWAY_AUTH_URL", "http://user@127.0.0.1"),
            ("GATEWAY_TODOS_URL", "http://127.0.0.1/todos"),
            ("GATEWAY_TODOS_URL", "http://127.0.0.1:1,"),
            ("GATEWAY_TABLE", "/nowhere/table.toml"),
            ("GATEWAY_TRACE_RATIO", "2"),
            ("GATEWAY_REQUESTS_AT_ONCE", "0"),
            ("GATEWAY_LIMITS__SIGN_IN", "many"),
            ("GATEWAY_LIMITS__SIGNIN", "1/1"),
            ("GATEWAY_TRUSTED_HOPS", "-1"),
        ],
    )
    def test_name_the_variable_that_is_wrong(self, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
        monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit, match=name.removesuffix("__SIGN_IN").removesuffix("__SIGNIN")):
            load(Settings)
