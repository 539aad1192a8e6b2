"""Verifies access tokens (RFC 9068) with the issuer's public keys, without calling anybody per request."""

import hashlib
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from typing import Any, NoReturn, Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx
import jwt

from chassis import key_sets
from chassis.key_sets import KeySet
from chassis.principals import Principal
from chassis.problems import Unauthenticated
from chassis.settings import TokenSettings, TrustedIssuer

# Header parameters by which a token would tell us where to find the key that proves it (RFC 8725, 3.10).
_FORBIDDEN_HEADERS = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "zip"})
_TYPES = frozenset({"at+jwt", "application/at+jwt"})
_REQUIRED_CLAIMS = ["iss", "aud", "sub", "sid", "jti", "iat", "exp"]
# What others must say at least.
_REQUIRED_OF_OTHERS = ["iss", "aud", "sub", "iat", "exp"]
# Clocks of our own machines may be this far apart.
_LEEWAY_SECONDS = 30
_LONGEST_TOKEN = 4096
# One answer for every reason: which check failed is nobody's business but the log's.
_REFUSAL = "The access token is expired or not valid here"


def bearer_token(authorization: bytes | None) -> str | None:
    """The token in a header (RFC 6750, 2.1). Read here for all: what one process takes for a token, each does."""
    scheme, _, token = (authorization or b"").partition(b" ")
    # RFC 9110, 11.4: more than one space may stand between the scheme and what follows.
    token = token.strip()
    return token.decode() if scheme.lower() == b"bearer" and token and token.isascii() else None


class Refusals(Protocol):
    """Who may not come in any more although the token is good: see `chassis.revocation`."""

    def is_revoked(self, principal: Principal) -> bool:
        """Raises ServiceUnavailable while that is not known."""
        ...


class News(Refusals, Protocol):
    """Refusals that also say when a key was revoked."""

    def on_key_revoked(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Returns what ends that."""
        ...


class Revoked(Unauthenticated):
    """The token was good until its session ended. To a client it is a token like any other that is not valid."""


class Unproven(Unauthenticated):
    """It names a key or an issuer that is not known here: it may be good to whoever has heard of them already."""


class OwnIssuer:
    """Our auth service: its tokens say everything, in ids of ours."""

    types, required = _TYPES, _REQUIRED_CLAIMS

    def __init__(self, settings: TokenSettings, keys: KeySet) -> None:
        self.name, self.audience, self.keys = settings.issuer, settings.audience, keys

    def principal(self, claims: Mapping[str, Any], key: jwt.PyJWK) -> Principal:
        return Principal(
            id=UUID(claims["sub"]),
            session_id=UUID(claims["sid"]),
            scopes=frozenset(str(claims.get("scope", "")).split()),
            issued_at=int(claims["iat"]),
            expires_at=int(claims["exp"]),
            key_id=key.key_id,
        )


class ForeignIssuer:
    """Somebody else's: a person is who the issuer says, under an id of ours that nobody else's can be."""

    required = _REQUIRED_OF_OTHERS

    def __init__(self, settings: TrustedIssuer, keys: KeySet) -> None:
        self.name, self.audience, self.keys = settings.issuer, settings.audience, keys
        self.types, self._scopes = settings.types, settings.scopes
        self._namespace = uuid5(NAMESPACE_URL, settings.issuer)

    def principal(self, claims: Mapping[str, Any], _: jwt.PyJWK) -> Principal:
        owner_id = uuid5(self._namespace, claims["sub"])
        return Principal(
            id=owner_id,
            # Its own sessions where it names them; else all that this person does is one session.
            session_id=uuid5(owner_id, str(claims.get("sid", ""))),
            scopes=self._scopes,
            issued_at=int(claims["iat"]),
            expires_at=int(claims["exp"]),
        )


Issuer = OwnIssuer | ForeignIssuer


class TokenVerifier:
    """Turns a bearer token into a Principal, or raises Unauthenticated. Verified tokens are remembered.

    `refusals` are asked each time, also about a token that is remembered. A service that asks its own table whether
    a session lives needs none. `keys` are those of our own issuer; `foreign` are the others that are trusted.
    """

    def __init__(
        self,
        settings: TokenSettings,
        keys: KeySet,
        refusals: Refusals | None = None,
        *,
        foreign: Iterable[ForeignIssuer] = (),
        remember: int = 20_000,
    ) -> None:
        self.keys, self._refusals = keys, refusals
        issuers: tuple[Issuer, ...] = (OwnIssuer(settings, keys), *foreign)
        self._issuers = {each.name: each for each in issuers}
        self._remember = remember
        self._verified: dict[bytes, Principal] = {}

    async def verify(self, token: str) -> Principal:
        principal = await self._verified_once(token)
        if self._refusals is not None and self._refusals.is_revoked(principal):
            raise Revoked(_REFUSAL, error="invalid_token")
        return principal

    async def _verified_once(self, token: str) -> Principal:
        digest = hashlib.sha256(token.encode()).digest()
        known = self._verified.get(digest)
        if known is not None:
            if known.expires_at + _LEEWAY_SECONDS > time.time():
                return known
            del self._verified[digest]
        principal = await self._verify(token)
        if len(self._verified) >= self._remember:
            # The oldest entry is the one closest to its end.
            del self._verified[next(iter(self._verified))]
        self._verified[digest] = principal
        return principal

    async def _verify(self, token: str) -> Principal:
        if len(token) > _LONGEST_TOKEN:
            _refuse()
        try:
            header = jwt.get_unverified_header(token)
            issuer = self._claimed_issuer(token)
        except (jwt.InvalidTokenError, KeyError, TypeError) as error:
            _refuse(error)
        kid = header.get("kid")
        if str(header.get("typ", "")) not in issuer.types or _FORBIDDEN_HEADERS & header.keys():
            _refuse()
        key = await issuer.keys.find(kid) if isinstance(kid, str) else _refuse()
        if key is None:
            raise Unproven(_REFUSAL, error="invalid_token")
        if header.get("alg") != key.algorithm_name:
            _refuse()
        return _principal(token, key, issuer)

    def _claimed_issuer(self, token: str) -> Issuer:
        """Whom it claims to be from decides whose keys have to prove it: one issuer's never prove another's."""
        claimed = jwt.decode(token, options={"verify_signature": False})["iss"]
        if claimed not in self._issuers:
            raise Unproven(_REFUSAL, error="invalid_token")
        return self._issuers[claimed]


def _principal(token: str, key: jwt.PyJWK, issuer: Issuer) -> Principal:
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            audience=issuer.audience,
            issuer=issuer.name,
            leeway=_LEEWAY_SECONDS,
            options={"require": issuer.required, "strict_aud": False},
        )
        return issuer.principal(claims, key)
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError) as error:
        _refuse(error)


def _refuse(cause: Exception | None = None) -> NoReturn:
    raise Unauthenticated(_REFUSAL, error="invalid_token") from cause


@asynccontextmanager
async def connect(settings: TokenSettings, news: News | None = None) -> AsyncIterator[TokenVerifier]:
    """A verifier that fetches the issuers' keys over HTTP. Starts whether or not they are there.

    It asks for our own anew when one of them is revoked.
    """
    async with httpx.AsyncClient(timeout=httpx.Timeout(2.0)) as client:
        foreign = [
            ForeignIssuer(each, KeySet(partial(key_sets.fetch, client, each.jwks_url), algorithms=each.algorithms))
            for each in settings.trusted
        ]
        own = KeySet(partial(key_sets.fetch, client, settings.jwks_url))
        with ExitStack() as stack:
            if news is not None:
                stack.callback(news.on_key_revoked(own.expect_successor))
            yield TokenVerifier(settings, own, news, foreign=foreign)
