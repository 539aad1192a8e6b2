"""The gateway as a process of its own, before services that are only there for a test. Beside it only Redis runs."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from tests.support.servers import Service, serving
from tests.support.tokens import Issuer

from daybook.supervision.processes import dying_with_us, kill_group

_SHIPPED = Path(__file__).parents[2] / "gateway" / "src" / "gateway" / "table.toml"
# A machine that is busy with other tests takes its time.
_START_SECONDS = 300
_PLENTY = {
    f"GATEWAY_LIMITS__{policy}": "1000000/60"
    for policy in ("USER", "ADDRESS", "ADDRESS_TOTAL", "SIGN_IN", "ACCOUNT", "REGISTRATION", "REFRESH")
}


@dataclass(frozen=True)
class Gateway:
    port: int
    pid: int
    # Read again on SIGHUP.
    table: Path
    log_file: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def said(self, event: str) -> int:
        """How often the log has such a line."""
        return self.log_file.read_text(errors="replace").count(f'"event":"{event}"')


def open_table(folder: Path) -> Path:
    """The table as it comes, but nobody has to show a token."""
    file = folder / "table.toml"
    file.write_text(_SHIPPED.read_text().replace('auth = "required"', 'auth = "optional"'))
    return file


@asynccontextmanager
async def gateway_before(
    service_url: str, *, redis_url: str, issuer: Issuer, folder: Path, **variables: str
) -> AsyncIterator[Gateway]:
    """Ready. `issuer` signs the tokens it takes; nobody has been signed out."""
    auth = Service()
    auth.jwks = {"keys": [issuer.public_jwk]}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    table, log_file = open_table(folder), folder / f"gateway-{port}.log"
    async with serving(auth) as auth_port:
        auth_url = f"http://127.0.0.1:{auth_port}"
        environment = {
            **os.environ,
            **_PLENTY,
            "GATEWAY_AUTH_URL": service_url,
            "GATEWAY_TODOS_URL": service_url,
            "GATEWAY_TABLE": str(table),
            "GATEWAY_REDIS__URL": redis_url,
            # Nobody listens there: whoever is signed out is asked for.
            "GATEWAY_BROKER__URL": "amqp://nobody@127.0.0.1:1/",
            "GATEWAY_REVOCATIONS__URL": f"{auth_url}/revocations.json",
            "GATEWAY_EVENTS__KEYS_URL": f"{auth_url}/jwks.json",
            "GATEWAY_TOKENS__ISSUER": issuer.settings.issuer,
            "GATEWAY_TOKENS__AUDIENCE": issuer.settings.audience,
            "GATEWAY_TOKENS__JWKS_URL": f"{auth_url}/jwks.json",
            "GATEWAY_FRONTEND_ORIGINS": "[]",
            "GATEWAY_HTTP__PORT": str(port),
            **variables,
        }
        with log_file.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *dying_with_us(signal.SIGKILL),
                *(sys.executable, "-m", "gateway", "api"),
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        gateway = Gateway(port, process.pid, table, log_file)
        try:
            await _until_ready(gateway, process)
            yield gateway
        finally:
            kill_group(process.pid)
            await process.wait()


async def _until_ready(gateway: Gateway, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(_START_SECONDS), httpx.AsyncClient() as client:
        while not await _is_ready(client, gateway):
            assert process.returncode is None, gateway.log_file.read_text()[-4000:]
            await asyncio.sleep(0.1)


async def _is_ready(client: httpx.AsyncClient, gateway: Gateway) -> bool:
    try:
        return (await client.get(f"{gateway.url}/readyz", timeout=5)).is_success
    except httpx.TransportError:
        return False
