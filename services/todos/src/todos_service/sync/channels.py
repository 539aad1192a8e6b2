"""How processes tell each other that a stream has moved: through Redis, after the commit, and as a hint only.

While Redis is away nothing is told and nothing else suffers: writes do not wait for it, and devices ask by themselves.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, Protocol
from uuid import UUID

import orjson
import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from chassis import background
from chassis.settings import RedisSettings
from todos_service.owners.heads import Head

log = structlog.get_logger()

_PREFIX: Final = b"daybook.todos.head."
# Subscribed to all the time, so that there is always a connection, and told to nobody.
_NOBODY: Final = b"daybook.todos.heads"
_CONNECT_SECONDS = 0.5
_ANSWER_SECONDS = 2.0
_RETRY_SECONDS = 0.5
# A connection that says nothing for so long is asked whether it is there.
_SILENCE_SECONDS = 10.0
# A stream waits no longer than this to be sure that it hears of everything.
_PATIENCE_SECONDS = 0.5
_BATCH = 500
# What is not told yet. More owners than that change only in a flood, and then some are not told of.
_MOST_PENDING = 10_000

Hear = Callable[[UUID, Head], None]


class Following(Protocol):
    """Where heads are heard of, and told."""

    def announce(self, owner_id: UUID, head: Head, /) -> None:
        """Returns at once. What becomes of it is nobody's business."""

    async def follow(self, owner_id: UUID) -> None:
        """Returns when everything that is told from here on is heard of, or when that cannot be waited for."""

    async def leave(self, owner_id: UUID) -> None: ...


class Alone:
    """For one process without a Redis: what it tells, it hears."""

    def __init__(self, hear: Hear) -> None:
        self.announce = hear

    async def follow(self, owner_id: UUID) -> None:
        """There is nobody else to hear."""

    async def leave(self, owner_id: UUID) -> None:
        """There was nobody else to hear."""


class Channels:
    """One connection that listens for the owners who are followed, and one that tells."""

    def __init__(self, client: Redis, hear: Hear) -> None:
        self._client, self._hear = client, hear
        # Each owner who is followed, and whether Redis has confirmed it.
        self._followed: dict[UUID, asyncio.Event] = {}
        self._listener: PubSub | None = None
        self._pending: dict[UUID, Head] = {}
        self._waiting = asyncio.Event()
        self._away = False

    # --- telling ---------------------------------------------------------------------------------

    def announce(self, owner_id: UUID, head: Head) -> None:
        """Of several heads of an owner that wait to be told the last one counts."""
        if owner_id in self._pending or len(self._pending) < _MOST_PENDING:
            self._pending[owner_id] = head
            self._waiting.set()

    async def tell(self) -> None:
        """Runs until cancelled. What cannot be told now is not told later: it would be old."""
        while True:
            await self._waiting.wait()
            self._waiting.clear()
            heads, self._pending = self._pending, {}
            try:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    await self._publish(heads)
            except (RedisError, OSError, TimeoutError) as error:
                self._lost(error)
                await asyncio.sleep(_RETRY_SECONDS)

    async def _publish(self, heads: dict[UUID, Head]) -> None:
        async with self._client.pipeline(transaction=False) as pipeline:
            for owner_id, head in heads.items():
                # Only noted here: it is sent with the others.
                _ = pipeline.publish(_channel(owner_id), orjson.dumps([str(head.epoch), head.number]))
            await pipeline.execute()

    # --- listening -------------------------------------------------------------------------------

    async def follow(self, owner_id: UUID) -> None:
        confirmed = self._followed.get(owner_id)
        if confirmed is None:
            confirmed = self._followed[owner_id] = asyncio.Event()
            if not await self._say(lambda listener: listener.subscribe(_channel(owner_id))):
                await self._begin_anew()
        if self._listener is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(confirmed.wait(), _PATIENCE_SECONDS)

    async def leave(self, owner_id: UUID) -> None:
        self._followed.pop(owner_id, None)
        await self._say(lambda listener: listener.unsubscribe(_channel(owner_id)))

    async def _say(self, what: Callable[[PubSub], Awaitable[Any]]) -> bool:
        """Whether it is said, or will be: whoever connects says it for everybody who is followed."""
        if self._listener is None:
            return True
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await what(self._listener)
        except (RedisError, OSError, TimeoutError) as error:
            self._lost(error)
            return False
        return True

    async def _begin_anew(self) -> None:
        """The connection may live on all the same, and nothing would be heard of this owner as long as it does."""
        connection = self._listener.connection if self._listener is not None else None
        if connection is not None:
            with suppress(RedisError, OSError):
                await connection.disconnect(nowait=True)

    async def listen(self) -> None:
        """Runs until cancelled, and connects again whenever the connection is lost."""
        while True:
            try:
                await self._listen()
            except (RedisError, OSError, TimeoutError) as error:
                self._lost(error)
            finally:
                self._listener = None
                for confirmed in self._followed.values():
                    confirmed.clear()
            await asyncio.sleep(_RETRY_SECONDS)

    async def _listen(self) -> None:
        async with self._client.pubsub() as listener:
            await listener.subscribe(_NOBODY)
            self._listener = listener
            for channels in _batches([_channel(owner_id) for owner_id in self._followed]):
                await listener.subscribe(*channels)
            silent = False
            while True:
                message = await listener.get_message(timeout=_SILENCE_SECONDS)
                if message is None and silent:
                    raise TimeoutError("Redis has fallen silent")
                if message is None:
                    await listener.ping()
                else:
                    self._found()
                    self._take(message)
                silent = message is None

    def _take(self, message: dict[str, Any]) -> None:
        channel: bytes = message["channel"] or b""
        if not channel.startswith(_PREFIX):
            return
        owner_id = UUID(channel.removeprefix(_PREFIX).decode())
        if message["type"] == "subscribe" and owner_id in self._followed:
            self._followed[owner_id].set()
        if message["type"] == "message":
            epoch, number = orjson.loads(message["data"])
            self._hear(owner_id, Head(UUID(epoch), number))

    # --- being away ------------------------------------------------------------------------------

    def _lost(self, error: Exception) -> None:
        if not self._away:
            log.warning("hints.away", error=f"{type(error).__name__}: {error}")
        self._away = True

    def _found(self) -> None:
        if self._away:
            log.info("hints.back")
        self._away = False


def _channel(owner_id: UUID) -> bytes:
    return _PREFIX + str(owner_id).encode()


def _batches(channels: list[bytes]) -> Iterable[list[bytes]]:
    return (channels[start : start + _BATCH] for start in range(0, len(channels), _BATCH))


@asynccontextmanager
async def connect(settings: RedisSettings | None, hear: Hear) -> AsyncIterator[Following]:
    """Starts whether or not Redis is there, and finds it when it comes."""
    if settings is None:
        yield Alone(hear)
        return
    client = Redis.from_url(
        settings.url.get_secret_value(),
        socket_connect_timeout=_CONNECT_SECONDS,
        socket_timeout=_ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    channels = Channels(client, hear)
    try:
        async with background.running(hints_told=channels.tell, hints_heard=channels.listen):
            yield channels
    finally:
        await client.aclose()
