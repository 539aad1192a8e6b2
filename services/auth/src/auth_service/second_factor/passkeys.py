"""What a passkey says (WebAuthn level 3), checked. The library knows the formats; this module knows what we ask for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    options_to_json_dict,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from auth_service.second_factor.challenges import LASTS_SECONDS

T = TypeVar("T")
_TIMEOUT_MILLISECONDS = LASTS_SECONDS * 1000
_NAME = "Daybook"


class NewPasskey(NamedTuple):
    credential_id: bytes
    public_key: bytes
    sign_count: int


class Assertion(NamedTuple):
    """What an authenticator says, not checked yet."""

    credential_id: bytes
    challenge: bytes
    # Whose passkey it is, as far as it says. Not one of those that we ask for leaves it out.
    user_id: UUID | None


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who we are to an authenticator. A passkey belongs to the `id`, a domain, and works on the pages of `origins`."""

    id: str
    origins: Sequence[str]

    def registration_options(
        self, *, challenge: bytes, user_id: UUID, email: str, display_name: str | None, known: Iterable[bytes]
    ) -> dict[str, Any]:
        """For one that can be found without a name and that asks its owner, so that it is good for signing in alone."""
        options = generate_registration_options(
            rp_id=self.id,
            rp_name=_NAME,
            user_id=user_id.bytes,
            user_name=email,
            user_display_name=display_name or email,
            challenge=challenge,
            timeout=_TIMEOUT_MILLISECONDS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
        )
        return dict(options_to_json_dict(options))

    def request_options(self, *, challenge: bytes) -> dict[str, Any]:
        """Names no passkey: the browser knows those it has, and nobody learns who has one."""
        options = generate_authentication_options(
            rp_id=self.id,
            challenge=challenge,
            timeout=_TIMEOUT_MILLISECONDS,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return dict(options_to_json_dict(options))

    def verify_registration(self, credential: dict[str, Any], challenge: bytes) -> NewPasskey | None:
        verified = _or_none(
            lambda: verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self.id,
                expected_origin=list(self.origins),
                require_user_verification=True,
            )
        )
        if verified is None:
            return None
        return NewPasskey(verified.credential_id, verified.credential_public_key, verified.sign_count)

    def verify_assertion(
        self, credential: dict[str, Any], *, challenge: bytes, public_key: bytes, sign_count: int
    ) -> int | None:
        """How often the passkey has signed by now, or None if this was not signed by it, here, and by its owner."""
        verified = _or_none(
            lambda: verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self.id,
                expected_origin=list(self.origins),
                credential_public_key=public_key,
                credential_current_sign_count=sign_count,
                require_user_verification=True,
            )
        )
        return verified.new_sign_count if verified else None


def read_assertion(credential: dict[str, Any]) -> Assertion | None:
    def read() -> Assertion:
        parsed = parse_authentication_credential_json(credential)
        handle = parsed.response.user_handle
        challenge = parse_client_data_json(parsed.response.client_data_json).challenge
        return Assertion(parsed.raw_id, challenge, UUID(bytes=handle) if handle else None)

    return _or_none(read)


def challenge_of_registration(credential: dict[str, Any]) -> bytes | None:
    return _or_none(
        lambda: (
            parse_client_data_json(parse_registration_credential_json(credential).response.client_data_json).challenge
        )
    )


def _or_none(read: Callable[[], T]) -> T | None:
    """What a stranger sends can fail in every way there is. To them it is all the same."""
    try:
        return read()
    except Exception:  # noqa: BLE001 (the library's own errors, and whatever crafted bytes make of its parsers)
        return None
