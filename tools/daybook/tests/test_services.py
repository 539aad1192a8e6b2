import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from daybook.checkout import Checkout
from daybook.services import MIGRATIONS, SERVICES, Wiring


@pytest.fixture
def wiring() -> Wiring:
    return wired({service.name: service.port for service in SERVICES})


def wired(ports: Mapping[str, int]) -> Wiring:
    return Wiring(
        ports=ports,
        databases={"auth": "postgresql://daybook_auth@db/daybook", "todos": "postgresql://daybook_todos@db/daybook"},
        brokers={name: f"amqp://daybook_{name}@broker/" for name in ("auth", "todos", "gateway")},
        key_files={"auth": Path("/secrets/auth-keys"), "todos": Path("/secrets/todos-keys")},
        redis="redis://redis/0",
        mail=Path("/mail"),
        erasures=Path("/state/erasures"),
    )


def settings_of(name: str, wiring: Wiring, checkout: Checkout) -> Mapping[str, str]:
    service = next(each for each in (*SERVICES, *MIGRATIONS) if each.name == name)
    return service.program(checkout, wiring, {}).env


class TestTable:
    def test_gives_each_process_a_name_and_a_port_of_its_own(self) -> None:
        assert len({service.name for service in SERVICES}) == len(SERVICES)
        assert len({service.port for service in SERVICES}) == len(SERVICES)

    def test_gives_each_service_its_own_role_user_and_keys_only(self, wiring: Wiring, checkout: Checkout) -> None:
        for own, other in (("auth", "todos"), ("todos", "auth")):
            for process in ("api", "worker", "migrate"):
                said = json.dumps(dict(settings_of(f"{own}-{process}", wiring, checkout)))
                assert f"daybook_{own}@db" in said
                assert f"daybook_{own}@broker" in said
                assert f"daybook_{other}" not in said
                assert f"{other}-keys" not in said

    def test_gives_the_gateway_and_the_app_nothing_to_store_with(self, wiring: Wiring, checkout: Checkout) -> None:
        for name in ("gateway", "app"):
            said = json.dumps(dict(settings_of(name, wiring, checkout)))
            assert "postgresql" not in said
            assert "daybook_auth" not in said
            assert "daybook_todos" not in said

    def test_binds_everything_to_loopback(self, wiring: Wiring, checkout: Checkout) -> None:
        for service in SERVICES:
            settings = settings_of(service.name, wiring, checkout)
            hosts = {value for name, value in settings.items() if name.endswith("HOST") or name == "HOSTNAME"}
            assert hosts == {"127.0.0.1"}, service.name

    def test_agrees_on_addresses(self, checkout: Checkout) -> None:
        wiring = wired({service.name: service.port + 20 for service in SERVICES})

        assert settings_of("auth-api", wiring, checkout)["AUTH_ISSUER"] == "http://localhost:8020"
        assert settings_of("todos-api", wiring, checkout)["TODOS_TOKENS__ISSUER"] == "http://localhost:8020"
        assert settings_of("gateway", wiring, checkout)["GATEWAY_FRONTEND_ORIGINS"] == '["http://localhost:3020"]'
        assert settings_of("app", wiring, checkout)["DAYBOOK_API_URL"] == "http://localhost:8020"

    def test_writes_down_who_was_erased(self, wiring: Wiring, checkout: Checkout) -> None:
        assert settings_of("todos-worker", wiring, checkout)["TODOS_ERASURE_LEDGER_FILE"] == "/state/erasures"

    def test_tells_metrics_on_ports_of_their_own(self, checkout: Checkout) -> None:
        measured = [service for service in SERVICES if service.metrics]
        assert {service.name for service in SERVICES} - {service.name for service in measured} == {"app"}
        ports = [port for service in SERVICES for port in (service.port, service.metrics) if port]
        assert len(set(ports)) == len(ports)
        wiring = wired({service.metrics_port: service.metrics for service in measured} | dict.fromkeys(NAMES, 1))
        for service in measured:
            prefix = service.port_variable.partition("_")[0]
            settings = settings_of(service.name, wiring, checkout)
            assert settings[f"{prefix}_METRICS__PORT"] == str(service.metrics)
        assert not [name for name in settings_of("auth-migrate", wiring, checkout) if "METRICS" in name]


NAMES = [service.name for service in SERVICES]


class TestCookieName:
    def test_is_the_usual_one_on_the_usual_port(self, wiring: Wiring) -> None:
        assert (wiring.cookie_name, wiring.device_cookie_name) == ("daybook_refresh", "daybook_device")

    def test_differs_on_another_port_because_cookies_ignore_ports(self) -> None:
        ports = {service.name: service.port for service in SERVICES}

        elsewhere = wired({**ports, "gateway": 8020})
        assert elsewhere.cookie_name == "daybook_refresh_8020"
        assert elsewhere.device_cookie_name == "daybook_device_8020"

    def test_is_told_to_the_gateway_as_to_auth(self, checkout: Checkout) -> None:
        elsewhere = wired({**{service.name: service.port for service in SERVICES}, "gateway": 8020})
        auth, gateway = (settings_of(name, elsewhere, checkout) for name in ("auth-api", "gateway"))
        for name, value in (("NAME", "daybook_refresh_8020"), ("DEVICE_NAME", "daybook_device_8020")):
            assert auth[f"AUTH_COOKIE__{name}"] == gateway[f"GATEWAY_COOKIE__{name}"] == value
