"""Redis (or Valkey): starts in a moment; keeps an append-only file unless the stack is ephemeral."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from daybook.engines.binaries import Binary, Engine, ask_version
from daybook.probes import answer
from daybook.secrets import write_private
from daybook.supervision.processes import Program
from daybook.supervision.state import State

_NAMES = ("redis-server", "valkey-server")


def _candidates(root: Path | None) -> Iterator[Path]:
    for name in _NAMES:
        if root:
            yield root / "usr/bin" / name
        elif found := shutil.which(name):
            yield Path(found)


ENGINE = Engine(
    "redis", "REDIS_URL", ("redis-server",), (7,), _candidates, ask_version, {"redis": 6379, "rediss": 6379}
)


def program(binary: Binary, state: State, port: int, *, ephemeral: bool) -> Program:
    password = state.secrets.password("redis")
    data = state.data("redis")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    configuration = data / "redis.conf"
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{data}"',
        'save ""',
        f"appendonly {'no' if ephemeral else 'yes'}",
        # It would overwrite its environment, by which a leftover is recognised.
        "set-proc-title no",
    ]
    write_private(configuration, "\n".join(lines) + "\n")

    async def ready() -> bool:
        return (await answer(port, f"AUTH {password}\r\nPING\r\n".encode())).startswith(b"+OK")

    return Program("redis", [binary.program, configuration], binary.env, cwd=data, tier=1, port=port, ready=ready)


def url(state: State, port: int) -> str:
    return f"redis://:{state.secrets.password('redis')}@127.0.0.1:{port}/0"
