"""One address of a service: the connections kept open to it, what it owes, and whether it is worth trying."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from gateway.breaker import Breaker
from gateway.connections import Connection

_CONNECT_SECONDS = 2.0
# Shorter than a service keeps an idle connection (75 s): ours is the side that closes, so that a request is not
# sent into a connection that is just being closed.
_IDLE_SECONDS = 30.0
_SWEEP_SECONDS = 5.0
# Whoever owes so many answers and has given none for so long gets no further questions.
_MANY, _STALLED_SECONDS = 8, 3.0


class Unreachable(Exception):
    """No connection could be made."""


@dataclass(frozen=True)
class Origin:
    """Where a service is, by name."""

    host: str
    port: int
    tls: bool
    authority: bytes

    @classmethod
    def of(cls, url: str) -> Self:
        parts = urlsplit(url)
        assert parts.hostname  # noqa: S101 (the settings see to it)
        tls = parts.scheme == "https"
        return cls(parts.hostname, parts.port or (443 if tls else 80), tls, parts.netloc.encode())


class Endpoint:
    """`take` a kept connection or `connect` anew; `release` it after the exchange, whatever became of it."""

    def __init__(self, origin: Origin, address: str) -> None:
        self.origin, self.address = origin, address
        self.name = f"{address}:{origin.port}"
        self._loop = asyncio.get_running_loop()
        self.breaker = Breaker(self._loop.time)
        self._idle: deque[Connection] = deque()
        self._open: set[Connection] = set()
        self._sweep: asyncio.TimerHandle | None = None
        self._retired = False
        self._connecting = 0
        # Exchanges that have begun and not ended.
        self.outstanding = 0
        # Those of them whose answer has not begun, and since when no answer has.
        self._owed, self._silent_since = 0, 0.0

    @property
    def connections(self) -> int:
        return len(self._open) + self._connecting

    def passes(self) -> bool:
        return self.breaker.passes() and not (
            self._owed >= _MANY and self._loop.time() - self._silent_since > _STALLED_SECONDS
        )

    # --- exchanges -------------------------------------------------------------------------------

    def begin(self) -> None:
        self.outstanding += 1
        self.breaker.begin()

    def take(self) -> Connection | None:
        """The connection that was used last, if there is one to use again."""
        while self._idle:
            connection = self._idle.pop()
            if connection.reusable:
                return connection
        return None

    def ask(self) -> None:
        """The whole request is on its way: from here on an answer is owed."""
        if not self._owed:
            self._silent_since = self._loop.time()
        self._owed += 1

    def answer(self) -> None:
        """It has begun to come."""
        self._owed -= 1
        self._silent_since = self._loop.time()

    def forgive(self) -> None:
        """It is not waited for any more."""
        self._owed -= 1

    def release(self, connection: Connection | None) -> None:
        """The exchange is over. Its connection is kept if it can be used again."""
        self.outstanding -= 1
        if connection is None:
            return
        if self._retired or not connection.reusable:
            connection.close()
            return
        self._idle.append(connection)
        if self._sweep is None:
            self._sweep = self._loop.call_later(_SWEEP_SECONDS, self._close_stale)

    # --- connections -----------------------------------------------------------------------------

    async def connect(self) -> Connection:
        """Raises Unreachable."""
        connection = Connection(self._open)
        self._connecting += 1
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                await self._loop.create_connection(
                    lambda: connection,
                    self.address,
                    self.origin.port,
                    ssl=self.origin.tls or None,
                    server_hostname=self.origin.host if self.origin.tls else None,
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

    def retire(self) -> None:
        """The name does not lead here any more: what is under way may end, and nothing new begins."""
        self._retired = True
        self._stop_sweeping()
        while self._idle:
            self._idle.popleft().close()

    def close(self) -> None:
        self.retire()
        for connection in list(self._open):
            connection.close()

    def _stop_sweeping(self) -> None:
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None

    def _close_stale(self) -> None:
        self._sweep = None
        long_ago = self._loop.time() - _IDLE_SECONDS
        while self._idle and (self._idle[0].idle_since < long_ago or not self._idle[0].reusable):
            self._idle.popleft().close()
        if self._idle:
            self._sweep = self._loop.call_later(_SWEEP_SECONDS, self._close_stale)
