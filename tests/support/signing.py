"""Auth itself, as only somebody is who has both its database and its key file: signs whatever a test wants signed."""

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from pydantic import SecretStr
from tests.support.people import SignedIn
from tests.support.system import System
from tests.support.tokens import Issuer

from auth_service.keys import repository
from auth_service.keys.models import KeyState
from auth_service.keys.pairs import KeyPair
from chassis import database
from chassis.encryption import KeyRing
from chassis.settings import DatabaseSettings, TokenSettings


async def _signing_key(system: System) -> KeyPair:
    settings = DatabaseSettings(url=SecretStr(system.wiring.databases["auth"]))
    async with database.connect(settings) as db, db.reads() as reads:
        active = next(key for key in await repository.list_keys(reads) if key.state == KeyState.ACTIVE)
    assert active.private_key
    ring = KeyRing.from_file(system.wiring.key_files["auth"])
    return KeyPair.unseal(ring, kid=active.kid, algorithm=active.algorithm, sealed=active.private_key)


async def auth_itself(system: System, session: SignedIn) -> Issuer:
    """Its tokens are of this session: so a forgery is refused for the one thing that is wrong with it."""
    pair = await _signing_key(system)
    claims = jwt.decode(session.access_token, options={"verify_signature": False})
    settings = TokenSettings(issuer=system.wiring.api_url, jwks_url=f"{system.url('auth-api')}/.well-known/jwks.json")
    always = {"sub": claims["sub"], "sid": claims["sid"]}
    assert isinstance(pair.private_key, RSAPrivateKey)
    return Issuer(pair.private_key, pair.kid, settings, always)
