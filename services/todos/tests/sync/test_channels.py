"""Two processes on a real Redis, which goes away and comes back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from tests.support.faults import FaultProxy, faults_before
from tests.support.servers import until

from chassis.settings import RedisSettings
from todos_service.owners.heads import Head
from todos_service.sync import channels
from todos_service.sync.channels import Channels

EPOCH = uuid4()
Heard = list[tuple[UUID, int]]


@pytest.fixture
async def proxy(redis_url: str) -> AsyncIterator[FaultProxy]:
    address = urlsplit(redis_url)
    async with faults_before(address.hostname or "127.0.0.1", address.port or 6379) as proxy:
        yield proxy


@asynccontextmanager
async def process(redis_url: str, proxy: FaultProxy) -> AsyncIterator[tuple[Channels, Heard]]:
    address, heard = urlsplit(redis_url), list[tuple[UUID, int]]()
    credentials = address.netloc.rpartition("@")[0]
    netloc = f"{credentials}@127.0.0.1:{proxy.port}" if credentials else f"127.0.0.1:{proxy.port}"
    settings = RedisSettings(url=SecretStr(address._replace(netloc=netloc).geturl()))

    def hear(owner_id: UUID, head: Head) -> None:
        assert head.epoch == EPOCH
        heard.append((owner_id, head.number))

    async with channels.connect(settings, hear) as connected:
        assert isinstance(connected, Channels)
        await until(lambda: connected._listener is not None, within=30)
        yield connected, heard


async def soon(condition: Callable[[], object]) -> None:
    await until(condition, within=30)


class TestChannels:
    async def test_tell_every_process_that_follows(self, redis_url: str, proxy: FaultProxy) -> None:
        owner_id, other = uuid4(), uuid4()
        async with process(redis_url, proxy) as (here, heard_here), process(redis_url, proxy) as (there, heard_there):
            await here.follow(owner_id)
            await there.follow(owner_id)
            await there.follow(other)
            here.announce(other, Head(EPOCH, 1))
            here.announce(owner_id, Head(EPOCH, 2))
            await soon(lambda: heard_here and len(heard_there) == 2)

        assert heard_here == [(owner_id, 2)]
        assert heard_there == [(other, 1), (owner_id, 2)]

    async def test_tell_of_many_heads_that_wait_the_last_one(self, redis_url: str, proxy: FaultProxy) -> None:
        owner_id = uuid4()
        async with process(redis_url, proxy) as (here, heard):
            await here.follow(owner_id)
            for number in range(1, 100):
                here.announce(owner_id, Head(EPOCH, number))
            await soon(lambda: heard)

        assert heard == [(owner_id, 99)]

    async def test_tell_nobody_who_has_left(self, redis_url: str, proxy: FaultProxy) -> None:
        gone, here = uuid4(), uuid4()
        async with process(redis_url, proxy) as (told, heard):
            for owner_id in (gone, here):
                await told.follow(owner_id)
            await told.leave(gone)
            told.announce(gone, Head(EPOCH, 1))
            told.announce(here, Head(EPOCH, 2))
            await soon(lambda: heard)

        assert heard == [(here, 2)]

    async def test_come_back_by_themselves(self, redis_url: str, proxy: FaultProxy) -> None:
        before, meanwhile = uuid4(), uuid4()
        async with process(redis_url, proxy) as (told, heard):
            await told.follow(before)
            with capture_logs() as logs:
                await proxy.refuse()
                await soon(lambda: any(line["event"] == "hints.away" for line in logs))
                told.announce(before, Head(EPOCH, 1))
                await told.follow(meanwhile)
                await proxy.start()
                await soon(lambda: told._listener is not None and told._followed[meanwhile].is_set())
                told.announce(before, Head(EPOCH, 2))
                told.announce(meanwhile, Head(EPOCH, 3))
                await soon(lambda: {(before, 2), (meanwhile, 3)} <= set(heard))

        assert [line["event"] for line in logs if line["event"].startswith("hints.")] == ["hints.away", "hints.back"]

    async def test_hear_of_whom_they_could_not_follow_at_first(
        self, redis_url: str, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Although the connection, and with it all others who are followed, may have been well."""
        before, deaf = uuid4(), uuid4()
        async with process(redis_url, proxy) as (told, heard):
            await told.follow(before)
            listener = told._listener
            assert listener is not None

            async def fail(*_: bytes) -> None:
                raise TimeoutError

            monkeypatch.setattr(listener, "subscribe", fail)
            await told.follow(deaf)
            monkeypatch.undo()
            await soon(lambda: told._followed[deaf].is_set() and told._followed[before].is_set())
            for number, owner_id in enumerate((before, deaf), start=1):
                told.announce(owner_id, Head(EPOCH, number))
            await soon(lambda: {(before, 1), (deaf, 2)} <= set(heard))

    async def test_are_announced_to_without_waiting(self, redis_url: str, proxy: FaultProxy) -> None:
        owner_id = uuid4()
        async with process(redis_url, proxy) as (told, heard):
            await told.follow(owner_id)
            proxy.silence()
            began = asyncio.get_running_loop().time()
            for number in range(1000):
                told.announce(owner_id, Head(EPOCH, number))
            took = asyncio.get_running_loop().time() - began
            proxy.speak()
            told.announce(owner_id, Head(EPOCH, 1000))
            await soon(lambda: (owner_id, 1000) in heard)

        assert took < 1
