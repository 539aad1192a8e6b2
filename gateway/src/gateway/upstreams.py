"""The services behind the gateway, each with the connections kept open to it."""

import asyncio
from collections import deque
from urllib.parse import urlsplit

from gateway.connections import Connection

_CONNECT_SECONDS = 2.0
# Shorter than a service keeps an idle connection (75 s): ours is the side that closes, so that a request is not
# sent into a connection that is just being closed.
_IDLE_SECONDS = 30.0
_SWEEP_SECONDS = 5.0


class Unreachable(Exception):
    """No connection could be made."""


class Saturated(Exception):
    """As many connections are in use as may be."""


class Upstream:
    """A service by its name. `acquire` a connection, `release` it after the exchange, whatever became of it."""

    def __init__(self, name: str, url: str, *, most_connections: int) -> None:
        parts = urlsplit(url)
        assert parts.hostname  # noqa: S101 (the settings see to it)
        self.name = name
        self._tls = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port or (443 if self._tls else 80)
        self.authority = parts.netloc.encode()
        self._most_connections = most_connections
        self._idle: deque[Connection] = deque()
        self._open: set[Connection] = set()
        self._connecting = 0
        self._sweep: asyncio.TimerHandle | None = None

    async def acquire(self, *, fresh: bool = False) -> Connection:
        """An open connection, the one used last by preference. Raises Unreachable or Saturated."""
        while self._idle and not fresh:
            connection = self._idle.pop()
            if connection.reusable:
                return connection
        if len(self._open) + self._connecting >= self._most_connections:
            raise Saturated
        return await self._connect()

    def release(self, connection: Connection) -> None:
        if not connection.reusable:
            connection.close()
            return
        self._idle.append(connection)
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(_SWEEP_SECONDS, self._close_stale)

    def close(self) -> None:
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        self._idle.clear()
        for connection in list(self._open):
            connection.close()

    async def _connect(self) -> Connection:
        connection = Connection(self._open)
        self._connecting += 1
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                await asyncio.get_running_loop().create_connection(
                    lambda: connection, self._host, self._port, ssl=self._tls or None
                )
        except OSError as error:  # a timeout is one, too
            connection.close()
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        except asyncio.CancelledError:
            connection.close()
            raise
        finally:
            self._connecting -= 1
        return connection

    def _close_stale(self) -> None:
        self._sweep = None
        loop = asyncio.get_running_loop()
        long_ago = loop.time() - _IDLE_SECONDS
        while self._idle and (self._idle[0].idle_since < long_ago or not self._idle[0].reusable):
            self._idle.popleft().close()
        if self._idle:
            self._sweep = loop.call_later(_SWEEP_SECONDS, self._close_stale)
