from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from auth_service.accounts.dependencies import MainEntrance
from auth_service.accounts.errors import WrongPassword
from auth_service.accounts.passwords import Busy
from auth_service.api_tokens import service
from auth_service.api_tokens.errors import ApiTokenInvalid, ApiTokenNotFound, TooManyApiTokens
from auth_service.api_tokens.schemas import ApiTokenMade, ApiTokenPage, Exchange, Exchanged, NewApiToken
from auth_service.attempts.errors import TooManyAttempts
from auth_service.sessions.dependencies import CallingClient, LiveUser
from chassis.problems import InsufficientScope, Unauthenticated
from chassis.web.dependencies import Reads, Transaction
from chassis.web.problems import responses

router = APIRouter(prefix="/auth", tags=["API tokens"])


@router.get("/tokens", operation_id="list_api_tokens", responses=responses(Unauthenticated, InsufficientScope))
async def list_api_tokens(
    user: LiveUser, reads: Reads, cursor: UUID | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 50
) -> ApiTokenPage:
    """The caller's API tokens, the newest first. The tokens themselves are shown to nobody again."""
    found = await service.list_own(reads, user.id, before=cursor, limit=limit + 1)
    items = found[:limit]
    return ApiTokenPage(items=items, next_cursor=items[-1].id if len(found) > limit else None)


@router.post(
    "/tokens",
    operation_id="make_api_token",
    status_code=status.HTTP_201_CREATED,
    responses=responses(Unauthenticated, WrongPassword, InsufficientScope, TooManyApiTokens, TooManyAttempts, Busy),
)
async def make_api_token(
    new: NewApiToken, user: LiveUser, entrance: MainEntrance, client: CallingClient
) -> ApiTokenMade:
    """Make a token for a program. It allows what its scopes say, and nothing that concerns the account."""
    made = await service.make(entrance, user, new, client=client)
    return ApiTokenMade(**made.token.model_dump(), token=made.text)


@router.delete(
    "/tokens/{token_id}",
    operation_id="revoke_api_token",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=responses(Unauthenticated, InsufficientScope, ApiTokenNotFound),
)
async def revoke_api_token(token_id: UUID, user: LiveUser, tx: Transaction, client: CallingClient) -> None:
    """Revoke an API token. The access tokens it was exchanged for end with it, everywhere."""
    await service.revoke(tx, user, token_id, client=client)


@router.post("/token", operation_id="exchange_api_token", responses=responses(ApiTokenInvalid))
async def exchange_api_token(exchange: Exchange, entrance: MainEntrance, client: CallingClient) -> Exchanged:
    """Exchange an API token for an access token of a few minutes, which all other endpoints take."""
    given = await service.exchange(entrance, exchange.token.get_secret_value(), client=client)
    return Exchanged(access_token=given.access_token.text, expires_in=given.access_token.expires_in, scope=given.scope)
