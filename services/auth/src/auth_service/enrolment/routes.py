from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from auth_service.accounts.dependencies import MainEntrance
from auth_service.accounts.errors import PasswordTooShortAlone, WrongPassword
from auth_service.accounts.passwords import Busy
from auth_service.attempts.errors import TooManyAttempts
from auth_service.enrolment import service
from auth_service.enrolment.schemas import (
    CreationOptions,
    NewPasskeyIn,
    PasskeyAdded,
    PasskeyPage,
    PasswordAgain,
    PasswordAndCode,
    RecoveryCodesOut,
    RecoveryCodesRenewal,
    SecondFactorOut,
    TotpConfirmation,
    TotpRemoval,
    TotpSetupOut,
)
from auth_service.second_factor.errors import (
    NoSecondFactor,
    PasskeyNotFound,
    PasskeyTaken,
    SecondFactorInvalid,
    SecondFactorRequired,
    TooManyPasskeys,
    TotpAlreadyOn,
    TotpNotBegun,
)
from auth_service.sessions.dependencies import CallingClient, LiveUser
from chassis.problems import InsufficientScope, Unauthenticated
from chassis.web.dependencies import Reads
from chassis.web.problems import responses

router = APIRouter(prefix="/auth", tags=["second factor"])

_WITH_PASSWORD = (Unauthenticated, InsufficientScope, WrongPassword, TooManyAttempts, Busy)


@router.get("/second-factor", operation_id="get_second_factor", responses=responses(Unauthenticated, InsufficientScope))
async def get_second_factor(user: LiveUser, reads: Reads) -> SecondFactorOut:
    """What the caller's account has besides its password."""
    found = await service.find(reads, user.id)
    return SecondFactorOut(totp=found.totp, recovery_codes_left=found.recovery_codes, passkeys=found.passkeys)


@router.post("/second-factor/totp", operation_id="begin_totp", responses=responses(*_WITH_PASSWORD, TotpAlreadyOn))
async def begin_totp(
    again: PasswordAgain, user: LiveUser, entrance: MainEntrance, client: CallingClient
) -> TotpSetupOut:
    """Begin to set up an authenticator app. It counts from the moment a code of it is confirmed."""
    setup = await service.begin_totp(entrance, user, again.password.get_secret_value(), client=client)
    return TotpSetupOut(**setup._asdict())


@router.post(
    "/second-factor/totp/confirm",
    operation_id="confirm_totp",
    responses=responses(Unauthenticated, InsufficientScope, SecondFactorInvalid, TotpNotBegun),
)
async def confirm_totp(
    confirmation: TotpConfirmation, user: LiveUser, entrance: MainEntrance, client: CallingClient
) -> RecoveryCodesOut:
    """Enter a code of the new authenticator app. The answer holds new recovery codes, this once."""
    codes = await service.confirm_totp(entrance, user, confirmation.code, client=client)
    return RecoveryCodesOut(recovery_codes=codes)


@router.post(
    "/second-factor/totp/remove",
    operation_id="remove_totp",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=responses(*_WITH_PASSWORD, SecondFactorInvalid, TotpNotBegun, PasswordTooShortAlone),
)
async def remove_totp(removal: TotpRemoval, user: LiveUser, entrance: MainEntrance, client: CallingClient) -> None:
    """Remove the authenticator app; a recovery code will do in place of one of its own.

    The password has to be long enough to be alone, if there is no passkey.
    """
    await service.remove_totp(entrance, user, removal.password.get_secret_value(), removal.code, client=client)


@router.post(
    "/second-factor/recovery-codes",
    operation_id="renew_recovery_codes",
    responses=responses(*_WITH_PASSWORD, SecondFactorRequired, SecondFactorInvalid, NoSecondFactor),
)
async def renew_recovery_codes(
    renewal: RecoveryCodesRenewal, user: LiveUser, entrance: MainEntrance, client: CallingClient
) -> RecoveryCodesOut:
    """Get ten new recovery codes, shown this once. The old ones are void."""
    codes = await service.renew_recovery_codes(
        entrance, user, renewal.password.get_secret_value(), renewal.code, client=client
    )
    return RecoveryCodesOut(recovery_codes=codes)


@router.get("/passkeys", operation_id="list_passkeys", responses=responses(Unauthenticated, InsufficientScope))
async def list_passkeys(
    user: LiveUser, reads: Reads, cursor: UUID | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 50
) -> PasskeyPage:
    """The caller's passkeys, the oldest first."""
    found = await service.list_passkeys(reads, user.id, after=cursor, limit=limit + 1)
    items = found[:limit]
    return PasskeyPage(items=items, next_cursor=items[-1].id if len(found) > limit else None)


@router.post(
    "/passkeys/options",
    operation_id="begin_passkey",
    response_model=CreationOptions,
    responses=responses(*_WITH_PASSWORD, SecondFactorRequired, SecondFactorInvalid, TooManyPasskeys),
)
async def begin_passkey(
    again: PasswordAndCode, user: LiveUser, entrance: MainEntrance, client: CallingClient
) -> dict[str, Any]:
    """What to ask the browser for. Good for five minutes, for one passkey, in this session.

    Where there is an authenticator app, a code of it is needed: a passkey lets in without it.
    """
    return await service.passkey_options(entrance, user, again.password.get_secret_value(), again.code, client=client)


@router.post(
    "/passkeys",
    operation_id="add_passkey",
    status_code=status.HTTP_201_CREATED,
    responses=responses(Unauthenticated, InsufficientScope, SecondFactorInvalid, PasskeyTaken),
)
async def add_passkey(new: NewPasskeyIn, user: LiveUser, entrance: MainEntrance, client: CallingClient) -> PasskeyAdded:
    """Add the passkey that the browser made. It is good for signing in alone, and beside the password."""
    added = await service.add_passkey(entrance, user, new.name, new.credential, client=client)
    return PasskeyAdded(**added.passkey.model_dump(), recovery_codes=added.recovery_codes)


@router.post(
    "/passkeys/{passkey_id}/remove",
    operation_id="remove_passkey",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=responses(
        *_WITH_PASSWORD, SecondFactorRequired, SecondFactorInvalid, PasskeyNotFound, PasswordTooShortAlone
    ),
)
async def remove_passkey(
    passkey_id: UUID, again: PasswordAndCode, user: LiveUser, entrance: MainEntrance, client: CallingClient
) -> None:
    """Remove a passkey. Where there is an authenticator app, a code of it is needed."""
    await service.remove_passkey(
        entrance, user, passkey_id, again.password.get_secret_value(), again.code, client=client
    )
