import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import orjson
import pytest
from services.auth.tests.support import Person

from auth_service.keys.pairs import KeyPair
from auth_service.sessions.tokens import Mint
from auth_service.settings import SigningAlgorithm
from chassis.encryption import KeyRing

VERIFY = Path(__file__).parent / "verify.mjs"


async def verified_by_node(token: str, jwks: dict[str, Any]) -> dict[str, Any] | None:
    """The claims, if Node's own cryptography and the published keys are enough to verify the token."""
    asked = {"token": token, "jwks": jwks, "issuer": "https://api.test", "audience": "daybook"}
    pipe = asyncio.subprocess.PIPE
    node = await asyncio.create_subprocess_exec("node", str(VERIFY), stdin=pipe, stdout=pipe, stderr=pipe)
    answer, _ = await node.communicate(orjson.dumps(asked))
    claims: dict[str, Any] | None = orjson.loads(answer) if node.returncode == 0 else None
    return claims


class Keys:
    """One key, of any algorithm, as it would sign and be published."""

    def __init__(self, pair: KeyPair) -> None:
        self._pair = pair
        self.published = {"keys": [pair.public_jwk]}

    async def current(self, _: object) -> tuple[str, KeyPair]:
        return self._pair.kid, self._pair


class TestJwks:
    @pytest.mark.parametrize("path", ["/.well-known/jwks.json", "/auth/.well-known/jwks.json"])
    async def test_publishes_the_keys_and_lets_them_be_kept(self, client: httpx.AsyncClient, path: str) -> None:
        response = await client.get(path)

        assert response.status_code == 200
        assert response.headers["content-type"] == "application/jwk-set+json"
        assert response.headers["cache-control"] == "public, max-age=300"
        for key in response.json()["keys"]:
            assert key.keys() == {"kty", "n", "e", "kid", "alg", "use"}
            assert (key["kty"], key["alg"], key["use"], key["e"]) == ("RSA", "RS256", "sig", "AQAB")

    async def test_is_all_that_is_needed_to_verify_a_token(self, person: Person) -> None:
        keys = jwt.PyJWKSet.from_dict((await person.client.get("/.well-known/jwks.json")).json())
        token = person.answer["access_token"]

        claims = jwt.decode(
            token,
            keys[jwt.get_unverified_header(token)["kid"]],
            algorithms=["RS256"],
            audience="daybook",
            issuer="https://api.test",
        )

        assert claims["sub"] == str(person.id)

    async def test_is_all_that_node_needs(self, person: Person) -> None:
        jwks = (await person.client.get("/.well-known/jwks.json")).json()
        token = person.answer["access_token"]
        forged = token[:-8] + ("A" * 8 if not token.endswith("A" * 8) else "B" * 8)

        claims = await verified_by_node(token, jwks)

        assert claims is not None
        assert UUID(claims["sub"]) == person.id
        assert await verified_by_node(forged, jwks) is None

    @pytest.mark.usefixtures("quick_keys")
    @pytest.mark.parametrize("algorithm", ["PS256", "EdDSA"])
    async def test_is_all_that_node_needs_for_other_algorithms(
        self, algorithm: SigningAlgorithm, ring: KeyRing
    ) -> None:
        keys, user_id = Keys(KeyPair.generate(algorithm)), uuid4()
        mint = Mint(keys, ring, issuer="https://api.test", audience="daybook")  # type: ignore[arg-type]
        token = (await mint.access_token(None, user_id=user_id, session_id=uuid4())).text  # type: ignore[arg-type]

        claims = await verified_by_node(token, keys.published)

        assert claims is not None
        assert claims["sub"] == str(user_id)


class TestEventKeys:
    async def test_are_those_of_the_tokens_while_none_is_old(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/internal/event-keys")

        assert response.status_code == 200
        assert response.json() == (await client.get("/.well-known/jwks.json")).json()
