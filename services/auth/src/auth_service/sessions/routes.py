from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from auth_service.sessions import service
from auth_service.sessions.dependencies import (
    COOKIE_GUARDS,
    COOKIE_PROBLEMS,
    CallingClient,
    LiveUser,
    PossibleToken,
    SessionCookie,
    WholeDatabase,
)
from auth_service.sessions.errors import SessionNotFound
from auth_service.sessions.schemas import SessionOut, SessionPage
from chassis.problems import InsufficientScope, Unauthenticated
from chassis.web.dependencies import Reads, Transaction
from chassis.web.problems import responses

router = APIRouter(prefix="/auth", tags=["sessions"])

_MOST = 100


@router.post(
    "/logout",
    operation_id="logout",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    dependencies=COOKIE_GUARDS,
    responses=responses(*COOKIE_PROBLEMS),
)
async def logout(token: PossibleToken, cookie: SessionCookie, database: WholeDatabase, client: CallingClient) -> None:
    """Sign out of this session, everywhere. Succeeds as well if there is none, or not any more."""
    if token is not None:
        await service.end(database, token, client=client)
    cookie.drop()


@router.get("/sessions", operation_id="list_sessions", responses=responses(Unauthenticated, InsufficientScope))
async def list_sessions(
    user: LiveUser,
    reads: Reads,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
) -> SessionPage:
    """Where the caller is signed in, the latest first."""
    found = await service.list_live(reads, user.id, before=cursor, limit=limit + 1)
    items = [SessionOut(**each._asdict(), current=each.id == user.session_id) for each in found[:limit]]
    return SessionPage(items=items, next_cursor=items[-1].id if len(found) > limit else None)


@router.delete(
    "/sessions/{session_id}",
    operation_id="end_session",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=responses(Unauthenticated, InsufficientScope, SessionNotFound),
)
async def end_session(session_id: UUID, user: LiveUser, tx: Transaction, client: CallingClient) -> None:
    """Sign out of one session, everywhere; it may be the one that asks."""
    await service.end_one(tx, session_id, by=user, client=client)


@router.delete(
    "/sessions",
    operation_id="end_other_sessions",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=responses(Unauthenticated, InsufficientScope),
)
async def end_other_sessions(user: LiveUser, tx: Transaction, client: CallingClient) -> None:
    """Sign out of every session but the one that asks."""
    await service.end_others(tx, user, client=client)
