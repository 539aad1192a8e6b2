import asyncio
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
