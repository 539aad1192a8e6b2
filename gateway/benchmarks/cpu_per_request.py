# ruff: noqa: INP001 (a script, not a package)
"""What a request costs the gateway in CPU time, next to nginx doing the same: interleaved rounds, ratios.

    python gateway/benchmarks/cpu_per_request.py --redis redis://127.0.0.1:6379/0 [--nginx /usr/sbin/nginx]

The load and the service behind (nginx, 2 KiB of JSON) are processes of their own; only user and system time of the
proxy under test counts, so a busy machine shifts the figures little and their ratios less. Every request of the
gateway shows a token, is counted in Redis under two policies, gets CORS headers and a line in the log.
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jwt.algorithms import RSAAlgorithm

_ISSUER = "http://daybook.bench"
_BODY = json.dumps({"items": ["x" * 60] * 31})

_NGINX = """
worker_processes 1; daemon off; pid {folder}/{name}.pid; error_log {folder}/{name}.err;
events {{ worker_connections 8192; }}
http {{
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  keepalive_requests 100000000; access_log off;
  {http}
  server {{ listen 127.0.0.1:{port} backlog=4096; {server} }}
}}
"""
_SERVICE = """
  location = /jwks.json {{ default_type application/json; return 200 '{jwks}'; }}
  location / {{ default_type application/json; return 200 '{body}'; }}
"""
_PROXY = """
  location / {{ proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection ""; {more} }}
"""
_BEHIND = "upstream service {{ server 127.0.0.1:{port}; keepalive 1024; keepalive_requests 100000000; }}"
# Roughly the gateway's duties, as far as nginx has them: no token, no shared count.
_DUTIES_HTTP = """
  limit_req_zone $binary_remote_addr zone=address:10m rate=100000r/s;
  log_format line escape=json '{{"request_id":"$request_id","status":$status,"took":$request_time}}';
"""
_DUTIES = """
  limit_req zone=address burst=10000 nodelay; access_log {folder}/access.log line;
  proxy_set_header X-Request-Id $request_id; add_header X-Request-Id $request_id always;
  add_header Access-Control-Allow-Origin http://app.bench always; add_header Vary Origin always;
"""
_BROWSER = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101\r\nAccept: application/json\r\n"
    "Accept-Language: en\r\nAccept-Encoding: gzip\r\nOrigin: http://app.bench\r\n"
)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def cpu_seconds(pid: int) -> float:
    """CPU time of a process, all its threads, and its children that still run; by the scheduler, so not in ticks."""
    threads = [(thread / "schedstat").read_text() for thread in Path(f"/proc/{pid}/task").iterdir()]
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(int(each.split()[0]) for each in threads) / 1e9 + sum(cpu_seconds(int(child)) for child in children)


@contextmanager
def running(command: list[str], port: int, *, log: Path, env: dict[str, str] | None = None) -> Iterator[int]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=os.environ | (env or {}))  # noqa: S603
    try:
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as sock:
                if sock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        else:
            sys.exit(f"{command[0]} did not start: {log.read_text()}")
        yield process.pid
    except SystemExit:
        sys.stderr.write(log.read_text()[-2000:])
        raise
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


@contextmanager
def nginx(binary: str, folder: Path, name: str, *, http: str = "", server: str) -> Iterator[tuple[int, int]]:
    port = free_port()
    config = folder / f"{name}.conf"
    config.write_text(_NGINX.format(folder=folder, name=name, port=port, http=http, server=server))
    command = [binary, "-c", str(config), "-p", str(folder), "-g", "user root;" if os.geteuid() == 0 else ""]
    with running(command, port, log=folder / f"{name}.log") as pid:
        yield pid, port


@contextmanager
def gateway(folder: Path, service: int, redis: str) -> Iterator[tuple[int, int]]:
    port = free_port()
    env = {
        "GATEWAY_AUTH_URL": f"http://127.0.0.1:{service}",
        "GATEWAY_TODOS_URL": f"http://127.0.0.1:{service}",
        "GATEWAY_REDIS__URL": redis,
        "GATEWAY_FRONTEND_ORIGINS": '["http://app.bench"]',
        "GATEWAY_TOKENS__ISSUER": _ISSUER,
        "GATEWAY_TOKENS__JWKS_URL": f"http://127.0.0.1:{service}/jwks.json",
        "GATEWAY_LIMITS__USER": "900000/1",
        "GATEWAY_LIMITS__ADDRESS": "900000/1",
        "GATEWAY_LIMITS__ADDRESS_TOTAL": "900000/1",
        "GATEWAY_HTTP__PORT": str(port),
    }
    with running([sys.executable, "-m", "gateway", "api"], port, log=folder / "gateway.log", env=env) as pid:
        yield pid, port


class Client(asyncio.Protocol):
    """One keep-alive connection that asks again as soon as it was answered."""

    def __init__(self, request: bytes, budget: list[int], done: asyncio.Event) -> None:
        self._request, self._budget, self._done = request, budget, done
        self._missing = -1
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if self._missing < 0:
            self._head += data
            head, found, data = self._head.partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 200 "):
                raise SystemExit(f"not an answer to measure: {head.decode()}")
            self._missing = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        self._missing -= len(data)
        if self._missing == 0:
            self._head, self._missing = b"", -1
            self._budget[0] -= 1
            if self._budget[0] <= 0:
                self._done.set()
            else:
                self._transport.write(self._request)


async def load(port: int, requests: int, connections: int, headers: str) -> None:
    request = f"GET /todos HTTP/1.1\r\nHost: api.bench\r\n{headers}\r\n".encode()
    done, budget, loop = asyncio.Event(), [requests], asyncio.get_running_loop()
    clients = [
        (await loop.create_connection(lambda: Client(request, budget, done), "127.0.0.1", port))[0]
        for _ in range(connections)
    ]
    await done.wait()
    for client in clients:
        client.abort()


def measure(pid: int, port: int, *, requests: int, connections: int, headers: str) -> float:
    """Microseconds of CPU a request."""
    before = cpu_seconds(pid)
    asyncio.run(load(port, requests, connections, headers))
    return (cpu_seconds(pid) - before) / requests * 1e6


def token_and_keys() -> tuple[str, str]:
    key = generate_private_key(public_exponent=65537, key_size=3072)
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "bench", "alg": "RS256", "use": "sig"}
    now = int(time.time())
    claims = {"iss": _ISSUER, "aud": "daybook", "sub": str(uuid4()), "sid": str(uuid4()), "jti": "1"}
    claims |= {"iat": now, "exp": now + 3600}  # type: ignore[dict-item]
    return jwt.encode(claims, key, "RS256", headers={"typ": "at+jwt", "kid": "bench"}), json.dumps({"keys": [jwk]})


@contextmanager
def targets(folder: Path, binary: str, redis: str, jwks: str) -> Iterator[dict[str, tuple[int, int]]]:
    """What is compared, each by process id and port, all before the same service."""
    service = _SERVICE.format(jwks=jwks, body=_BODY)
    with nginx(binary, folder, "service", server=service) as (_, behind):
        upstream = _BEHIND.format(port=behind)
        duties = _PROXY.format(more=_DUTIES.format(folder=folder))
        with (
            nginx(binary, folder, "plain", http=upstream, server=_PROXY.format(more="")) as plain,
            nginx(binary, folder, "dutiful", http=upstream + _DUTIES_HTTP.format(), server=duties) as dutiful,
            gateway(folder, behind, redis) as ours,
        ):
            yield {"nginx proxy_pass": plain, "nginx with duties": dutiful, "gateway": ours}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--redis", required=True)
    parser.add_argument("--nginx", default=shutil.which("nginx"))
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--requests", type=int, default=5000, help="a round")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    if not arguments.nginx:
        sys.exit("nginx is not here: apt-get install nginx-light, or say --nginx PATH")
    token, jwks = token_and_keys()
    headers = f"{_BROWSER}Authorization: Bearer {token}\r\n"
    amount = {"requests": arguments.requests, "connections": arguments.connections}
    costs: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name, targets(Path(name), arguments.nginx, arguments.redis, jwks) as compared:
        for _ in range(arguments.rounds + 1):
            for target, (pid, port) in compared.items():
                costs.setdefault(target, []).append(measure(pid, port, headers=headers, **amount))
    base = median(costs["nginx proxy_pass"][1:])
    for target, each in costs.items():
        cost = median(each[1:])  # the first round warms up
        print(f"{target:20} {cost:7.1f} µs  x {cost / base:.2f}   {[round(one) for one in each[1:]]}")  # noqa: T201


if __name__ == "__main__":
    main()
