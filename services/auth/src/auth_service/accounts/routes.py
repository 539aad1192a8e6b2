from typing import Annotated

from fastapi import APIRouter, Depends, Request, status

from auth_service.accounts import service
from auth_service.accounts.errors import EmailTaken, InvalidCredentials
from auth_service.accounts.schemas import Credentials, Registration, SignedIn, UserOut
from auth_service.accounts.service import Arrival, Entrance
from auth_service.sessions.cookies import RefreshCookie
from auth_service.sessions.dependencies import (
    COOKIE_GUARDS,
    COOKIE_PROBLEMS,
    CallingClient,
    LiveUser,
    PresentedToken,
    SessionCookie,
)
from auth_service.sessions.errors import SessionEnded
from chassis.problems import Unauthenticated
from chassis.web.dependencies import Reads
from chassis.web.problems import responses

router = APIRouter(prefix="/auth", tags=["accounts"])


def _entrance(request: Request) -> Entrance:
    entrance: Entrance = request.app.state.entrance
    return entrance


MainEntrance = Annotated[Entrance, Depends(_entrance)]


@router.post("/register", operation_id="register", status_code=status.HTTP_201_CREATED, responses=responses(EmailTaken))
async def register(
    registration: Registration, entrance: MainEntrance, client: CallingClient, cookie: SessionCookie
) -> SignedIn:
    """Open an account and sign in to it. The refresh token comes as a cookie."""
    return _welcome(await service.register(entrance, registration, client=client), cookie)


@router.post("/login", operation_id="login", responses=responses(InvalidCredentials))
async def login(
    credentials: Credentials, entrance: MainEntrance, client: CallingClient, cookie: SessionCookie
) -> SignedIn:
    """Begin a session. The refresh token comes as a cookie."""
    return _welcome(await service.sign_in(entrance, credentials, client=client), cookie)


@router.post(
    "/refresh",
    operation_id="refresh",
    dependencies=COOKIE_GUARDS,
    responses=responses(SessionEnded, *COOKIE_PROBLEMS),
)
async def refresh(
    token: PresentedToken, entrance: MainEntrance, client: CallingClient, cookie: SessionCookie
) -> SignedIn:
    """Get a new access token for the session of the cookie, and a new cookie.

    A refresh token is good for one use. Whoever did not get the answer may ask again with the same token for 30
    seconds; after that, using it again ends the session.
    """
    return _welcome(await service.refresh(entrance, token, client=client), cookie)


@router.get("/me", operation_id="me", responses=responses(Unauthenticated))
async def me(user: LiveUser, reads: Reads) -> UserOut:
    """The account of the caller."""
    return await service.find_user(reads, user.id)


def _welcome(arrival: Arrival, cookie: RefreshCookie) -> SignedIn:
    grant = arrival.grant
    cookie.keep(grant.refresh_token, lasts=grant.lasts)
    return SignedIn(access_token=grant.access_token.text, expires_in=grant.access_token.expires_in, user=arrival.user)
