from uuid import uuid4

import pytest

from auth_service.second_factor import challenges
from auth_service.vault import Vault
from chassis.encryption import KeyRing

NOW = 1_790_000_000.0


@pytest.fixture
def vault(ring: KeyRing) -> Vault:
    return Vault(ring)


class TestRead:
    def test_is_for_whom_it_was_made_and_for_five_minutes(self, vault: Vault) -> None:
        subject = uuid4()
        challenge = challenges.new_challenge(vault, subject=subject, now=NOW)

        known = challenges.read(vault, challenge, subject=subject, now=NOW + 300)

        assert known is not None
        assert known.bytes == challenge
        assert known.expires_at.timestamp() == NOW + 300
        assert challenges.read(vault, challenge, subject=subject, now=NOW + 301) is None
        assert challenges.read(vault, challenge, subject=uuid4(), now=NOW) is None
        assert challenges.read(vault, challenge, subject=None, now=NOW) is None

    def test_for_signing_in_is_not_for_adding_a_passkey(self, vault: Vault) -> None:
        challenge = challenges.new_challenge(vault, subject=None, now=NOW)

        assert challenges.read(vault, challenge, subject=None, now=NOW)
        assert challenges.read(vault, challenge, subject=uuid4(), now=NOW) is None

    def test_changed_in_any_place_is_none(self, vault: Vault) -> None:
        challenge = challenges.new_challenge(vault, subject=None, now=NOW)
        for place in range(len(challenge)):
            changed = challenge[:place] + bytes([challenge[place] ^ 1]) + challenge[place + 1 :]
            assert challenges.read(vault, changed, subject=None, now=NOW) is None

    @pytest.mark.parametrize("challenge", [b"", b"x", bytes(52), bytes(1000)])
    def test_that_we_did_not_make_is_none(self, vault: Vault, challenge: bytes) -> None:
        assert challenges.read(vault, challenge, subject=None, now=NOW) is None
