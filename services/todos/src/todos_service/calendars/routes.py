from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response, status

from chassis.problems import InsufficientScope, Unauthenticated
from chassis.web.dependencies import Reads, Transaction
from chassis.web.problems import responses
from todos_service.calendars import icalendar, service
from todos_service.calendars.errors import CalendarNotFound
from todos_service.calendars.schemas import CalendarLink, CalendarState
from todos_service.owners.errors import OwnerErased
from todos_service.todos import answers, etags
from todos_service.todos.answers import ETAG, FRESH, UNCHANGED
from todos_service.todos.dependencies import IfNoneMatch, Keys, Reader, Transactions, Writer
from todos_service.todos.errors import TodoUnreadable

router = APIRouter(prefix="/todos/calendar", tags=["calendar"], responses=responses(Unauthenticated, InsufficientScope))
# Whoever has the link may read: calendar programs send no token.
feed = APIRouter(prefix="/calendar", tags=["calendar"])


async def _public_url(request: Request) -> str:
    settings = request.app.state.settings
    url: str = settings.public_url or settings.tokens.issuer
    return url.rstrip("/")


PublicUrl = Annotated[str, Depends(_public_url)]


@router.post(
    "",
    operation_id="make_calendar",
    status_code=status.HTTP_201_CREATED,
    responses={**responses(OwnerErased), 201: {"description": "The link"}},
)
async def make_calendar(user: Writer, tx: Transaction, keys: Keys, public_url: PublicUrl) -> CalendarLink:
    """Make a secret link by which calendar programs can read the todos that have a due date.

    There is one at a time: a new link takes the place of the older one, which leads nowhere from then on.
    """
    made = await service.make(tx, keys, owner_id=user.id)
    return CalendarLink(url=f"{public_url}/calendar/{made.secret}.ics", created_at=made.created_at)


@router.get("", operation_id="get_calendar")
async def get_calendar(user: Reader, reads: Reads) -> CalendarState:
    """Whether there is a link. It cannot be shown again: only a hash of it is stored."""
    return CalendarState(created_at=await service.find_since(reads, owner_id=user.id))


@router.delete("", operation_id="revoke_calendar", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_calendar(user: Writer, tx: Transaction) -> Response:
    """Revoke the link, if there is one. What calendar programs have read by then they may keep showing."""
    await service.revoke(tx, owner_id=user.id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@feed.get(
    "/{secret}.ics",
    operation_id="read_calendar",
    response_class=Response,
    responses={
        **responses(CalendarNotFound, TodoUnreadable),
        200: {"description": "The calendar", "content": {"text/calendar": {}}, "headers": ETAG},
        304: UNCHANGED,
    },
)
async def read_calendar(
    secret: Annotated[str, Path(max_length=100)],
    database: Transactions,
    keys: Keys,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The todos of whoever made this link that are still to be done, as a calendar (RFC 5545)."""
    shown = await service.show(database, keys, secret=secret, known=etags.head_in(if_none_match))
    headers = FRESH | {"ETag": etags.of_head(shown.head), "X-Robots-Tag": "noindex"}
    if shown.content is None:
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return await answers.stream(shown.content, headers, media_type=icalendar.MEDIA_TYPE)
