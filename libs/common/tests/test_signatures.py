import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import jwt
import pytest
from tests.support.servers import Service, serving
from tests.support.tokens import Issuer, new_key

from chassis import signatures
from chassis.key_sets import KeySet
from chassis.problems import Problem, ServiceUnavailable
from chassis.settings import EventSettings
from chassis.signatures import BadSignatureError, SignatureVerifier
from chassis.tokens import TokenVerifier

BODY = b'{"type": "bell.rang.v1"}'


def of_another_type(issuer: Issuer) -> str:
    headers = {"typ": "at+jwt", "kid": issuer.kid}
    return jwt.PyJWS().encode(BODY, issuer.key, "RS256", headers=headers, is_payload_detached=True)


def with_another_algorithm(issuer: Issuer) -> str:
    return signatures.sign(BODY, issuer.key, kid=issuer.kid, algorithm="RS512")


def by_an_unknown_key(issuer: Issuer) -> str:
    return signatures.sign(BODY, issuer.key, kid="nobody-has-it", algorithm="RS256")


def by_another_key(issuer: Issuer) -> str:
    return signatures.sign(BODY, new_key(), kid=issuer.kid, algorithm="RS256")


def without_a_key_id(issuer: Issuer) -> str:
    headers = {"typ": "secevent+jwt"}
    return jwt.PyJWS().encode(BODY, issuer.key, "RS256", headers=headers, is_payload_detached=True)


def of_another_body(issuer: Issuer) -> str:
    return signatures.sign(BODY + b" ", issuer.key, kid=issuer.kid, algorithm="RS256")


def with_its_payload_inside(issuer: Issuer) -> str:
    return jwt.PyJWS().encode(BODY, issuer.key, "RS256", headers={"typ": "secevent+jwt", "kid": issuer.kid})


def an_access_token(issuer: Issuer) -> str:
    return issuer.sign(uuid4())


FORGERIES = [
    of_another_type,
    with_another_algorithm,
    by_an_unknown_key,
    by_another_key,
    without_a_key_id,
    of_another_body,
    with_its_payload_inside,
    an_access_token,
]


class TestSignatureVerifier:
    async def test_takes_what_auth_signed(self, event_signatures: SignatureVerifier, token_issuer: Issuer) -> None:
        await event_signatures.verify(BODY, await token_issuer.sign_event(BODY))

    @pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
    async def test_refuses_what_it_did_not(
        self, event_signatures: SignatureVerifier, token_issuer: Issuer, forge: Callable[[Issuer], str]
    ) -> None:
        with pytest.raises(BadSignatureError):
            await event_signatures.verify(BODY, forge(token_issuer))

    @pytest.mark.parametrize("signature", [None, 7, b"..", "", "..", "a.b.c", "nonsense"])
    async def test_refuses_what_is_none(self, event_signatures: SignatureVerifier, signature: object) -> None:
        with pytest.raises(BadSignatureError):
            await event_signatures.verify(BODY, signature)

    async def test_cannot_tell_while_auth_is_away(self, token_issuer: Issuer) -> None:
        answers: list[dict[str, Any]] = [{"keys": [token_issuer.public_jwk]}]

        async def fetch() -> dict[str, Any]:
            return answers.pop()

        known = SignatureVerifier(KeySet(fetch, retry_seconds=0))
        await known.verify(BODY, await token_issuer.sign_event(BODY))

        unknown = await replace(token_issuer, key=new_key(), kid="made-a-moment-ago").sign_event(BODY)
        with pytest.raises(ServiceUnavailable):
            await known.verify(BODY, unknown)

    async def test_that_waits_believes_no_key_that_was_revoked_a_second_ago(self, token_issuer: Issuer) -> None:
        auth = Service(jwks={"keys": [token_issuer.public_jwk]})
        signature = await token_issuer.sign_event(BODY)
        async with serving(auth) as port:
            settings = EventSettings(keys_url=f"http://127.0.0.1:{port}/jwks.json")
            async with signatures.connect(settings, waits=True) as verifier:
                await verifier.verify(BODY, signature)
                auth.jwks = {"keys": [replace(token_issuer, key=new_key(), kid="second").public_jwk]}
                await asyncio.sleep(1.1)

                with pytest.raises(BadSignatureError):
                    await verifier.verify(BODY, signature)

    async def test_makes_nothing_that_passes_for_an_access_token(
        self, token_verifier: TokenVerifier, token_issuer: Issuer
    ) -> None:
        with pytest.raises(Problem):
            await token_verifier.verify(await token_issuer.sign_event(BODY))
