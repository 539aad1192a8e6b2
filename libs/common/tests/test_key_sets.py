import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import httpx
import pytest
from tests.support.tokens import Issuer, new_key

from chassis import key_sets
from chassis.key_sets import KeySet
from chassis.problems import ServiceUnavailable


class Publisher:
    """The issuer's JWKS endpoint: counts how often it is asked, and may be away."""

    def __init__(self, *keys: dict[str, Any]) -> None:
        self.keys, self.asked, self.away = list(keys), 0, False

    async def fetch(self) -> dict[str, Any]:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise httpx.ConnectError("away")
        return {"keys": self.keys}


@pytest.fixture
def publisher(token_issuer: Issuer) -> Publisher:
    return Publisher(replace(token_issuer, kid="first").public_jwk)


class TestKeySet:
    async def test_is_fetched_once_however_many_ask(self, publisher: Publisher) -> None:
        keys = KeySet(publisher.fetch)

        found = await asyncio.gather(*(keys.find("first") for _ in range(50)))

        assert all(found)
        assert publisher.asked == 1

    @pytest.mark.promise("P10")
    async def test_a_flood_of_unknown_ids_costs_one_fetch(self, publisher: Publisher) -> None:
        keys = KeySet(publisher.fetch)
        await keys.find("first")

        for number in range(100):
            assert await keys.find(f"invented-{number}") is None

        assert publisher.asked == 1

    async def test_learns_a_new_key_when_it_is_used(self, publisher: Publisher, token_issuer: Issuer) -> None:
        keys = KeySet(publisher.fetch, retry_seconds=0)
        await keys.find("first")
        second = replace(token_issuer, key=new_key(), kid="second")
        publisher.keys.append(second.public_jwk)

        assert await keys.find("second") is not None

    async def test_that_waits_finds_no_key_that_was_taken_away_a_moment_ago(
        self, publisher: Publisher, token_issuer: Issuer
    ) -> None:
        now = 0.0
        waiting, other = (
            KeySet(publisher.fetch, fresh_seconds=1, retry_seconds=1, waits=waits, clock=lambda: now)
            for waits in (True, False)
        )
        for keys in (waiting, other):
            assert await keys.find("first") is not None
        publisher.keys[:] = [replace(token_issuer, key=new_key(), kid="second").public_jwk]
        now = 1.5

        assert await waiting.find("first") is None
        # The control: who does not wait learns it for the next time.
        assert await other.find("first") is not None

        now, publisher.away = 3.0, True
        assert await waiting.find("second") is not None

    async def test_keeps_its_keys_while_the_issuer_is_away(self, publisher: Publisher) -> None:
        keys = KeySet(publisher.fetch, fresh_seconds=0, retry_seconds=0)
        await keys.find("first")
        publisher.away = True

        assert await keys.find("first") is not None
        assert await keys.find("invented") is None
        assert publisher.asked > 1

    async def test_says_unavailable_rather_than_unauthenticated_before_it_has_any_key(
        self, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publisher.away = True
        keys = KeySet(publisher.fetch)

        with pytest.raises(ServiceUnavailable):
            await keys.find("first")
        with pytest.raises(ServiceUnavailable):
            await keys.find("first")
        assert publisher.asked == 1  # asking again at once would not help
        publisher.away = False
        monkeypatch.setattr(key_sets, "_FIRST_FETCH_SECONDS", 0)

        assert await keys.find("first") is not None

    async def test_a_key_it_cannot_use_does_not_hide_the_others(self, publisher: Publisher) -> None:
        publisher.keys.insert(0, {"kty": "oct", "kid": "secret", "alg": "HS256", "k": "c2VjcmV0"})
        keys = KeySet(publisher.fetch)

        assert await keys.find("first") is not None
        assert await keys.find("secret") is None


@asynccontextmanager
async def strangers(keys: KeySet) -> AsyncIterator[None]:
    """Somebody who makes up ids of keys, all the time."""

    async def ask() -> None:
        number = 0
        while True:
            number += 1
            assert await keys.find(f"invented-{number}") is None
            await asyncio.sleep(0.005)

    asking = asyncio.create_task(ask())
    try:
        yield
    finally:
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking


async def known_after(keys: KeySet, kid: str, *, seconds: float) -> float:
    """How long it took until a token of this key would be taken. Raises TimeoutError."""
    began = time.monotonic()
    async with asyncio.timeout(seconds):
        while await keys.find(kid) is None:  # noqa: ASYNC110 (it tells nobody)
            await asyncio.sleep(0.005)
    return time.monotonic() - began


Publish = Callable[[str], None]


class TestExpectSuccessor:
    @pytest.fixture
    def publish(self, publisher: Publisher, token_issuer: Issuer) -> Publish:
        """Another key in the place of the one that there was."""

        def publish(kid: str) -> None:
            publisher.keys[:] = [replace(token_issuer, kid=kid).public_jwk]

        return publish

    async def test_knows_each_of_two_successors_within_a_second_whatever_strangers_ask(
        self, publisher: Publisher, publish: Publish
    ) -> None:
        keys, began = KeySet(publisher.fetch), time.monotonic()
        async with strangers(keys):
            assert await known_after(keys, "first", seconds=1)
            for kid in ("second", "third"):
                publish(kid)
                keys.expect_successor()
                assert await known_after(keys, kid, seconds=1) < 1
        assert publisher.asked <= 1 + (time.monotonic() - began) / key_sets._SUCCESSOR_RETRY_SECONDS

    async def test_is_what_it_takes(self, publisher: Publisher, publish: Publish) -> None:
        """The control: what strangers use up, others do not have."""
        keys = KeySet(publisher.fetch)
        async with strangers(keys):
            assert await known_after(keys, "first", seconds=1)
            publish("second")
            with pytest.raises(TimeoutError):
                await known_after(keys, "second", seconds=1)

    async def test_knows_one_that_is_made_only_later(self, publisher: Publisher, publish: Publish) -> None:
        keys = KeySet(publisher.fetch)
        async with strangers(keys):
            assert await known_after(keys, "first", seconds=1)
            keys.expect_successor()
            await asyncio.sleep(key_sets._SUCCESSOR_RETRY_SECONDS)
            publish("second")
            assert await known_after(keys, "second", seconds=1) < 1

    async def test_costs_little_however_many_keys_are_revoked(
        self, publisher: Publisher, publish: Publish, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(key_sets, "_SUCCESSOR_RETRY_SECONDS", 0.1)
        keys = KeySet(publisher.fetch)
        assert await keys.find("first")
        began = time.monotonic()
        for number in range(200):
            publish(f"successor-{number}")
            keys.expect_successor()
            await asyncio.sleep(0.002)

        assert await known_after(keys, "successor-199", seconds=1) < 1
        assert 2 <= publisher.asked <= 2 + (time.monotonic() - began) / 0.1

    async def test_asks_again_where_the_answer_is_from_before(self, publisher: Publisher, publish: Publish) -> None:
        arrived, gate = asyncio.Event(), asyncio.Event()

        async def slow() -> dict[str, Any]:
            answer = {"keys": list(publisher.keys)}
            arrived.set()
            await gate.wait()
            return answer

        keys = KeySet(slow)
        first = asyncio.create_task(keys.find("first"))
        await arrived.wait()
        publish("second")
        keys.expect_successor()
        gate.set()

        assert await first
        assert await known_after(keys, "second", seconds=1) < 1

    async def test_makes_strangers_cost_more_for_a_minute_only(self, publisher: Publisher) -> None:
        now = 0.0
        keys = KeySet(publisher.fetch, clock=lambda: now)
        assert await keys.find("first")
        now = 1
        keys.expect_successor()
        asked = []
        for now in (2.0, 2.1, 2.6, 40.0, 61.5, 69.0):  # noqa: B007 (the clock reads it)
            await keys.find("invented")
            asked.append(publisher.asked)

        assert asked == [2, 2, 3, 4, 4, 4]
