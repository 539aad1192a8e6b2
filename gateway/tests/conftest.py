"""A whole gateway in this process, on real sockets and a real Redis, before two services that do as they are told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import hypothesis
import pytest
from pydantic import SecretStr
from tests.support.faults import FaultProxy, faults_before
from tests.support.servers import Run, Running, Service, serving
from tests.support.tokens import Issuer

from chassis.settings import BrokerSettings, EventSettings, RedisSettings, RevocationSettings, TokenSettings
from gateway import app
from gateway.edge import EdgeProtocol
from gateway.settings import Settings

# A busy machine is slow, not wrong.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

APP_ORIGIN = "http://app.test"
# A broker nobody runs: what has been revoked is asked for.
NOWHERE = "amqp://nobody@127.0.0.1:1/"


@dataclass(frozen=True)
class Services:
    auth: Service
    todos: Service
    auth_url: str
    todos_url: str


@pytest.fixture(scope="session")
async def services(token_issuer: Issuer) -> AsyncIterator[Services]:
    auth, todos = Service(), Service()
    auth.jwks = {"keys": [token_issuer.public_jwk]}
    async with serving(auth) as auth_port, serving(todos) as todos_port:
        yield Services(auth, todos, f"http://127.0.0.1:{auth_port}", f"http://127.0.0.1:{todos_port}")


@pytest.fixture
def auth(services: Services) -> Service:
    """The auth service, for one test: nothing asked yet, nothing special to answer."""
    services.auth.forget()
    return services.auth


@pytest.fixture
def todos(services: Services) -> Service:
    """The todos service, likewise."""
    services.todos.forget()
    return services.todos


@pytest.fixture(scope="session")
def open_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table that comes with the gateway, but nobody has to show a token: most tests are about something else."""
    text = files("gateway").joinpath("table.toml").read_text()
    file = tmp_path_factory.mktemp("table") / "table.toml"
    file.write_text(text.replace('auth = "required"', 'auth = "optional"'))
    return file


@pytest.fixture(scope="session")
def run_gateway(services: Services, redis_url: str, token_settings: TokenSettings, open_table: Path) -> Run:
    """Starts a gateway. Its quotas are large and one proxy is trusted, so that each test can be its own client."""

    @asynccontextmanager
    async def run(**overrides: Any) -> AsyncIterator[Running]:
        settings: dict[str, Any] = {
            "auth_url": services.auth_url,
            "todos_url": services.todos_url,
            "redis": RedisSettings(url=SecretStr(redis_url)),
            "broker": BrokerSettings(url=SecretStr(NOWHERE)),
            "revocations": RevocationSettings(url=f"{services.auth_url}/revocations.json"),
            "events": EventSettings(keys_url=f"{services.auth_url}/jwks.json"),
            "tokens": token_settings.model_copy(update={"jwks_url": f"{services.auth_url}/jwks.json"}),
            "frontend_origins": [APP_ORIGIN],
            "trusted_hops": 1,
            "table": open_table,
            "limits": dict.fromkeys(
                ("user", "address", "address_total", "sign_in", "account", "registration"), "100000/60"
            ),
        }
        application = app.build(Settings(**settings | overrides))
        async with (
            serving(application, protocol=EdgeProtocol) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
        ):
            while (await client.get("/readyz")).status_code != 200:  # noqa: ASYNC110 (it tells nobody)
                await asyncio.sleep(0.02)
            yield Running(port, client, application)

    return run


_HURRIED = """
[[policies]]
name = "address"
quota = 100_000
seconds = 60
counted = "address"
always = true

[[routes]]
path = "/todos"
upstream = "todos"
seconds = {seconds}
max_body = {max_body}

[[routes]]
path = "/sync/stream"
upstream = "todos"
seconds = {seconds}
silence_seconds = {silence}
"""
Hurry = Callable[..., dict[str, Any]]


@pytest.fixture
def hurry(tmp_path: Path) -> Hurry:
    """Settings of a gateway that gives requests little time, and streams little silence."""

    def settings(seconds: float, *, silence: float = 0.3, max_body: int = 256 * 1024) -> dict[str, Any]:
        file = tmp_path / "hurried.toml"
        file.write_text(_HURRIED.format(seconds=seconds, silence=silence, max_body=max_body))
        return {"table": file, "limits": {}}

    return settings


@pytest.fixture(scope="session")
async def gateway(run_gateway: Run) -> AsyncIterator[Running]:
    async with run_gateway() as running:
        yield running


@pytest.fixture
def client(gateway: Running, auth: Service, todos: Service) -> httpx.AsyncClient:  # noqa: ARG001 (they forget)
    return gateway.client


@pytest.fixture
async def redis_faults(redis_url: str) -> AsyncIterator[FaultProxy]:
    """Between the gateway and its Redis. `redis_behind` is the address to give to the gateway."""
    parts = urlsplit(redis_url)
    async with faults_before(parts.hostname or "127.0.0.1", parts.port or 6379) as proxy:
        yield proxy


@pytest.fixture
def redis_behind(redis_url: str, redis_faults: FaultProxy) -> str:
    parts = urlsplit(redis_url)
    login = f"{parts.username or ''}:{parts.password}@" if parts.password else ""
    return f"{parts.scheme}://{login}127.0.0.1:{redis_faults.port}{parts.path}"
