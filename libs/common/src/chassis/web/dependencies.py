"""What an endpoint may ask for by naming it in its signature."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Database
from chassis.principals import Principal
from chassis.problems import InsufficientScope, Unauthenticated
from chassis.tokens import TokenVerifier, bearer_token


async def _transaction(request: Request) -> AsyncIterator[AsyncConnection]:
    database: Database = request.app.state.database
    async with database.transaction() as tx:
        yield tx


async def _reads(request: Request) -> AsyncIterator[AsyncConnection]:
    database: Database = request.app.state.database
    async with database.reads() as tx:
        yield tx


# scope="function" commits before the response is sent. FastAPI's default commits after it, and
# would answer 201 to a client whose row was never stored.
Transaction = Annotated[AsyncConnection, Depends(_transaction, scope="function")]
Reads = Annotated[AsyncConnection, Depends(_reads, scope="function")]

# Only for the document: what is a token is decided in `chassis.tokens`, for the gateway as for services.
_documented = HTTPBearer(auto_error=False, bearerFormat="JWT", description="An access token from `POST /auth/login`")


async def _current_user(request: Request, _: Annotated[object, Security(_documented)]) -> Principal:
    shown = [value for name, value in request.headers.raw if name == b"authorization"]
    token = bearer_token(shown[0]) if len(shown) == 1 else None
    if token is None:
        raise Unauthenticated
    verifier: TokenVerifier = request.app.state.tokens
    return await verifier.verify(token)


CurrentUser = Annotated[Principal, Depends(_current_user)]


async def _possible_user(request: Request) -> Principal | None:
    return await _current_user(request, None) if "authorization" in request.headers else None


# Of an endpoint that answers strangers too. A token that is not good is refused all the same.
PossibleUser = Annotated[Principal | None, Depends(_possible_user)]
# What such an operation says in the document.
POSSIBLY_SIGNED_IN: dict[str, Any] = {"security": [{}, {"HTTPBearer": []}]}


def allowed(scope: str) -> Callable[[Principal], Awaitable[Principal]]:
    """For `Depends`: the caller, if their token allows this."""

    async def allowed_user(user: CurrentUser) -> Principal:
        require_scope(user, scope)
        return user

    return allowed_user


def require_scope(user: Principal, scope: str) -> None:
    """Raises InsufficientScope."""
    if scope not in user.scopes:
        raise InsufficientScope(scope=scope)
