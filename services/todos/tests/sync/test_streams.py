"""Streams on real servers, told of by a real Redis."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from services.todos.tests.support import SignIn, Start, execute, slug
from services.todos.tests.sync.device import Device, change, creation, operation
from services.todos.tests.sync.listening import Started, listening
from structlog.testing import capture_logs
from tests.support.faults import FaultProxy, faults_before
from tests.support.servers import revocations, serving, until
from tests.support.tokens import SignToken

from chassis.database import Database
from chassis.revocation.knowledge import Revocations, Snapshot
from chassis.settings import RedisSettings


@dataclass(frozen=True)
class Process:
    app: FastAPI
    port: int


@pytest.fixture
def redis(redis_url: str) -> RedisSettings:
    return RedisSettings(url=SecretStr(redis_url))


@asynccontextmanager
async def process(start: Start, **replaced: object) -> AsyncIterator[Process]:
    async with start(**replaced) as app, serving(Started(app)) as port:
        yield Process(app, port)


@pytest.fixture
async def todos(start: Start, redis: RedisSettings) -> AsyncIterator[Process]:
    async with process(start, redis=redis) as todos:
        yield todos


@pytest.fixture
def token(sign_token: SignToken, user_id: UUID) -> str:
    return sign_token(user_id)


def device(process: Process, sign_in: SignIn, user_id: UUID) -> Device:
    return Device(sign_in(user_id, to=process.app))


class TestHeads:
    async def test_come_at_once_and_with_every_change(
        self, todos: Process, sign_in: SignIn, user_id: UUID, token: str
    ) -> None:
        phone = device(todos, sign_in, user_id)
        await phone.push(creation())
        async with listening(todos.port, token) as laptop:
            name, first = await laptop.next()
            await phone.push(creation())
            second = await laptop.heads(until=2)
        await phone.pull()

        assert (name, first["head"], second) == ("head", 1, [2])
        assert first["epoch"] == phone.epoch

    async def test_come_from_every_process_and_every_way_of_writing(
        self, *, todos: Process, start: Start, redis: RedisSettings, sign_in: SignIn, user_id: UUID, token: str
    ) -> None:
        async with start(redis=redis) as other, listening(todos.port, token) as laptop:
            client = sign_in(user_id, to=other)
            assert await laptop.next() == ("head", {"epoch": (await _epoch(client)), "head": 0})

            todo = (await client.post("/todos", json={"title": "Water the plants"})).json()
            await laptop.heads(until=1)
            await client.patch(f"/todos/{todo['id']}/toggle")
            await laptop.heads(until=2)
            await client.delete(f"/todos/{todo['id']}", headers={"If-Match": "*"})
            await laptop.heads(until=3)
            await Device(client).push(creation("Feed the cat"))

            assert await laptop.heads(until=4) == [4]

    async def test_of_ones_own_process_come_without_redis(
        self, start: Start, sign_in: SignIn, user_id: UUID, token: str
    ) -> None:
        nowhere = RedisSettings(url=SecretStr("redis://127.0.0.1:1/0"))
        async with process(start, redis=nowhere) as alone, listening(alone.port, token) as laptop:
            await laptop.next()
            await device(alone, sign_in, user_id).push(creation())

            assert await laptop.heads(until=1) == [1]

    async def test_are_of_oneself_only(
        self, todos: Process, sign_in: SignIn, user_id: UUID, token: str, sign_token: SignToken
    ) -> None:
        stranger_id = uuid4()
        async with listening(todos.port, token) as mine, listening(todos.port, sign_token(stranger_id)) as theirs:
            await mine.next()
            await theirs.next()
            await device(todos, sign_in, stranger_id).push(creation())
            await theirs.heads(until=1)
            await device(todos, sign_in, user_id).push(creation(), creation())

            assert (await mine.heads(until=2))[-1] == 2

    async def test_say_nothing_of_what_changed_nothing(
        self, todos: Process, sign_in: SignIn, user_id: UUID, token: str
    ) -> None:
        phone = device(todos, sign_in, user_id)
        (made,) = await phone.push(creation("Water the plants"))
        async with listening(todos.port, token) as laptop:
            await laptop.next()
            await phone.push(operation("update", made["todo"]["id"], 1, title=change("?", "Water the plants")))
            await phone.push(creation())

            assert await laptop.next() == ("head", {"epoch": (await _epoch(phone.client)), "head": 3})

    async def test_need_no_redis_in_a_process_alone(
        self, start: Start, sign_in: SignIn, user_id: UUID, token: str
    ) -> None:
        async with process(start, redis=None) as alone, listening(alone.port, token) as laptop:
            await laptop.next()
            await device(alone, sign_in, user_id).push(creation())

            assert await laptop.heads(until=1) == [1]


async def _epoch(client: httpx.AsyncClient) -> str:
    epoch: str = (await client.get("/sync/changes")).json()["epoch"]
    return epoch


class TestOpening:
    async def test_says_how_it_wants_to_be_treated_on_the_way(self, todos: Process, token: str) -> None:
        async with listening(todos.port, token) as stream:
            headers = stream.answer.headers

        assert headers["content-type"] == "text/event-stream"
        assert headers["cache-control"] == "no-cache, no-transform"
        assert "content-length" not in headers

    async def test_has_a_request_id_of_its_own(self, todos: Process, token: str) -> None:
        async with listening(todos.port, token) as one, listening(todos.port, token) as other:
            ids = [stream.answer.headers.get_list("x-request-id") for stream in (one, other)]

        assert [len(each) for each in ids] == [1, 1]
        assert ids[0] != ids[1]

    @pytest.mark.parametrize(
        "authorization, status, problem",
        [
            (None, 401, "unauthenticated"),
            ("Basic dXNlcjpwYXNz", 401, "unauthenticated"),
            ("Bearer", 401, "unauthenticated"),
            ("Bearer a.b.c", 401, "unauthenticated"),
            ("write", 403, "insufficient-scope"),
        ],
    )
    async def test_is_refused_as_everything_else_is(
        self, app: FastAPI, sign_token: SignToken, authorization: str | None, status: int, problem: str
    ) -> None:
        if authorization == "write":
            authorization = f"Bearer {sign_token(uuid4(), scope='todos:write')}"
        headers = {"Authorization": authorization} if authorization else {}
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://todos.test") as client:
            refused = await client.get("/sync/stream", headers=headers)

        assert (refused.status_code, slug(refused)) == (status, problem)
        assert refused.headers["x-request-id"]

    async def test_takes_for_a_token_what_every_other_endpoint_does(self, todos: Process, token: str) -> None:
        async with listening(todos.port, f" {token}") as stream:
            name, _ = await stream.next()

        assert (stream.answer.status_code, name) == (200, "head")

    async def test_is_refused_to_somebody_erased(
        self, client: httpx.AsyncClient, database: Database, user_id: UUID
    ) -> None:
        await client.get("/sync/changes")
        await execute(database, "UPDATE streams SET erased_at = now() WHERE owner_id = :owner", owner=user_id)

        refused = await client.get("/sync/stream")

        assert (refused.status_code, slug(refused)) == (410, "account-erased")

    async def test_takes_get_only_and_head(self, client: httpx.AsyncClient) -> None:
        refused = await client.post("/sync/stream")

        assert (refused.status_code, slug(refused)) == (405, "method-not-allowed")
        assert refused.headers["allow"] == "GET, HEAD"

    async def test_ends_at_once_for_who_asks_for_its_head(self, start: Start, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            process(start, streams_per_owner=1) as todos,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{todos.port}", timeout=60) as client,
        ):
            # One after the other, although there may be one at a time: none of them stays open.
            answers = [await client.head("/sync/stream", headers=headers) for _ in range(3)]

        assert [(each.status_code, each.headers["content-type"]) for each in answers] == [
            (200, "text/event-stream")
        ] * 3

    async def test_of_too_many_is_refused(self, start: Start, token: str) -> None:
        async with process(start, streams_per_owner=1) as todos, listening(todos.port, token) as first:
            await first.next()
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{todos.port}") as client:
                refused = await client.get("/sync/stream", headers={"Authorization": f"Bearer {token}"})

        assert (refused.status_code, slug(refused)) == (429, "too-many-streams")
        assert refused.headers["retry-after"] == "60"


class TestEnd:
    async def test_comes_at_once_when_the_session_is_revoked(
        self, todos: Process, sign_token: SignToken, user_id: UUID
    ) -> None:
        out, within = uuid4(), uuid4()
        known: Revocations = todos.app.state.revocations
        async with (
            listening(todos.port, sign_token(user_id, sid=str(out))) as ended,
            listening(todos.port, sign_token(user_id, sid=str(within))) as other,
        ):
            await ended.next()
            await other.next()
            snapshot = revocations(out)
            for each in snapshot["items"]:
                each["user_id"] = str(user_id)
            known.learn(Snapshot.model_validate(snapshot), asked_at=time.monotonic())
            began = time.monotonic()
            event = await ended.next()
            took = time.monotonic() - began

            assert event == ("end", {"reason": "revoked"})
            assert await ended.is_closed()
            assert took < 1
            assert todos.app.state.hub.size == 1

    async def test_comes_before_the_process_stops(self, todos: Process, token: str) -> None:
        async with listening(todos.port, token) as laptop:
            await laptop.next()
            todos.app.state.health.draining = True

            assert await laptop.next() == ("end", {"reason": "shutdown"})
            assert await laptop.is_closed()

    async def test_of_a_client_that_leaves_is_noticed(self, todos: Process, token: str) -> None:
        hub = todos.app.state.hub
        async with listening(todos.port, token) as laptop:
            await laptop.next()
            assert hub.size == 1

        await until(lambda: hub.size == 0, within=30)
        assert todos.app.state.channels._followed == {}


class TestRedisAway:
    @pytest.fixture
    async def proxy(self, redis_url: str) -> AsyncIterator[FaultProxy]:
        address = urlsplit(redis_url)
        async with faults_before(address.hostname or "127.0.0.1", address.port or 6379) as proxy:
            yield proxy

    @pytest.fixture
    def through(self, redis_url: str, proxy: FaultProxy) -> RedisSettings:
        address = urlsplit(redis_url)
        credentials = address.netloc.rpartition("@")[0]
        netloc = f"{credentials}@127.0.0.1:{proxy.port}" if credentials else f"127.0.0.1:{proxy.port}"
        return RedisSettings(url=SecretStr(address._replace(netloc=netloc).geturl()))

    async def test_silences_streams_and_harms_nothing_else(
        self,
        *,
        start: Start,
        sign_in: SignIn,
        user_id: UUID,
        token: str,
        proxy: FaultProxy,
        through: RedisSettings,
    ) -> None:
        async with process(start, redis=through) as todos, listening(todos.port, token) as laptop:
            phone = device(todos, sign_in, user_id)
            await laptop.next()
            await phone.push(creation())
            await laptop.heads(until=1)

            with capture_logs() as logs:
                await proxy.refuse()
                written = [await phone.push(creation()) for _ in range(5)]
                async with listening(todos.port, token) as opened_meanwhile:
                    at_once = await opened_meanwhile.next()
                    await until(lambda: any(line["event"] == "hints.away" for line in logs), within=30)
                    await proxy.start()
                    await until(lambda: any(line["event"] == "hints.back" for line in logs), within=30)
                    await phone.push(creation())
                    heads = await opened_meanwhile.heads(until=7)
            after = await laptop.heads(until=7)

        assert [result[0]["outcome"] for result in written] == ["applied"] * 5
        assert at_once[1]["head"] == 6
        assert heads[-1] == after[-1] == 7
        # Once each time: while it is being cut off, a connection may come back for a moment.
        told = [line["event"] for line in logs if line["event"].startswith("hints.")]
        assert told == ["hints.away", "hints.back"] * (len(told) // 2)

    async def test_from_the_start_keeps_nobody_from_writing(
        self, *, start: Start, sign_in: SignIn, user_id: UUID, token: str, proxy: FaultProxy, through: RedisSettings
    ) -> None:
        await proxy.refuse()
        async with process(start, redis=through) as todos, listening(todos.port, token) as laptop:
            first = await laptop.next()
            written = await device(todos, sign_in, user_id).push(creation())
            failures = await todos.app.state.health.failures()

        assert first[1]["head"] == 0
        assert written[0]["outcome"] == "applied"
        # Auth is nowhere in this test; of Redis nothing is said.
        assert set(failures) <= {"token_keys", "revocations"}
