from fastapi import APIRouter, Response, status

from auth_service.accounts.dependencies import MainEntrance
from auth_service.accounts.errors import WrongPassword
from auth_service.accounts.passwords import Busy
from auth_service.attempts.errors import TooManyAttempts
from auth_service.recovery import service
from auth_service.recovery.errors import LinkExpired
from auth_service.recovery.schemas import Forgotten, Reset, Verification
from auth_service.sessions.dependencies import CallingClient, LiveUser, PossibleLiveUser
from chassis.problems import InsufficientScope, Unauthenticated
from chassis.web.dependencies import POSSIBLY_SIGNED_IN, Transaction
from chassis.web.problems import responses

router = APIRouter(prefix="/auth", tags=["recovery"])


@router.post(
    "/password/forgot",
    operation_id="forgot_password",
    status_code=status.HTTP_202_ACCEPTED,
    response_class=Response,
)
async def forgot_password(forgotten: Forgotten, tx: Transaction, client: CallingClient) -> None:
    """Ask for a link by mail with which to choose a new password. The same answer whether there is an account."""
    await service.ask_for_reset(tx, forgotten.email, client=client)


@router.post(
    "/password/reset",
    operation_id="reset_password",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=responses(LinkExpired, Unauthenticated, Busy),
)
async def reset_password(reset: Reset, entrance: MainEntrance, client: CallingClient) -> None:
    """Choose a new password with the token of a link, which is good for one use in 30 minutes. Signs out everywhere."""
    await service.reset(entrance, reset.token, reset.new_password.get_secret_value(), client=client)


@router.post(
    "/email/verify",
    operation_id="verify_email",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=responses(LinkExpired, Unauthenticated, InsufficientScope, WrongPassword, TooManyAttempts, Busy),
    openapi_extra=POSSIBLY_SIGNED_IN,
)
async def verify_email(
    verification: Verification, user: PossibleLiveUser, entrance: MainEntrance, client: CallingClient
) -> None:
    """Prove with the token of a link that the account's address is one's own.

    The link alone proves who reads the mail, not whose account it is. So either the caller is signed in to that
    account, or they give its password.
    """
    password = verification.password.get_secret_value() if verification.password else None
    await service.verify(entrance, verification.token, password, caller=user, client=client)


@router.post(
    "/email/verification",
    operation_id="ask_for_verification",
    status_code=status.HTTP_202_ACCEPTED,
    response_class=Response,
    responses=responses(Unauthenticated, InsufficientScope),
)
async def ask_for_verification(user: LiveUser, tx: Transaction) -> None:
    """Send that link again. A few times an hour; nothing is sent for an address that is confirmed."""
    await service.ask_for_verification(tx, user.id)
