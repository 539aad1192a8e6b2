"""All open streams of this process. One hub writes to all of them; none has a task of its own beside its request's."""

import asyncio
import time
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Final, cast
from uuid import UUID

import orjson
import structlog
from starlette.types import Send

from chassis.principals import Principal
from chassis.revocation.knowledge import Revocation
from todos_service.owners.heads import Head
from todos_service.sync import eager
from todos_service.sync.errors import TooManyStreams

log = structlog.get_logger()

HEARTBEAT_SECONDS: Final = 15
# A write that waits for so long waits for somebody who is not there any more.
_WRITE_SECONDS = 20.0
# As far as verifiers let a token outlive its end.
_LEEWAY_SECONDS = 30
_HEARTBEAT: Final = b":\n\n"


def head_event(head: Head) -> bytes:
    return _event("head", {"epoch": str(head.epoch), "head": head.number})


def _event(name: str, data: object) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), orjson.dumps(data))


class Stream:
    """One client that listens. What cannot be written yet is replaced by what is newer, never piled up."""

    __slots__ = (
        "_end",
        "_is_open",
        "_next",
        "_request",
        "_send",
        "_since",
        "_writing",
        "beat_at",
        "is_abandoned",
        "principal",
    )

    def __init__(self, principal: Principal, send: Send, request: "asyncio.Task[None]", beat_at: int) -> None:
        self.principal, self.beat_at = principal, beat_at
        self._send, self._request = send, request
        self.is_abandoned = self._is_open = False
        self._next: bytes | None = None
        self._end: bytes | None = None
        self._writing: asyncio.Task[None] | None = None
        self._since = 0.0

    def open(self) -> None:
        """The head of the answer is written: from here on the hub writes."""
        self._is_open = True
        self._go_on()

    def offer(self, event: bytes) -> None:
        self._next = event
        self._go_on()

    def beat(self) -> None:
        if self._is_open and self._writing is None and self._end is None:
            self._write(_HEARTBEAT)

    def end(self, reason: str) -> None:
        """Say why, and no more after that."""
        if self._end is None:
            self._end = _event("end", {"reason": reason})
            self._go_on()

    def is_stuck(self, now: float) -> bool:
        return self._writing is not None and now - self._since > _WRITE_SECONDS

    def abandon(self) -> None:
        """Nobody reads what is written: let the request end, and the server close the connection."""
        self.is_abandoned = True
        if self._writing is not None:
            self._writing.cancel()
        self._request.cancel()

    def _go_on(self) -> None:
        if not self._is_open or self._writing is not None:
            return
        if self._end is not None:
            self._is_open = False
            self._write(self._end, more=False)
        elif self._next is not None:
            event, self._next = self._next, None
            self._write(event)

    def _write(self, body: bytes, *, more: bool = True) -> None:
        try:
            rest = eager.start(self._send_body(body, more=more))
        except Exception as error:  # noqa: BLE001 (whatever is wrong with this one, the others are to be written to)
            log.warning("stream.failed", error=f"{type(error).__name__}: {error}")
            self.abandon()
            return
        if rest is not None:
            self._writing, self._since = rest, time.monotonic()
            rest.add_done_callback(self._written)

    async def _send_body(self, body: bytes, *, more: bool) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    def _written(self, task: "asyncio.Task[None]") -> None:
        self._writing = None
        if not task.cancelled() and task.exception() is None:
            self._go_on()


class Hub:
    def __init__(self, is_stopping: Callable[[], bool], *, most_per_owner: int) -> None:
        self._is_stopping, self._most_per_owner = is_stopping, most_per_owner
        self._by_owner: dict[UUID, set[Stream]] = {}
        self._heads: dict[UUID, Head] = {}
        # By the second of the interval in which they get their heartbeat, so that not all get it at once.
        self._by_second: list[set[Stream]] = [set() for _ in range(HEARTBEAT_SECONDS)]
        self._ticks = 0

    @property
    def size(self) -> int:
        return sum(map(len, self._by_second))

    def add(self, principal: Principal, send: Send) -> Stream:
        """A stream of the request that runs now. From here on it hears of what its owner's streams hear of."""
        streams = self._by_owner.setdefault(principal.id, set())
        if len(streams) >= self._most_per_owner:
            raise TooManyStreams
        request = cast("asyncio.Task[None]", asyncio.current_task())
        stream = Stream(principal, send, request, beat_at=self._ticks % HEARTBEAT_SECONDS)
        streams.add(stream)
        self._by_second[stream.beat_at].add(stream)
        return stream

    def remove(self, stream: Stream) -> bool:
        """Whether it was the last one of its owner."""
        owner_id = stream.principal.id
        self._by_second[stream.beat_at].discard(stream)
        self._by_owner[owner_id].discard(stream)
        if self._by_owner[owner_id]:
            return False
        del self._by_owner[owner_id]
        self._heads.pop(owner_id, None)
        return True

    def newest(self, owner_id: UUID, head: Head) -> Head:
        """What is stored, or what was heard of since that was read."""
        if not self._is_news(owner_id, head):
            return self._heads[owner_id]
        self._heads[owner_id] = head
        return head

    def _is_news(self, owner_id: UUID, head: Head) -> bool:
        """Processes do not tell in order: what is older is none."""
        known = self._heads.get(owner_id)
        return known is None or known.epoch != head.epoch or known.number < head.number

    def hear(self, owner_id: UUID, head: Head) -> None:
        """Tell an owner's streams how far it has come."""
        streams = self._by_owner.get(owner_id)
        if not streams or not self._is_news(owner_id, head):
            return
        self._heads[owner_id] = head
        event = head_event(head)
        for stream in list(streams):
            stream.offer(event)

    def revoke(self, revocation: Revocation) -> None:
        everybody = chain.from_iterable(self._by_second)
        streams = self._by_owner.get(revocation.user_id, ()) if revocation.kid is None else everybody
        self._end([each for each in streams if revocation.concerns(each.principal)], "revoked")

    async def run(self) -> None:
        """Heartbeats, and the end of streams whose time is over. Runs until cancelled."""
        while True:
            await asyncio.sleep(1)
            self._ticks += 1
            if self._is_stopping():
                self.end_all()
            else:
                self._visit(self._by_second[self._ticks % HEARTBEAT_SECONDS])

    def end_all(self) -> None:
        self._end(chain.from_iterable(self._by_second), "shutdown")

    @staticmethod
    def _end(streams: Iterable[Stream], reason: str) -> None:
        for stream in list(streams):
            stream.end(reason)

    @staticmethod
    def _visit(streams: set[Stream]) -> None:
        wall_clock, now = time.time(), time.monotonic()
        for stream in list(streams):
            if stream.is_stuck(now):
                log.info("stream.abandoned")
                stream.abandon()
            elif stream.principal.expires_at + _LEEWAY_SECONDS < wall_clock:
                stream.end("expired")
            else:
                stream.beat()
