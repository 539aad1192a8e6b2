from typing import Any
from uuid import uuid4

import pytest
from services.auth.tests.authenticator import Authenticator, encode
from services.auth.tests.support import APP

from auth_service.second_factor.passkeys import RelyingParty, challenge_of_registration, read_assertion

US = RelyingParty("app.test", (APP,))
CHALLENGE = b"a challenge of this test's own"
OPTIONS = US.registration_options(
    challenge=CHALLENGE, user_id=uuid4(), email="ada@example.com", display_name=None, known=[b"old"]
)
PARTS = ("clientDataJSON", "authenticatorData", "signature")
QUESTION = US.request_options(challenge=CHALLENGE)


class TestRegistration:
    def test_asks_for_a_passkey_that_is_good_for_signing_in_alone(self) -> None:
        assert OPTIONS["rp"] == {"id": "app.test", "name": "Daybook"}
        assert OPTIONS["authenticatorSelection"]["residentKey"] == "required"
        assert OPTIONS["authenticatorSelection"]["userVerification"] == "required"
        assert OPTIONS["attestation"] == "none"
        assert [each["id"] for each in OPTIONS["excludeCredentials"]] == [encode(b"old")]

    def test_takes_an_honest_one(self) -> None:
        authenticator = Authenticator()
        credential = authenticator.create(OPTIONS)

        new = US.verify_registration(credential, CHALLENGE)

        assert challenge_of_registration(credential) == CHALLENGE
        assert new is not None
        assert new.credential_id == authenticator.credential_id

    @pytest.mark.parametrize(
        "lie",
        [{"origin": "https://evil.test"}, {"origin": "http://app.test"}, {"rp_id": "evil.test"}, {"verifies": False}],
        ids=str,
    )
    def test_refuses_one_of_elsewhere_or_that_asked_nobody(self, lie: dict[str, Any]) -> None:
        assert US.verify_registration(Authenticator(**lie).create(OPTIONS), CHALLENGE) is None

    def test_refuses_another_challenge(self) -> None:
        assert US.verify_registration(Authenticator().create(OPTIONS), b"another") is None


class TestAssertion:
    @pytest.fixture
    def authenticator(self) -> Authenticator:
        return Authenticator()

    @pytest.fixture
    def public_key(self, authenticator: Authenticator) -> bytes:
        new = US.verify_registration(authenticator.create(OPTIONS), CHALLENGE)
        assert new is not None
        return new.public_key

    def test_names_no_passkey_when_it_asks(self) -> None:
        assert QUESTION["allowCredentials"] == []
        assert QUESTION["userVerification"] == "required"

    def test_says_how_often_it_has_signed(self, authenticator: Authenticator, public_key: bytes) -> None:
        authenticator.signed = 6
        counted = US.verify_assertion(
            authenticator.get(QUESTION), challenge=CHALLENGE, public_key=public_key, sign_count=6
        )
        assert counted == 7

    @pytest.mark.parametrize(
        "lie", [{"origin": "https://evil.test"}, {"rp_id": "evil.test"}, {"verifies": False}], ids=str
    )
    def test_is_refused_from_elsewhere(
        self, authenticator: Authenticator, public_key: bytes, lie: dict[str, Any]
    ) -> None:
        for name, value in lie.items():
            setattr(authenticator, name, value)
        credential = authenticator.get(QUESTION)

        assert US.verify_assertion(credential, challenge=CHALLENGE, public_key=public_key, sign_count=0) is None

    def test_is_refused_from_another_key(self, public_key: bytes) -> None:
        credential = Authenticator().get(QUESTION)
        assert US.verify_assertion(credential, challenge=CHALLENGE, public_key=public_key, sign_count=0) is None

    @pytest.mark.parametrize(
        "credential",
        [
            {},
            {"id": 1},
            {"id": "a", "rawId": "b", "type": "public-key", "response": None},
            {"id": "a", "rawId": "a", "type": "public-key", "response": {"clientDataJSON": "!!", "signature": []}},
            {"id": "YQ", "rawId": "YQ", "type": "public-key", "response": dict.fromkeys(PARTS, "YQ")},
        ],
        ids=str,
    )
    def test_that_is_none_is_read_as_none(self, credential: dict[str, Any]) -> None:
        assert read_assertion(credential) is None
        assert challenge_of_registration(credential) is None
        assert US.verify_registration(credential, CHALLENGE) is None
