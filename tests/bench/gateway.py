"""What a request costs the gateway in CPU time, next to nginx doing the same: interleaved rounds, medians, ratios.

    make bench, or REDIS_URL=redis://127.0.0.1:6379/0 python -m tests.bench.gateway

The load and the service behind (nginx, 2 KiB of JSON) are processes of their own; only user and system time of the
proxy under test counts, so a busy machine shifts the figures little and their ratios less. Every request of the
gateway shows a token, is counted in Redis under two policies, gets CORS headers, a trace, metrics and a line in the
log. What is measured is written to docs/evidence/gateway.json.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jwt.algorithms import RSAAlgorithm
from tests.bench.load import load
from tests.bench.processes import Target, cpu_seconds, free_port, running
from tests.support.nginx import environment, find

from daybook import evidence
from daybook.checkout import Checkout

_ISSUER = "http://daybook.bench"
_BODY = json.dumps({"items": ["x" * 60] * 31})
_NOTHING_REVOKED = json.dumps({"epoch": str(UUID(int=1)), "sequence": 0, "items": []})

_NGINX = """
worker_processes 1; daemon off; pid {folder}/{name}.pid; error_log {folder}/{name}.err; {user}
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
  location = /revocations {{ default_type application/json; return 200 '{revocations}'; }}
  location / {{ default_type application/json; return 200 '{body}'; }}
"""
_BEHIND = "upstream service {{ server 127.0.0.1:{port}; keepalive 1024; keepalive_requests 100000000; }}"
_PROXY = """
  location / {{ proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection ""; {more} }}
"""
_ZONE = "limit_req_zone $binary_remote_addr zone=address:10m rate=100000r/s;"
_LIMIT = "limit_req zone=address burst=10000 nodelay;"
# The gateway's duties, as far as nginx has them: no token, no shared count.
_LOG = """log_format line escape=json '{{"request_id":"$request_id","status":$status,"took":$request_time}}';"""
_DUTIES = """
  access_log {folder}/access.log line; proxy_set_header X-Request-Id $request_id;
  add_header X-Request-Id $request_id always;
  add_header Access-Control-Allow-Origin http://app.bench always; add_header Vary Origin always;
"""
_BROWSER = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101\r\nAccept: application/json\r\n"
    "Accept-Language: en\r\nOrigin: http://app.bench\r\n"
)
BASE = "nginx proxy_pass with limit_req"


@dataclass
class Amount:
    connections: int
    requests: int
    rounds: int
    costs: dict[str, list[float]] = field(default_factory=dict)

    def measure(self, targets: Mapping[str, Target], request: bytes) -> None:
        """Microseconds of CPU a request, one target after the other, round by round; the first round warms up."""
        for number in range(self.rounds + 1):
            for name, target in targets.items():
                before = cpu_seconds(target.pid)
                asyncio.run(load(target.port, request, requests=self.requests, connections=self.connections))
                cost = (cpu_seconds(target.pid) - before) / self.requests * 1e6
                if number:
                    self.costs.setdefault(name, []).append(round(cost, 1))

    def figures(self) -> dict[str, Any]:
        base = median(self.costs[BASE])
        return {
            name: {
                "microseconds": round(median(costs), 1),
                "times_base": round(median(costs) / base, 2),
                "rounds": costs,
            }
            for name, costs in self.costs.items()
        }


@contextmanager
def nginx(binary: Path, folder: Path, name: str, *, http: str = "", server: str) -> Iterator[Target]:
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    file = folder / f"{name}.conf"
    file.write_text(_NGINX.format(folder=folder, name=name, port=port, http=http, server=server, user=user))
    command = [str(binary), "-c", str(file), "-p", str(folder)]
    with running(command, port, log=folder / f"{name}.log", env=environment(binary)) as target:
        yield target


@contextmanager
def gateway(folder: Path, service: int, redis: str) -> Iterator[Target]:
    port = free_port()
    service_url = f"http://127.0.0.1:{service}"
    env = {
        "GATEWAY_AUTH_URL": service_url,
        "GATEWAY_TODOS_URL": service_url,
        "GATEWAY_REDIS__URL": redis,
        # Nobody listens there: asking every second is all there is to know of revocations.
        "GATEWAY_BROKER__URL": "amqp://nobody@127.0.0.1:1/",
        "GATEWAY_REVOCATIONS__URL": f"{service_url}/revocations",
        "GATEWAY_EVENTS__KEYS_URL": f"{service_url}/jwks.json",
        "GATEWAY_FRONTEND_ORIGINS": '["http://app.bench"]',
        "GATEWAY_TOKENS__ISSUER": _ISSUER,
        "GATEWAY_TOKENS__JWKS_URL": f"{service_url}/jwks.json",
        "GATEWAY_LIMITS__USER": "900000/1",
        "GATEWAY_LIMITS__ADDRESS": "900000/1",
        "GATEWAY_LIMITS__ADDRESS_TOTAL": "900000/1",
        "GATEWAY_METRICS__PORT": str(free_port()),
        "GATEWAY_HTTP__PORT": str(port),
    }
    command = [sys.executable, "-m", "gateway", "api"]
    with running(command, port, log=folder / "gateway.log", env=env, ready=b"/readyz") as target:
        yield target


def token_and_keys() -> tuple[str, str]:
    key = generate_private_key(public_exponent=65537, key_size=3072)
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "bench", "alg": "RS256", "use": "sig"}
    now = int(time.time())
    claims: dict[str, Any] = {"iss": _ISSUER, "aud": "daybook", "sub": str(uuid4()), "sid": str(uuid4()), "jti": "1"}
    claims |= {"iat": now, "exp": now + 3600, "scope": "todos:read todos:write account"}
    return jwt.encode(claims, key, "RS256", headers={"typ": "at+jwt", "kid": "bench"}), json.dumps({"keys": [jwk]})


@contextmanager
def targets(folder: Path, binary: Path, redis: str, jwks: str) -> Iterator[dict[str, Target]]:
    """What is compared, all before the same service."""
    service = _SERVICE.format(jwks=jwks, body=_BODY, revocations=_NOTHING_REVOKED)
    with ExitStack() as stack:
        behind = stack.enter_context(nginx(binary, folder, "service", server=service)).port
        upstream = _BEHIND.format(port=behind)
        kinds = {
            "nginx proxy_pass": ("plain", upstream, ""),
            BASE: ("limited", upstream + _ZONE, _LIMIT),
            "nginx with limit_req, CORS, request id and log": (
                "dutiful",
                upstream + _ZONE + _LOG.format(),
                _LIMIT + _DUTIES.format(folder=folder),
            ),
        }
        made = {
            title: stack.enter_context(nginx(binary, folder, name, http=http, server=_PROXY.format(more=more)))
            for title, (name, http, more) in kinds.items()
        }
        yield made | {"gateway": stack.enter_context(gateway(folder, behind, redis))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--redis", default=os.environ.get("REDIS_URL"))
    parser.add_argument("--connections", type=int, nargs="+", default=[64, 1000])
    parser.add_argument("--requests", type=int, default=5000, help="a round")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    binary = find()
    if binary is None or not arguments.redis:
        sys.exit("nginx (`make bench` fetches it; else NGINX=path) and REDIS_URL are needed")
    token, jwks = token_and_keys()
    request = f"GET /todos HTTP/1.1\r\nHost: api.bench\r\n{_BROWSER}Authorization: Bearer {token}\r\n\r\n".encode()
    figures = {}
    with tempfile.TemporaryDirectory() as name, targets(Path(name), binary, arguments.redis, jwks) as compared:
        for connections in arguments.connections:
            amount = Amount(connections, arguments.requests, arguments.rounds)
            amount.measure(compared, request)
            figures[f"{connections} connections"] = amount.figures()
    for connections, each in figures.items():
        for target, figure in each.items():
            print(f"{connections:18} {target:48} {figure['microseconds']:8.1f} µs  x {figure['times_base']:.2f}")
    amounts = {"connections": arguments.connections, "requests": arguments.requests, "rounds": arguments.rounds}
    load_of_each = amounts | {"answer_bytes": len(_BODY)}
    checkout = Checkout(Path(__file__).parents[2])
    document = {"figures": figures, "load": load_of_each, **evidence.stamp(checkout)}
    print(evidence.write(checkout, "gateway", document))


if __name__ == "__main__":
    main()
