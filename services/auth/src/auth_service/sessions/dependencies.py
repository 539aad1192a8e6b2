"""What an endpoint may ask for about its caller, by naming it in its signature."""

from typing import Annotated

from fastapi import Depends, Request, Response, Security
from fastapi.security import APIKeyCookie

from auth_service.sessions import service
from auth_service.sessions.clients import Client, client_address, device_label
from auth_service.sessions.cookies import RefreshCookie
from auth_service.sessions.errors import OriginNotAllowed
from auth_service.sessions.tokens import Mint, RefreshToken
from auth_service.settings import Settings
from chassis.database import Database
from chassis.principals import Principal
from chassis.problems import JsonRequired
from chassis.web.dependencies import PossibleUser, allowed, require_scope

_BROWSERS_SEND = {"sec-fetch-site", "referer"}


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


async def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def _mint(request: Request) -> Mint:
    mint: Mint = request.app.state.mint
    return mint


# For endpoints with slow work before their transaction: a connection is only taken when it is needed.
WholeDatabase = Annotated[Database, Depends(_database)]
TokenMint = Annotated[Mint, Depends(_mint)]


async def _client(request: Request) -> Client:
    forwarded = request.headers.get("x-forwarded-for") if _settings(request).trust_forwarded else None
    return Client(
        device=device_label(request.headers.get("user-agent", "")),
        address=client_address(forwarded=forwarded, peer=request.client.host if request.client else None),
    )


CallingClient = Annotated[Client, Depends(_client)]


AccountHolder = Annotated[Principal, Depends(allowed("account"))]


async def _live_user(user: AccountHolder, database: WholeDatabase) -> Principal:
    # Holds nothing afterwards: what comes next may take a password's time, or a connection of its own.
    async with database.reads() as reads:
        await service.require_live(reads, user.session_id)
    return user


# Somebody signed in, not a program with an API token. Other services believe an access token until they hear that
# its session is over; the one that knows the session asks it.
LiveUser = Annotated[Principal, Depends(_live_user)]


async def _possible_live_user(user: PossibleUser, database: WholeDatabase) -> Principal | None:
    if user is None:
        return None
    require_scope(user, "account")
    return await _live_user(user, database)


# The same, of an endpoint that answers strangers too.
PossibleLiveUser = Annotated[Principal | None, Depends(_possible_live_user)]


_documented_cookie = APIKeyCookie(
    name="daybook_refresh",
    scheme_name="RefreshCookie",
    description="The refresh token, set at sign-in. Where there is TLS its name is `__Host-daybook_refresh`.",
    auto_error=False,
)


async def _refresh_cookie(request: Request, response: Response) -> RefreshCookie:
    return RefreshCookie(_settings(request).cookie, request, response)


# To set it. `PossibleToken` is how it is read.
SessionCookie = Annotated[RefreshCookie, Depends(_refresh_cookie)]


async def _require_json(request: Request) -> None:
    """A form of another site can be sent without asking; a request with this content type cannot."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise JsonRequired


async def _require_own_page(request: Request) -> None:
    """Browsers say which page sends a request, in `Origin` with every POST.

    A request that shows no trace of a browser comes from a program that holds its own cookies, such as curl:
    nobody can make it send one by luring it somewhere.
    """
    origin = request.headers.get("origin")
    if origin is None and not _BROWSERS_SEND & set(request.headers.keys()):
        return
    if origin not in _settings(request).allowed_origins:
        raise OriginNotAllowed


async def _possible_token(
    cookie: SessionCookie, mint: TokenMint, _: Annotated[str | None, Security(_documented_cookie)]
) -> RefreshToken | None:
    return mint.read(cookie.presented) if cookie.presented else None


PossibleToken = Annotated[RefreshToken | None, Depends(_possible_token)]

# For every endpoint that reads the cookie: how to know that the person meant it (OWASP, CSRF prevention).
COOKIE_GUARDS = [Depends(_require_own_page), Depends(_require_json)]
COOKIE_PROBLEMS = (OriginNotAllowed,)
