import asyncio
import time
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from tests.support.tokens import FORGERIES, Forgery, Issuer, new_key

from chassis import tokens
from chassis.problems import ServiceUnavailable, Unauthenticated
from chassis.settings import TokenSettings
from chassis.tokens import KeySet, Principal, Revoked, TokenVerifier

SETTINGS = TokenSettings(issuer="https://issuer.test", jwks_url="https://issuer.test/jwks.json")


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


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(new_key(), "first", SETTINGS)


@pytest.fixture
def publisher(issuer: Issuer) -> Publisher:
    return Publisher(issuer.public_jwk)


@pytest.fixture
def verifier(publisher: Publisher) -> TokenVerifier:
    return TokenVerifier(SETTINGS, KeySet(publisher.fetch))


class TestVerify:
    async def test_says_who_is_calling(self, issuer: Issuer, verifier: TokenVerifier) -> None:
        user_id, session_id = uuid4(), uuid4()

        principal = await verifier.verify(issuer.sign(user_id, sid=str(session_id)))

        assert (principal.id, principal.session_id) == (user_id, session_id)
        assert "todos:read" in principal.scopes

    @pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
    async def test_refuses_a_forgery(self, issuer: Issuer, verifier: TokenVerifier, forge: Forgery) -> None:
        with pytest.raises(Unauthenticated) as refused:
            await verifier.verify(forge(issuer, uuid4()))

        assert refused.value.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'

    @pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "é" * 50, "x" * 5000, "e30.e30.", "bnVsbA.e30.e30"])
    async def test_refuses_what_is_no_token_at_all(self, verifier: TokenVerifier, token: str) -> None:
        with pytest.raises(Unauthenticated):
            await verifier.verify(token)

    async def test_checks_a_signature_once(
        self, issuer: Issuer, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        token = issuer.sign(uuid4())
        first = await verifier.verify(token)
        monkeypatch.setattr(jwt, "decode", lambda *_, **__: pytest.fail("checked again"))

        assert await verifier.verify(token) is first

    async def test_forgets_a_token_when_it_expires(
        self, issuer: Issuer, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        token = issuer.sign(uuid4())
        expires_at = (await verifier.verify(token)).expires_at

        monkeypatch.setattr(time, "time", lambda: expires_at + tokens._LEEWAY_SECONDS + 1)

        def decode(*_: object, **__: object) -> None:
            raise jwt.ExpiredSignatureError

        monkeypatch.setattr(jwt, "decode", decode)
        with pytest.raises(Unauthenticated):
            await verifier.verify(token)

    async def test_refuses_whom_it_is_told_to_also_when_the_token_is_remembered(
        self, issuer: Issuer, publisher: Publisher
    ) -> None:
        ended: set[UUID] = set()

        class Refusals:
            def is_revoked(self, principal: Principal) -> bool:
                return principal.session_id in ended

        verifier = TokenVerifier(SETTINGS, KeySet(publisher.fetch), Refusals())
        token = issuer.sign(uuid4())
        ended.add((await verifier.verify(token)).session_id)

        with pytest.raises(Revoked) as refused:
            await verifier.verify(token)
        with pytest.raises(Unauthenticated) as forged:
            await verifier.verify(f"{token}x")

        assert refused.value.document() == forged.value.document()
        assert refused.value.headers == forged.value.headers

    async def test_remembers_only_so_many(self, issuer: Issuer, publisher: Publisher) -> None:
        verifier = TokenVerifier(SETTINGS, KeySet(publisher.fetch), remember=3)

        for _ in range(5):
            await verifier.verify(issuer.sign(uuid4()))

        assert len(verifier._verified) == 3


class TestKeySet:
    async def test_is_fetched_once_however_many_ask(self, publisher: Publisher) -> None:
        keys = KeySet(publisher.fetch)

        found = await asyncio.gather(*(keys.find("first") for _ in range(50)))

        assert all(found)
        assert publisher.asked == 1

    async def test_a_flood_of_unknown_ids_costs_one_fetch(self, publisher: Publisher) -> None:
        keys = KeySet(publisher.fetch)
        await keys.find("first")

        for number in range(100):
            assert await keys.find(f"invented-{number}") is None

        assert publisher.asked == 1

    async def test_learns_a_new_key_when_it_is_used(self, publisher: Publisher) -> None:
        keys = KeySet(publisher.fetch, retry_seconds=0)
        await keys.find("first")
        second = Issuer(new_key(), "second", SETTINGS)
        publisher.keys.append(second.public_jwk)

        assert await keys.find("second") is not None

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
        monkeypatch.setattr(tokens, "_FIRST_FETCH_SECONDS", 0)

        assert await keys.find("first") is not None

    async def test_a_key_it_cannot_use_does_not_hide_the_others(self, publisher: Publisher) -> None:
        publisher.keys.insert(0, {"kty": "oct", "kid": "secret", "alg": "HS256", "k": "c2VjcmV0"})
        keys = KeySet(publisher.fetch)

        assert await keys.find("first") is not None
        assert await keys.find("secret") is None
