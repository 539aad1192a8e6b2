from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from services.auth.tests.support import key_file

from auth_service.keys.pairs import KeyPair, thumbprint
from auth_service.settings import SigningAlgorithm
from chassis.encryption import CannotDecryptError, KeyRing


@pytest.fixture(scope="module")
def pair() -> KeyPair:
    return KeyPair.generate("RS256")


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
        assert isinstance(pair.private_key, RSAPrivateKey)
        assert (pair.algorithm, pair.private_key.key_size) == ("RS256", 3072)

    def test_of_ed25519_is_named_by_the_thumbprint_of_rfc_8037(self) -> None:
        key = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
        pair = KeyPair("EdDSA", Ed25519PrivateKey.from_private_bytes(key))

        assert pair.kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"

    @pytest.mark.usefixtures("quick_keys")
    @pytest.mark.parametrize(
        "algorithm, members", [("RS256", {"n", "e"}), ("PS256", {"n", "e"}), ("EdDSA", {"crv", "x"})]
    )
    def test_publishes_nothing_private(self, algorithm: SigningAlgorithm, members: set[str]) -> None:
        pair = KeyPair.generate(algorithm)

        assert pair.public_jwk.keys() == {"kty", "kid", "alg", "use"} | members
        assert (pair.public_jwk["kid"], pair.public_jwk["alg"]) == (pair.kid, algorithm)

    @pytest.mark.usefixtures("quick_keys")
    @pytest.mark.parametrize("algorithm", ["RS256", "EdDSA"])
    def test_opens_again_after_being_sealed(self, algorithm: SigningAlgorithm, ring: KeyRing) -> None:
        pair = KeyPair.generate(algorithm)
        opened = KeyPair.unseal(ring, kid=pair.kid, algorithm=pair.algorithm, sealed=pair.seal(ring))
        assert opened == KeyPair(algorithm, opened.private_key)
        assert opened.public_jwk == pair.public_jwk

    def test_does_not_open_in_the_place_of_another_key(self, pair: KeyPair, ring: KeyRing) -> None:
        with pytest.raises(CannotDecryptError):
            KeyPair.unseal(ring, kid="another", algorithm=pair.algorithm, sealed=pair.seal(ring))

    def test_does_not_open_without_the_key_encryption_key(self, pair: KeyPair, ring: KeyRing, tmp_path: Path) -> None:
        with pytest.raises(CannotDecryptError):
            KeyPair.unseal(
                KeyRing.from_file(key_file(tmp_path, "another")),
                kid=pair.kid,
                algorithm=pair.algorithm,
                sealed=pair.seal(ring),
            )
