"""An auth service in miniature: one key, the tokens it signs, and every forgery of them we know of."""

import base64
import hashlib
import hmac
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from chassis import signatures
from chassis.key_sets import KeySet
from chassis.settings import TokenSettings
from chassis.signatures import SignatureVerifier
from chassis.tokens import TokenVerifier

# A signed access token of that user. Claims can be replaced by name; None leaves one out.
SignToken = Callable[..., str]

_LIFETIME = timedelta(minutes=5)
# What a verifier forgives, and then some.
_LONG_AGO = timedelta(hours=1)


@dataclass(frozen=True)
class Issuer:
    """Who signs, under which key id, for whom. `kid` is what the verifier under test knows the key by.

    A verifier that asks for more than a good token (a session it knows, say) is told so by `always`: a forgery is
    only refused as one if everything else about it is right.
    """

    key: RSAPrivateKey
    kid: str
    settings: TokenSettings
    always: Mapping[str, Any] = field(default_factory=dict)

    @property
    def public_jwk(self) -> dict[str, Any]:
        return RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True) | {
            "kid": self.kid,
            "alg": "RS256",
            "use": "sig",
        }

    def claims(self, user_id: UUID, **overrides: Any) -> dict[str, Any]:
        now = datetime.now(UTC)
        claims = {
            "iss": self.settings.issuer,
            "aud": self.settings.audience,
            "sub": str(user_id),
            "sid": str(uuid4()),
            "jti": str(uuid4()),
            "iat": int(now.timestamp()),
            "exp": int((now + _LIFETIME).timestamp()),
            "scope": "todos:read todos:write account",
        }
        return {name: value for name, value in {**claims, **self.always, **overrides}.items() if value is not None}

    def sign(self, user_id: UUID, *, headers: Mapping[str, Any] | None = None, **overrides: Any) -> str:
        """A token with a good signature, whatever it says. A header of None is left out."""
        header = {"typ": "at+jwt", "alg": "RS256", "kid": self.kid} | dict(headers or {})
        header = {name: value for name, value in header.items() if value is not None}
        signed = f"{_part(header)}.{_part(self.claims(user_id, **overrides))}"
        # Signed without PyJWT's help, which would not write some of the headers a forger writes.
        return f"{signed}.{_encode(RSAAlgorithm(RSAAlgorithm.SHA256).sign(signed.encode(), self.key))}"

    async def sign_event(self, body: bytes) -> str:
        """As auth signs what it publishes."""
        return signatures.sign(body, self.key, kid=self.kid, algorithm="RS256")


def new_key() -> RSAPrivateKey:
    # Shorter than in production: each test run makes several.
    return generate_private_key(public_exponent=65537, key_size=2048)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _part(content: Mapping[str, Any]) -> str:
    return _encode(orjson.dumps(content))


# --- forgeries: each takes who is imitated and the user to be, and returns a token nobody may accept ----------


def signed_by_another_key(issuer: Issuer, user_id: UUID) -> str:
    return replace(issuer, key=new_key()).sign(user_id)


def signed_by_a_key_it_brings_along(issuer: Issuer, user_id: UUID) -> str:
    own = replace(issuer, key=new_key())
    return own.sign(user_id, headers={"jwk": own.public_jwk})


def unsigned(issuer: Issuer, user_id: UUID) -> str:
    return f"{_part({'typ': 'at+jwt', 'alg': 'none', 'kid': issuer.kid})}.{_part(issuer.claims(user_id))}."


def without_its_signature(issuer: Issuer, user_id: UUID) -> str:
    return issuer.sign(user_id).rpartition(".")[0] + "."


def hs256_with_the_public_key_as_secret(issuer: Issuer, user_id: UUID) -> str:
    secret = issuer.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = f"{_part({'typ': 'at+jwt', 'alg': 'HS256', 'kid': issuer.kid})}.{_part(issuer.claims(user_id))}"
    return f"{signed}.{_encode(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def with_another_algorithm_of_the_same_key(issuer: Issuer, user_id: UUID) -> str:
    return jwt.encode(issuer.claims(user_id), issuer.key, "RS512", headers={"typ": "at+jwt", "kid": issuer.kid})


def for_another_audience(issuer: Issuer, user_id: UUID) -> str:
    return issuer.sign(user_id, aud="somebody-else")


def from_another_issuer(issuer: Issuer, user_id: UUID) -> str:
    return issuer.sign(user_id, iss="https://issuer.example")


def expired(issuer: Issuer, user_id: UUID) -> str:
    then = datetime.now(UTC) - _LONG_AGO
    return issuer.sign(user_id, iat=int(then.timestamp()), exp=int((then + _LIFETIME).timestamp()))


def never_expiring(issuer: Issuer, user_id: UUID) -> str:
    return issuer.sign(user_id, exp=None)


def not_valid_yet(issuer: Issuer, user_id: UUID) -> str:
    return issuer.sign(user_id, nbf=int((datetime.now(UTC) + _LONG_AGO).timestamp()))


def of_another_type(issuer: Issuer, user_id: UUID) -> str:
    """An ID token, say: signed by the same key, but not made to open anything."""
    return issuer.sign(user_id, headers={"typ": "JWT"})


def without_a_type(issuer: Issuer, user_id: UUID) -> str:
    return issuer.sign(user_id, headers={"typ": None})


def pointing_at_its_own_keys(issuer: Issuer, user_id: UUID) -> str:
    return issuer.sign(user_id, headers={"jku": "https://attacker.example/jwks.json"})


def with_a_critical_extension(issuer: Issuer, user_id: UUID) -> str:
    return issuer.sign(user_id, headers={"crit": ["exp"]})


def with_an_unknown_key_id(issuer: Issuer, user_id: UUID) -> str:
    return issuer.sign(user_id, headers={"kid": "nobody-knows-it"})


def without_a_key_id(issuer: Issuer, user_id: UUID) -> str:
    return issuer.sign(user_id, headers={"kid": None})


def with_its_subject_exchanged(issuer: Issuer, user_id: UUID) -> str:
    header, _, signature = issuer.sign(uuid4()).split(".")
    return f"{header}.{_part(issuer.claims(user_id))}.{signature}"


def without_a_session(issuer: Issuer, user_id: UUID) -> str:
    return issuer.sign(user_id, sid=None)


def with_a_subject_that_is_no_id(issuer: Issuer, _: UUID) -> str:
    return issuer.sign(uuid4(), sub="admin")


Forgery = Callable[[Issuer, UUID], str]

# For `@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)`.
FORGERIES: tuple[Forgery, ...] = (
    signed_by_another_key,
    signed_by_a_key_it_brings_along,
    unsigned,
    without_its_signature,
    hs256_with_the_public_key_as_secret,
    with_another_algorithm_of_the_same_key,
    for_another_audience,
    from_another_issuer,
    expired,
    never_expiring,
    not_valid_yet,
    of_another_type,
    without_a_type,
    pointing_at_its_own_keys,
    with_a_critical_extension,
    with_an_unknown_key_id,
    without_a_key_id,
    with_its_subject_exchanged,
    without_a_session,
    with_a_subject_that_is_no_id,
)


# --- mutations: a good token with something about it changed ---------------------------------------------------

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_OTHER_HEADERS: tuple[dict[str, Any], ...] = (
    {"alg": "none"},
    {"alg": "HS256"},
    {"alg": "RS512"},
    {"typ": "JWT"},
    {"kid": "../../dev/null"},
    {"kid": None},
    {"jku": "https://attacker.example/jwks.json"},
    {"crit": ["exp"]},
    {"b64": False, "crit": ["b64"]},
    {"zip": "DEF"},
)
_OTHER_CLAIMS: tuple[dict[str, Any], ...] = (
    {"sub": "00000000-0000-4000-8000-000000000000"},
    {"exp": 4_000_000_000},
    {"aud": ["daybook", "everybody"]},
    {"scope": "todos:read todos:write account admin"},
    {"iss": "https://attacker.example"},
    {"iat": 0},
)


def mutated(token: str, dice: random.Random) -> str:
    """The token with something changed that means something: never one that says and proves the same."""
    while True:
        changed = dice.choice(_MUTATIONS)(token.split("."), dice)
        if _meaning(changed) != _meaning(token):
            return changed


def _other_letter(parts: list[str], dice: random.Random) -> str:
    part = dice.randrange(3)
    place = dice.randrange(len(parts[part]))
    parts[part] = parts[part][:place] + dice.choice(_LETTERS) + parts[part][place + 1 :]
    return ".".join(parts)


def _missing_letter(parts: list[str], dice: random.Random) -> str:
    part = dice.randrange(3)
    place = dice.randrange(len(parts[part]))
    parts[part] = parts[part][:place] + parts[part][place + 1 :]
    return ".".join(parts)


def _other_order(parts: list[str], dice: random.Random) -> str:
    dice.shuffle(parts)
    return ".".join(parts)


def _other_number_of_parts(parts: list[str], dice: random.Random) -> str:
    return ".".join(dice.choice([parts[:2], parts[:1], [*parts, parts[2]], [*parts[:2], ""]]))


def _other_header(parts: list[str], dice: random.Random) -> str:
    return ".".join([_changed(parts[0], dice.choice(_OTHER_HEADERS)), *parts[1:]])


def _other_claims(parts: list[str], dice: random.Random) -> str:
    return ".".join([parts[0], _changed(parts[1], dice.choice(_OTHER_CLAIMS)), parts[2]])


def _other_signature(parts: list[str], dice: random.Random) -> str:
    return ".".join([*parts[:2], _encode(dice.randbytes(dice.choice([0, 1, 64, 256, 384])))])


_MUTATIONS: tuple[Callable[[list[str], random.Random], str], ...] = (
    _other_letter,
    _missing_letter,
    _other_order,
    _other_number_of_parts,
    _other_header,
    _other_claims,
    _other_signature,
)


def _changed(part: str, changes: Mapping[str, Any]) -> str:
    return _part(orjson.loads(_bytes(part)) | changes)


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _meaning(token: str) -> list[bytes] | str:
    """What is left of a token when it is read: the last letter of a part holds bits that nobody looks at."""
    try:
        return [_bytes(part) for part in token.split(".")]
    except ValueError:
        return token


# --- fixtures -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def signing_key() -> RSAPrivateKey:
    return new_key()


@pytest.fixture(scope="session")
def token_settings() -> TokenSettings:
    return TokenSettings(issuer="http://daybook.test", audience="daybook", jwks_url="http://auth.test/jwks.json")


@pytest.fixture(scope="session")
def token_issuer(signing_key: RSAPrivateKey, token_settings: TokenSettings) -> Issuer:
    return Issuer(signing_key, "test-key", token_settings)


@pytest.fixture
def key_set(token_issuer: Issuer) -> KeySet:
    """The issuer's public keys, fetched from nowhere."""

    async def fetch() -> dict[str, Any]:
        return {"keys": [token_issuer.public_jwk]}

    return KeySet(fetch)


@pytest.fixture
def event_signatures(key_set: KeySet) -> SignatureVerifier:
    return SignatureVerifier(key_set)


@pytest.fixture
def token_verifier(token_settings: TokenSettings, key_set: KeySet) -> TokenVerifier:
    return TokenVerifier(token_settings, key_set)


@pytest.fixture(scope="session")
def sign_token(token_issuer: Issuer) -> SignToken:
    return token_issuer.sign
