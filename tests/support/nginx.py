"""nginx beside our gateway, where there is one: `make test` and `make bench` fetch it, as they do the engines."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from daybook.checkout import Checkout
from daybook.debian import library_path
from daybook.installation import nginx
from daybook.supervision.processes import dying_with_us, kill_group

_ROOT = Path(__file__).parents[2]
_MISSING = "there is no nginx to compare with: `make test only=python` fetches Debian's, or set NGINX to the program"
_CONFIGURATION = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; {user}
events {{ worker_connections 1024; }}
http {{
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; access_log off;
  upstream service {{ server 127.0.0.1:{service}; keepalive 16; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}
}}
"""


def find() -> Path | None:
    return nginx.find(Checkout(_ROOT).packages, os.environ)


def environment(binary: Path) -> dict[str, str]:
    """For one that was unpacked and not installed: where its libraries are."""
    return {"LD_LIBRARY_PATH": library_path(binary.parents[2])}


@asynccontextmanager
async def proxying(service: int, folder: Path) -> AsyncIterator[int]:
    """The port of an nginx that passes everything on. Skips the test where there is none."""
    binary = find()
    if binary is None:
        pytest.skip(_MISSING)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    file = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    file.write_text(_CONFIGURATION.format(folder=folder, service=service, port=port, user=user))
    with (folder / "nginx.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *dying_with_us(signal.SIGKILL),
            *(binary, "-c", file, "-p", folder),
            env={**os.environ, **environment(binary)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        async with asyncio.timeout(60):
            while not await _listens(port):
                assert process.returncode is None, (folder / "nginx.log").read_text()
                await asyncio.sleep(0.05)
        yield port
    finally:
        kill_group(process.pid)
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
