from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from chassis.problems import InsufficientScope, Unauthenticated
from chassis.web.dependencies import Reads
from chassis.web.problems import responses
from todos_service.lists import service
from todos_service.lists.schemas import ListQuery
from todos_service.lists.service import Listing
from todos_service.todos import answers, etags
from todos_service.todos.answers import ETAG, FRESH, LINK, UNCHANGED
from todos_service.todos.dependencies import IfNoneMatch, Keys, Reader
from todos_service.todos.errors import TodoUnreadable
from todos_service.todos.schemas import TodoPage

router = APIRouter(
    prefix="/todos", tags=["todos"], responses=responses(Unauthenticated, InsufficientScope, TodoUnreadable)
)


@router.get(
    "",
    operation_id="list_todos",
    response_model=TodoPage,
    responses={200: {"description": "A page of todos", "headers": ETAG | LINK}, 304: UNCHANGED},
)
async def list_todos(
    user: Reader,
    query: Annotated[ListQuery, Query()],
    reads: Reads,
    keys: Keys,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The caller's todos, a page at a time: by `position` unless `sort` says otherwise. New todos come first then.

    Follow `Link: rel="next"`, or send `next_cursor` as `cursor` with the same filter, until there is none. The `ETag`
    changes with every change of any of the caller's todos.
    """
    listing = Listing(user.id, query.filter, query.order, query.cursor, query.limit, etags.head_in(if_none_match))
    page = await service.list_page(reads, keys, listing)
    headers = FRESH | ({"ETag": etags.of_head(page.head)} if page.head else {})
    if page.todos is None:
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return answers.page("/todos", page.todos, page.next_cursor, query.repeated, headers)
