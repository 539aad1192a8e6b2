"""Every process of Daybook: how it is started, where it listens, and what it is told."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from daybook.checkout import Checkout
from daybook.probes import http_status
from daybook.supervision.processes import Program

APP_PORT = 3000
GATEWAY_PORT = 8000
# The databases and key files belong to these.
OWNERS = ("auth", "todos")
# These have a user at the broker.
LISTENERS = (*OWNERS, "gateway")
_AUDIENCE = "daybook"
_LOOPBACK = "127.0.0.1"
_TIER = 2
_FIRST_ERROR = 400


@dataclass(frozen=True)
class Wiring:
    """What the processes need to know of each other and of the engines."""

    ports: Mapping[str, int]
    databases: Mapping[str, str]
    brokers: Mapping[str, str]
    key_files: Mapping[str, Path]
    redis: str
    # Where mail becomes files: there is no mail server here.
    mail: Path
    # Who was erased, apart from the database.
    erasures: Path

    @property
    def app_url(self) -> str:
        return f"http://localhost:{self.ports['app']}"

    @property
    def api_url(self) -> str:
        return f"http://localhost:{self.ports['gateway']}"

    @property
    def cookie_name(self) -> str:
        return self._cookie("daybook_refresh")

    @property
    def device_cookie_name(self) -> str:
        return self._cookie("daybook_device")

    def _cookie(self, name: str) -> str:
        # Cookies ignore ports: two clones on one host would sign each other out.
        port = self.ports["gateway"]
        return name if port == GATEWAY_PORT else f"{name}_{port}"

    def internal(self, name: str) -> str:
        return f"http://{_LOOPBACK}:{self.ports[name]}"


def _auth(wiring: Wiring) -> dict[str, str]:
    return {
        "AUTH_DATABASE__URL": wiring.databases["auth"],
        "AUTH_BROKER__URL": wiring.brokers["auth"],
        "AUTH_ISSUER": wiring.api_url,
        "AUTH_AUDIENCE": _AUDIENCE,
        "AUTH_KEY_ENCRYPTION_KEY_FILE": str(wiring.key_files["auth"]),
        "AUTH_ALLOWED_ORIGINS": json.dumps([wiring.app_url]),
        "AUTH_COOKIE__NAME": wiring.cookie_name,
        "AUTH_COOKIE__DEVICE_NAME": wiring.device_cookie_name,
        # Without TLS a browser would not send it back.
        "AUTH_COOKIE__SECURE": "false",
        "AUTH_MAIL__FOLDER": str(wiring.mail),
        "AUTH_HTTP__HOST": _LOOPBACK,
    }


def _tokens(prefix: str, wiring: Wiring) -> dict[str, str]:
    return {
        f"{prefix}_TOKENS__ISSUER": wiring.api_url,
        f"{prefix}_TOKENS__AUDIENCE": _AUDIENCE,
        f"{prefix}_TOKENS__JWKS_URL": f"{wiring.internal('auth-api')}/.well-known/jwks.json",
        f"{prefix}_REVOCATIONS__URL": f"{wiring.internal('auth-api')}/internal/revocations",
        f"{prefix}_EVENTS__KEYS_URL": f"{wiring.internal('auth-api')}/internal/event-keys",
    }


def _todos(wiring: Wiring) -> dict[str, str]:
    return {
        "TODOS_DATABASE__URL": wiring.databases["todos"],
        "TODOS_BROKER__URL": wiring.brokers["todos"],
        "TODOS_REDIS__URL": wiring.redis,
        "TODOS_KEY_ENCRYPTION_KEY_FILE": str(wiring.key_files["todos"]),
        "TODOS_ERASURE_LEDGER_FILE": str(wiring.erasures),
        "TODOS_HTTP__HOST": _LOOPBACK,
        **_tokens("TODOS", wiring),
    }


def _gateway(wiring: Wiring) -> dict[str, str]:
    return {
        "GATEWAY_AUTH_URL": wiring.internal("auth-api"),
        "GATEWAY_TODOS_URL": wiring.internal("todos-api"),
        "GATEWAY_REDIS__URL": wiring.redis,
        "GATEWAY_BROKER__URL": wiring.brokers["gateway"],
        "GATEWAY_FRONTEND_ORIGINS": json.dumps([wiring.app_url]),
        "GATEWAY_COOKIE__NAME": wiring.cookie_name,
        "GATEWAY_COOKIE__DEVICE_NAME": wiring.device_cookie_name,
        "GATEWAY_HTTP__HOST": _LOOPBACK,
        # Everybody on this machine has one address.
        "GATEWAY_LIMITS__REGISTRATION": "600/3600",
        **_tokens("GATEWAY", wiring),
    }


def _app(wiring: Wiring) -> dict[str, str]:
    return {"DAYBOOK_API_URL": wiring.api_url, "HOSTNAME": _LOOPBACK, "NODE_ENV": "production"}


@dataclass(frozen=True)
class Service:
    """A row of the tables below. `port` is where it is looked for first; `port_variable` tells the process. `metrics`
    is such a port as well, for those that have any.
    """

    name: str
    argv: tuple[str, ...]
    settings: Callable[[Wiring], dict[str, str]]
    port_variable: str
    port: int = 0
    health: str = "/readyz"
    works_for_the_broker: bool = False
    metrics: int = 0

    @property
    def metrics_port(self) -> str:
        """What that port is called among the others."""
        return f"{self.name}-metrics"

    def program(self, checkout: Checkout, wiring: Wiring, env: Mapping[str, str]) -> Program:
        program, *arguments = self.argv
        port = wiring.ports.get(self.name, 0)
        url = f"http://{_LOOPBACK}:{port}{self.health}"

        async def ready() -> bool:
            return 0 < await http_status(url) < _FIRST_ERROR

        return Program(
            self.name,
            [checkout.python if program == "python" else program, *arguments],
            {**env, **self.settings(wiring), self.port_variable: str(port), **self._metrics(wiring)},
            cwd=checkout.frontend if program == "node" else checkout.root,
            tier=_TIER,
            port=port or None,
            url=url if port else None,
            ready=ready,
        )

    def _metrics(self, wiring: Wiring) -> dict[str, str]:
        port = wiring.ports.get(self.metrics_port)
        return {} if port is None else {self.port_variable.replace("HTTP", "METRICS"): str(port)}


MIGRATIONS = (
    Service("auth-migrate", ("python", "-m", "auth_service", "migrate"), _auth, "AUTH_HTTP__PORT"),
    Service("todos-migrate", ("python", "-m", "todos_service", "migrate"), _todos, "TODOS_HTTP__PORT"),
)
SERVICES = (
    Service("auth-api", ("python", "-m", "auth_service", "api"), _auth, "AUTH_HTTP__PORT", 17810, metrics=17812),
    Service(
        "auth-worker",
        ("python", "-m", "auth_service", "worker"),
        _auth,
        "AUTH_HTTP__PORT",
        17811,
        works_for_the_broker=True,
        metrics=17813,
    ),
    Service("todos-api", ("python", "-m", "todos_service", "api"), _todos, "TODOS_HTTP__PORT", 17820, metrics=17822),
    Service(
        "todos-worker",
        ("python", "-m", "todos_service", "worker"),
        _todos,
        "TODOS_HTTP__PORT",
        17821,
        works_for_the_broker=True,
        metrics=17823,
    ),
    Service("gateway", ("python", "-m", "gateway", "api"), _gateway, "GATEWAY_HTTP__PORT", GATEWAY_PORT, metrics=17824),
    Service("app", ("node", ".next/standalone/server.js"), _app, "PORT", APP_PORT, health="/"),
)
