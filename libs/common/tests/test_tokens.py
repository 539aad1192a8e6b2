import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from libs.common.tests.test_key_sets import Publisher
from tests.support.promises import Measured, size
from tests.support.servers import Service, serving
from tests.support.tokens import FORGERIES, Forgery, Issuer, mutated, new_key

from chassis import tokens
from chassis.key_sets import KeySet
from chassis.principals import Principal
from chassis.problems import ServiceUnavailable, Unauthenticated
from chassis.settings import TokenSettings, TrustedIssuer
from chassis.tokens import Revoked, TokenVerifier

MUTATIONS = size(quick=3000, full=100_000)
SETTINGS = TokenSettings(issuer="https://issuer.test", jwks_url="https://issuer.test/jwks.json")


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(new_key(), "first", SETTINGS)


@pytest.fixture
def publisher(issuer: Issuer) -> Publisher:
    return Publisher(issuer.public_jwk)


@pytest.fixture
def verifier(publisher: Publisher) -> TokenVerifier:
    return TokenVerifier(SETTINGS, KeySet(publisher.fetch))


class TestBearerToken:
    @pytest.mark.parametrize(
        "authorization", [b"Bearer a.b.c", b"bearer a.b.c", b"Bearer  a.b.c", b"Bearer    a.b.c", b"Bearer a.b.c "]
    )
    def test_is_what_follows_the_scheme(self, authorization: bytes) -> None:
        assert tokens.bearer_token(authorization) == "a.b.c"

    @pytest.mark.parametrize(
        "authorization",
        [None, b"", b"Bearer", b"Bearer  ", b"Basic YTpi", b" Bearer a.b.c", b"Bearer\ta.b.c", "Bearer é".encode()],
    )
    def test_is_nothing_else(self, authorization: bytes | None) -> None:
        assert tokens.bearer_token(authorization) is None


class TestVerify:
    async def test_says_who_is_calling(self, issuer: Issuer, verifier: TokenVerifier) -> None:
        user_id, session_id = uuid4(), uuid4()

        principal = await verifier.verify(issuer.sign(user_id, sid=str(session_id)))

        assert (principal.id, principal.session_id, principal.key_id) == (user_id, session_id, issuer.kid)
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

    @pytest.mark.promise("P10")
    async def test_refuses_whatever_is_changed_about_a_good_token(
        self, issuer: Issuer, verifier: TokenVerifier, measured: Measured
    ) -> None:
        token, dice = issuer.sign(uuid4()), random.Random(10)  # noqa: S311 (dice)
        await verifier.verify(token)

        for _ in range(MUTATIONS):
            changed = mutated(token, dice)
            with pytest.raises(Unauthenticated):
                await verifier.verify(changed)
        measured |= {"mutations": MUTATIONS, "passed": 0}

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


@dataclass(frozen=True)
class Neighbour:
    """Another issuer with a key-set endpoint of its own, and what it takes to sign as it."""

    trusted: TrustedIssuer
    key: RSAPrivateKey | Ed25519PrivateKey
    algorithm: str = "RS256"
    # The same as our own key's: ids are unique to an issuer, not in the world.
    kid: str = "first"

    @property
    def public_jwk(self) -> dict[str, Any]:
        kind = jwt.get_algorithm_by_name(self.algorithm)
        jwk: dict[str, Any] = kind.to_jwk(self.key.public_key(), as_dict=True)
        return jwk | {"kid": self.kid, "alg": self.algorithm, "use": "sig"}

    def sign(self, **changes: Any) -> str:
        """As Keycloak and its like sign: `sub` is a text of theirs, there is no `jti` and perhaps no `sid`."""
        typ = changes.pop("typ", "JWT")
        now = int(time.time())
        claims = {"iss": self.trusted.issuer, "aud": ["account", "daybook"], "sub": "ada", "iat": now, "exp": now + 60}
        claims = {name: value for name, value in (claims | changes).items() if value is not None}
        # Not by `jwt.encode`, which would not write some of the claims that are tried here.
        return jwt.PyJWS().encode(orjson.dumps(claims), self.key, self.algorithm, {"typ": typ, "kid": self.kid})


@asynccontextmanager
async def trusting(
    issuer: Issuer, *, key: RSAPrivateKey | Ed25519PrivateKey, algorithm: str, **trust: Any
) -> AsyncIterator[tuple[Neighbour, TokenVerifier]]:
    """A neighbour, and a verifier that trusts it besides our own issuer; both fetch keys over HTTP."""
    service = Service()
    async with serving(service) as port:
        name = f"http://127.0.0.1:{port}/realms/neighbours"
        address = f"http://127.0.0.1:{port}/jwks.json"
        own_service = Service(jwks={"keys": [issuer.public_jwk]})
        async with serving(own_service) as own_port:
            trusted = TrustedIssuer(
                issuer=name, audience="daybook", jwks_url=address, types=frozenset({"JWT", ""}), **trust
            )
            settings = TokenSettings(
                issuer=SETTINGS.issuer, jwks_url=f"http://127.0.0.1:{own_port}/jwks.json", trusted=(trusted,)
            )
            neighbour = Neighbour(trusted, key, algorithm)
            service.jwks = {"keys": [neighbour.public_jwk]}
            async with tokens.connect(settings) as verifier:
                yield neighbour, verifier


@pytest.fixture(scope="module")
async def trusted(issuer: Issuer) -> AsyncIterator[tuple[Neighbour, TokenVerifier]]:
    async with trusting(issuer, key=new_key(), algorithm="RS256") as pair:
        yield pair


Trusted = tuple[Neighbour, TokenVerifier]


class TestForeignIssuer:
    async def test_is_accepted_beside_our_own(self, issuer: Issuer, trusted: Trusted) -> None:
        neighbour, verifier = trusted
        mine = uuid4()

        theirs = await verifier.verify(neighbour.sign())

        assert theirs.id == uuid5(uuid5(NAMESPACE_URL, neighbour.trusted.issuer), "ada")
        assert (await verifier.verify(issuer.sign(mine))).id == mine
        # Ids of keys are unique to an issuer: it may have one that is called as one of ours that was revoked.
        assert theirs.key_id is None

    async def test_gives_a_person_the_same_id_and_one_session_unless_it_names_them(self, trusted: Trusted) -> None:
        neighbour, verifier = trusted
        once, again = await verifier.verify(neighbour.sign()), await verifier.verify(neighbour.sign(nonce="2"))
        named = [await verifier.verify(neighbour.sign(sid=sid)) for sid in ("one", "two")]

        assert (once.id, once.session_id) == (again.id, again.session_id)
        assert {each.id for each in named} == {once.id}
        assert len({once.session_id, *(each.session_id for each in named)}) == 3

    async def test_cannot_name_one_of_our_own_people(self, trusted: Trusted) -> None:
        neighbour, verifier = trusted
        victim = uuid4()

        assert (await verifier.verify(neighbour.sign(sub=str(victim)))).id != victim

    async def test_decides_nothing_about_what_is_allowed_here(self, trusted: Trusted) -> None:
        neighbour, verifier = trusted

        principal = await verifier.verify(neighbour.sign(scope="account openid todos:admin"))

        assert principal.scopes == {"todos:read", "todos:write"}

    async def test_does_not_sign_for_us_nor_we_for_it(self, issuer: Issuer, trusted: Trusted) -> None:
        neighbour, verifier = trusted
        as_us = neighbour.sign(**issuer.claims(uuid4()), typ="at+jwt")
        as_them = issuer.sign(uuid4(), iss=neighbour.trusted.issuer, headers={"typ": "JWT"})

        for token in (as_us, as_them):
            with pytest.raises(Unauthenticated):
                await verifier.verify(token)

    @pytest.mark.parametrize(
        "changes",
        [
            {"aud": "somebody-else"},
            {"aud": None},
            {"iss": "https://nobody.test"},
            {"iss": ["a", "list"]},
            {"iss": None},
            {"sub": None},
            {"sub": 7},
            {"exp": 1},
            {"exp": None},
            {"iat": None},
            {"typ": "at+jwt"},
            {"typ": "logout+jwt"},
        ],
        ids=str,
    )
    async def test_is_held_to_what_its_setting_says(self, trusted: Trusted, changes: dict[str, Any]) -> None:
        neighbour, verifier = trusted
        with pytest.raises(Unauthenticated):
            await verifier.verify(neighbour.sign(**changes))

    async def test_signs_only_with_algorithms_that_are_allowed_to_it(self, issuer: Issuer) -> None:
        key = Ed25519PrivateKey.generate()
        async with trusting(issuer, key=key, algorithm="EdDSA") as (neighbour, verifier):
            assert (await verifier.verify(neighbour.sign())).scopes
        rsa_only = frozenset({"RS256"})
        async with trusting(issuer, key=key, algorithm="EdDSA", algorithms=rsa_only) as (neighbour, verifier):
            with pytest.raises(ServiceUnavailable):  # no key of it may be used
                await verifier.verify(neighbour.sign())

    async def test_that_is_away_keeps_nobody_else_out(self, issuer: Issuer) -> None:
        nowhere = TrustedIssuer(issuer="https://away.test", audience="daybook", jwks_url="http://127.0.0.1:1/jwks")
        async with serving(Service(jwks={"keys": [issuer.public_jwk]})) as port:
            settings = TokenSettings(
                issuer=SETTINGS.issuer, jwks_url=f"http://127.0.0.1:{port}/jwks.json", trusted=(nowhere,)
            )
            async with tokens.connect(settings) as verifier:
                assert (await verifier.verify(issuer.sign(uuid4()))).scopes
