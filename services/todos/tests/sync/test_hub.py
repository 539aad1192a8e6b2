import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from starlette.types import Message

from chassis.principals import Principal
from chassis.revocation.knowledge import Revocation
from todos_service.owners.heads import Head
from todos_service.sync.errors import TooManyStreams
from todos_service.sync.hub import Hub, Stream, head_event


class Client:
    """Reads what is written to it, when it has a mind to."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.ended = False
        self._reads = asyncio.Event()
        self._reads.set()

    def stop_reading(self) -> None:
        self._reads.clear()

    def read_on(self) -> None:
        self._reads.set()

    async def send(self, message: Message) -> None:
        await self._reads.wait() if not self._reads.is_set() else None
        self.received.append(message["body"])
        self.ended = not message["more_body"]


def principal(user_id: UUID | None = None, *, expires_at: int | None = None) -> Principal:
    now = int(time.time())
    return Principal(user_id or uuid4(), uuid4(), frozenset({"todos:read"}), now, expires_at or now + 300)


def revocation(user_id: UUID, session_id: UUID) -> Revocation:
    until = datetime.now(UTC)
    return Revocation(sequence=1, user_id=user_id, session_id=session_id, not_before=None, until=until)


@pytest.fixture
def hub() -> Hub:
    return Hub(lambda: False, most_per_owner=3)


Opened = tuple[Client, Stream]
Open = Callable[..., Opened]


@pytest.fixture
def open_one(hub: Hub) -> Open:
    def open_one(who: Principal | None = None) -> Opened:
        client = Client()
        stream = hub.add(who or principal(), client.send)
        stream.open()
        return client, stream

    return open_one


class TestHear:
    async def test_tells_all_streams_of_the_owner_and_no_others(self, hub: Hub, open_one: Open) -> None:
        user_id, head = uuid4(), Head(uuid4(), 7)
        (phone, _), (laptop, _), (stranger, _) = open_one(principal(user_id)), open_one(principal(user_id)), open_one()

        hub.hear(user_id, head)

        assert phone.received == laptop.received == [head_event(head)]
        assert stranger.received == []

    async def test_tells_no_head_that_is_older_than_the_last(self, hub: Hub, open_one: Open) -> None:
        user_id, epoch = uuid4(), uuid4()
        client, _ = open_one(principal(user_id))

        for number in (7, 6, 7, 8):
            hub.hear(user_id, Head(epoch, number))
        restored = Head(uuid4(), 2)
        hub.hear(user_id, restored)

        assert client.received == [head_event(Head(epoch, 7)), head_event(Head(epoch, 8)), head_event(restored)]

    async def test_tells_who_is_slow_only_the_last_one(self, hub: Hub, open_one: Open) -> None:
        user_id, epoch = uuid4(), uuid4()
        (slow, _), (quick, _) = open_one(principal(user_id)), open_one(principal(user_id))
        slow.stop_reading()

        for number in range(1, 100):
            hub.hear(user_id, Head(epoch, number))
        slow.read_on()
        for _ in range(5):
            await asyncio.sleep(0)

        assert len(quick.received) == 99
        assert slow.received == [head_event(Head(epoch, 1)), head_event(Head(epoch, 99))]

    async def test_tells_the_others_when_one_cannot_be_told(self, hub: Hub, open_one: Open) -> None:
        user_id, head = uuid4(), Head(uuid4(), 7)

        async def fail(_: Message) -> None:
            raise RuntimeError("gone")

        async def be_broken() -> None:
            hub.add(principal(user_id), fail).open()
            await asyncio.Event().wait()

        broken = asyncio.create_task(be_broken())
        await asyncio.sleep(0)
        client, _ = open_one(principal(user_id))

        hub.hear(user_id, head)

        assert client.received == [head_event(head)]
        with pytest.raises(asyncio.CancelledError):
            await broken

    async def test_waits_until_a_stream_is_open(self, hub: Hub) -> None:
        client, user_id, head = Client(), uuid4(), Head(uuid4(), 7)
        stream = hub.add(principal(user_id), client.send)

        hub.hear(user_id, head)
        assert client.received == []
        stream.open()

        assert client.received == [head_event(head)]


class TestNewest:
    async def test_is_what_was_heard_if_that_is_newer_than_what_was_read(self, hub: Hub, open_one: Open) -> None:
        user_id, epoch = uuid4(), uuid4()
        open_one(principal(user_id))
        hub.hear(user_id, Head(epoch, 7))

        assert hub.newest(user_id, Head(epoch, 6)) == Head(epoch, 7)
        assert hub.newest(user_id, Head(epoch, 8)) == Head(epoch, 8)


class TestRevoke:
    async def test_ends_the_streams_of_that_session_at_once(self, hub: Hub, open_one: Open) -> None:
        who = principal()
        (client, _), (other, _) = open_one(who), open_one(principal(who.id))

        hub.revoke(revocation(who.id, who.session_id))
        hub.hear(who.id, Head(uuid4(), 7))

        assert client.received == [b'event: end\ndata: {"reason":"revoked"}\n\n']
        assert client.ended
        assert not other.ended

    async def test_ends_all_that_were_let_in_by_a_key_that_is_revoked(self, hub: Hub, open_one: Open) -> None:
        lost, ours = replace(principal(), key_id="lost"), replace(principal(), key_id="ours")
        (client, _), (other, _) = open_one(lost), open_one(ours)

        hub.revoke(revocation(UUID(int=0), UUID(int=0)).model_copy(update={"kid": "lost"}))

        assert client.ended
        assert not other.ended

    async def test_ends_a_slow_one_when_it_reads_again(self, hub: Hub, open_one: Open) -> None:
        who = principal()
        client, _ = open_one(who)
        client.stop_reading()
        hub.hear(who.id, Head(uuid4(), 7))
        hub.hear(who.id, Head(uuid4(), 8))

        hub.revoke(revocation(who.id, who.session_id))
        client.read_on()
        for _ in range(5):
            await asyncio.sleep(0)

        assert len(client.received) == 2
        assert client.ended

    async def test_ends_one_that_is_still_opening(self, hub: Hub) -> None:
        client, who = Client(), principal()
        stream = hub.add(who, client.send)

        hub.revoke(revocation(who.id, who.session_id))
        stream.offer(head_event(Head(uuid4(), 7)))
        stream.open()

        assert client.received == [b'event: end\ndata: {"reason":"revoked"}\n\n']


class TestVisit:
    async def test_shows_that_the_connection_lives(self, hub: Hub, open_one: Open) -> None:
        client, stream = open_one()

        hub._visit({stream})

        assert client.received == [b":\n\n"]

    async def test_ends_what_has_expired(self, hub: Hub, open_one: Open) -> None:
        client, stream = open_one(principal(expires_at=int(time.time()) - 60))

        hub._visit({stream})

        assert client.received == [b'event: end\ndata: {"reason":"expired"}\n\n']

    async def test_piles_nothing_up_for_who_does_not_read(self, hub: Hub, open_one: Open) -> None:
        client, stream = open_one()
        client.stop_reading()

        for _ in range(10):
            hub._visit({stream})
        client.read_on()
        for _ in range(5):
            await asyncio.sleep(0)

        assert client.received == [b":\n\n"]

    async def test_gives_up_who_has_not_read_for_long(self, hub: Hub) -> None:
        client = Client()
        client.stop_reading()
        opened: asyncio.Future[Stream] = asyncio.get_running_loop().create_future()

        async def request() -> None:
            stream = hub.add(principal(), client.send)
            stream.open()
            opened.set_result(stream)
            await asyncio.Event().wait()

        task = asyncio.create_task(request())
        stream = await opened
        hub._visit({stream})
        assert not stream.is_stuck(time.monotonic())
        stream._since -= 60

        hub._visit({stream})

        assert stream.is_abandoned
        with pytest.raises(asyncio.CancelledError):
            await task
        assert client.received == []


class TestAdd:
    async def test_lets_one_owner_have_so_many_and_no_more(self, hub: Hub, open_one: Open) -> None:
        user_id = uuid4()
        _, first = open_one(principal(user_id))
        open_one(principal(user_id))
        open_one(principal(user_id))

        with pytest.raises(TooManyStreams):
            open_one(principal(user_id))
        hub.remove(first)
        open_one(principal(user_id))

        assert hub.size == 3

    async def test_forgets_an_owner_with_the_last_stream(self, hub: Hub, open_one: Open) -> None:
        user_id = uuid4()
        (_, one), (_, other) = open_one(principal(user_id)), open_one(principal(user_id))
        hub.hear(user_id, Head(uuid4(), 7))

        assert (hub.remove(one), hub.remove(other)) == (False, True)
        assert (hub._by_owner, hub._heads, hub.size) == ({}, {}, 0)


class TestRun:
    async def test_ends_all_when_the_process_is_to_stop(self) -> None:
        hub = Hub(lambda: True, most_per_owner=1)
        clients = [Client() for _ in range(3)]
        for client in clients:
            hub.add(principal(), client.send).open()

        running: asyncio.Task[Any] = asyncio.create_task(hub.run())
        await _until(lambda: all(client.ended for client in clients))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

        assert {client.received[-1] for client in clients} == {b'event: end\ndata: {"reason":"shutdown"}\n\n'}


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 (the hub tells nobody)
            await asyncio.sleep(0.01)
