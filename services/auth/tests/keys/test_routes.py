import httpx
import jwt
import pytest
from services.auth.tests.support import Person


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
