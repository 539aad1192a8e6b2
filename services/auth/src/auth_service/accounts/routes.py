from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from auth_service.accounts import changes, service, signing_in
from auth_service.accounts.dependencies import CallingVisitor, MainEntrance
from auth_service.accounts.errors import EmailNotVerified, EmailTaken, InvalidCredentials, WrongPassword
from auth_service.accounts.passwords import Busy
from auth_service.accounts.schemas import (
    Credentials,
    Farewell,
    PasswordChange,
    Registration,
    Renaming,
    SignedIn,
    UserOut,
)
from auth_service.accounts.service import Arrival
from auth_service.attempts.errors import TooManyAttempts
from auth_service.audit import service as audit
from auth_service.audit.schemas import EntryPage
from auth_service.devices.dependencies import CallingDevice
from auth_service.second_factor.errors import SecondFactorInvalid, SecondFactorRequired
from auth_service.second_factor.schemas import PasskeyAnswer
from auth_service.sessions.cookies import RefreshCookie
from auth_service.sessions.dependencies import (
    COOKIE_GUARDS,
    COOKIE_PROBLEMS,
    CallingClient,
    LiveUser,
    PossibleToken,
    SessionCookie,
)
from auth_service.sessions.errors import SessionEnded
from chassis.problems import InsufficientScope, Unauthenticated
from chassis.web.dependencies import Reads, Transaction
from chassis.web.problems import responses

router = APIRouter(prefix="/auth", tags=["accounts"])

_NOBODY: dict[int | str, dict[str, Any]] = {204: {"description": "There is no cookie: nobody is signed in here."}}
_ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {"description": "Where addresses have to be confirmed: look at your mail. The same if the address is taken."}
}


@router.post(
    "/register",
    operation_id="register",
    status_code=status.HTTP_201_CREATED,
    response_model=SignedIn,
    responses=_ACCEPTED | responses(EmailTaken, Busy),
)
async def register(
    registration: Registration,
    entrance: MainEntrance,
    visitor: CallingVisitor,
    cookie: SessionCookie,
    device: CallingDevice,
) -> SignedIn | Response:
    """Open an account and sign in to it. The refresh token comes as a cookie."""
    if entrance.require_verified:
        await service.ask_for_account(entrance, registration, visitor=visitor)
        return Response(status_code=status.HTTP_202_ACCEPTED)
    arrival = await service.register(entrance, registration, visitor=visitor)
    device.keep()
    return _welcome(arrival, cookie)


@router.post(
    "/login",
    operation_id="login",
    responses=responses(
        InvalidCredentials, SecondFactorRequired, SecondFactorInvalid, EmailNotVerified, TooManyAttempts, Busy
    ),
)
async def login(
    credentials: Credentials,
    entrance: MainEntrance,
    visitor: CallingVisitor,
    cookie: SessionCookie,
    device: CallingDevice,
) -> SignedIn:
    """Begin a session. The refresh token comes as a cookie.

    After a few failures the next attempt has to wait, longer each time. A browser that has signed in to the account
    before does not wait because of what others try.

    Where the account has a second factor, the answer to the right password alone is a 401 `second-factor-required`:
    send the same again with a `code`, or with a `passkey` as `POST /auth/login/passkey/options` asks for it.
    """
    arrival = await signing_in.sign_in(entrance, credentials, visitor=visitor)
    device.keep()
    return _welcome(arrival, cookie)


@router.post(
    "/login/passkey",
    operation_id="login_with_passkey",
    responses=responses(SecondFactorInvalid, EmailNotVerified),
)
async def login_with_passkey(
    answer: PasskeyAnswer,
    entrance: MainEntrance,
    visitor: CallingVisitor,
    cookie: SessionCookie,
    device: CallingDevice,
) -> SignedIn:
    """Begin a session with a passkey alone. The refresh token comes as a cookie."""
    arrival = await signing_in.sign_in_with_passkey(entrance, answer.credential, visitor=visitor)
    device.keep()
    return _welcome(arrival, cookie)


@router.post(
    "/refresh",
    operation_id="refresh",
    dependencies=COOKIE_GUARDS,
    response_model=SignedIn,
    responses=_NOBODY | responses(SessionEnded, *COOKIE_PROBLEMS),
)
async def refresh(
    token: PossibleToken, entrance: MainEntrance, client: CallingClient, cookie: SessionCookie
) -> SignedIn | Response:
    """Get a new access token for the session of the cookie, and a new cookie.

    A refresh token is good for one use. Whoever did not get the answer may ask again with the same token for 30
    seconds; after that, using it again ends the session.
    """
    if cookie.presented is None:
        return Response(status_code=status.HTTP_204_NO_CONTENT)
    if token is None:
        raise SessionEnded
    return _welcome(await service.refresh(entrance, token, client=client), cookie)


@router.get("/me", operation_id="me", responses=responses(Unauthenticated, InsufficientScope))
async def me(user: LiveUser, reads: Reads) -> UserOut:
    """The account of the caller."""
    return await service.find_user(reads, user.id)


@router.patch("/me", operation_id="rename_me", responses=responses(Unauthenticated, InsufficientScope))
async def rename_me(renaming: Renaming, user: LiveUser, tx: Transaction, client: CallingClient) -> UserOut:
    """Change the name that is shown; null takes it away."""
    return await changes.rename(tx, user, renaming.display_name, client=client)


@router.delete(
    "/me",
    operation_id="delete_me",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=responses(
        Unauthenticated,
        InsufficientScope,
        WrongPassword,
        SecondFactorRequired,
        SecondFactorInvalid,
        TooManyAttempts,
        Busy,
    ),
)
async def delete_me(
    farewell: Farewell, user: LiveUser, entrance: MainEntrance, client: CallingClient, cookie: SessionCookie
) -> None:
    """Delete the account with everything in it, at once and for good. Signs out everywhere."""
    await changes.delete(entrance, user, farewell.password.get_secret_value(), farewell.code, client=client)
    cookie.drop()


@router.post(
    "/password",
    operation_id="change_password",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=responses(Unauthenticated, InsufficientScope, WrongPassword, TooManyAttempts, Busy),
)
async def change_password(
    change: PasswordChange, user: LiveUser, entrance: MainEntrance, client: CallingClient
) -> None:
    """Choose another password. Every other session ends."""
    await changes.change_password(entrance, user, change, client=client)


@router.get("/audit", operation_id="list_audit", responses=responses(Unauthenticated, InsufficientScope))
async def list_audit(
    user: LiveUser, reads: Reads, cursor: UUID | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 50
) -> EntryPage:
    """What has happened to the caller's account, newest first."""
    return await audit.list_entries(reads, user_id=user.id, before=cursor, limit=limit)


def _welcome(arrival: Arrival, cookie: RefreshCookie) -> SignedIn:
    grant = arrival.grant
    cookie.keep(grant.refresh_token, lasts=grant.lasts)
    return SignedIn(access_token=grant.access_token.text, expires_in=grant.access_token.expires_in, user=arrival.user)
