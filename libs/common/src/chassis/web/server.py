"""Runs an ASGI application as a process: binds, serves, and drains when it is asked to stop."""

import asyncio
import signal
import socket
import sys
from types import FrameType

import structlog
import uvicorn
from starlette.types import ASGIApp

from chassis.settings import HttpSettings
from chassis.web.health import Health

log = structlog.get_logger()

_BACKLOG = 4096
_KEEP_ALIVE_SECONDS = 75
# What was sent to somebody whose machine or network is gone is given up after so long, and a stream of theirs with it.
_UNHEARD_SECONDS = 60


class _DrainingServer(uvicorn.Server):
    """Says "not ready" first and stops accepting afterwards, so that load balancers have time to look away."""

    def __init__(self, config: uvicorn.Config, health: Health, drain_seconds: float) -> None:
        super().__init__(config)
        self._health, self._drain_seconds = health, drain_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        again = self._health.draining or sig == signal.SIGINT
        self._health.draining = True
        if again or not self._drain_seconds:
            super().handle_exit(sig, frame)
            return
        log.info("server.draining", seconds=self._drain_seconds)
        # A connection that is kept would be closed some time under a request that cannot be asked again.
        self.config.encoded_headers.append((b"connection", b"close"))
        asyncio.get_running_loop().call_later(self._drain_seconds, super().handle_exit, sig, frame)


def serve(app: ASGIApp, settings: HttpSettings, health: Health, protocol: type[asyncio.Protocol] | None = None) -> None:
    """Serve until SIGTERM or SIGINT. `protocol` takes the place of uvicorn's own for HTTP/1.1."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=protocol or "httptools",
        ws="none",
        lifespan="on",
        # Who the client is, the gateway says; from loopback uvicorn would believe anybody.
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        # Open streams would keep the process from stopping for ever.
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    server = _DrainingServer(config, health, settings.drain_seconds)
    listener = config.bind_socket()
    _notice_who_is_gone(listener)
    server.run(sockets=[listener])
    if not server.started:
        raise SystemExit(3)


def _notice_who_is_gone(listener: socket.socket) -> None:
    """On Linux each connection has the options of the socket it comes from. Elsewhere the system's own have to do."""
    if sys.platform != "linux":
        return
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNHEARD_SECONDS * 1000)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _UNHEARD_SECONDS // 2)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _UNHEARD_SECONDS // 6)
