from pathlib import Path

import pytest
from services.auth.tests.support import key_file

from auth_service.keys import pairs
from auth_service.keys.pairs import KeyPair, thumbprint
from chassis.encryption import CannotDecryptError, KeyRing


@pytest.fixture(scope="module")
def pair() -> KeyPair:
    return KeyPair.generate()


class TestThumbprint:
    def test_is_that_of_rfc_7638(self) -> None:
        key = {
            "kty": "RSA",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB"
            "ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8"
            "KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_"
            "xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            "e": "AQAB",
        }
        assert thumbprint(key) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


class TestKeyPair:
    def test_is_an_rsa_key_of_3072_bits(self, pair: KeyPair) -> None:
        assert (pair.algorithm, pair.private_key.key_size) == ("RS256", 3072)

    def test_publishes_nothing_private(self, pair: KeyPair) -> None:
        assert pair.public_jwk.keys() == {"kty", "n", "e", "kid", "alg", "use"}
        assert pair.public_jwk["kid"] == pair.kid

    def test_opens_again_after_being_sealed(self, pair: KeyPair, ring: KeyRing) -> None:
        opened = KeyPair.unseal(ring, kid=pair.kid, algorithm=pair.algorithm, sealed=pair.seal(ring))
        assert opened.public_jwk == pair.public_jwk

    def test_does_not_open_in_the_place_of_another_key(self, pair: KeyPair, ring: KeyRing) -> None:
        with pytest.raises(CannotDecryptError):
            KeyPair.unseal(ring, kid="another", algorithm=pair.algorithm, sealed=pair.seal(ring))

    def test_does_not_open_without_the_key_encryption_key(self, pair: KeyPair, ring: KeyRing, tmp_path: Path) -> None:
        with pytest.raises(CannotDecryptError):
            KeyPair.unseal(
                KeyRing.from_file(key_file(tmp_path, "another")),
                kid=pair.kid,
                algorithm=pairs.ALGORITHM,
                sealed=pair.seal(ring),
            )
