from fastapi import APIRouter, Response, status

from auth_service.sessions import service
from auth_service.sessions.dependencies import (
    COOKIE_GUARDS,
    COOKIE_PROBLEMS,
    PossibleToken,
    SessionCookie,
    WholeDatabase,
)
from chassis.web.problems import responses

router = APIRouter(prefix="/auth", tags=["sessions"])


@router.post(
    "/logout",
    operation_id="logout",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    dependencies=COOKIE_GUARDS,
    responses=responses(*COOKIE_PROBLEMS),
)
async def logout(token: PossibleToken, cookie: SessionCookie, database: WholeDatabase) -> None:
    """Sign out of this session. Succeeds as well if there is none, or not any more."""
    if token is not None:
        await service.end(database, token)
    cookie.drop()
