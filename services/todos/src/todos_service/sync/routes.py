from typing import Annotated, Any

from fastapi import APIRouter, Query, Response, status

from chassis.problems import InsufficientScope, Unauthenticated
from chassis.web.problems import responses
from todos_service.owners.errors import OwnerErased
from todos_service.sync import cursors, feed, operations
from todos_service.sync.errors import ResyncRequired, TooManyStreams
from todos_service.sync.feed import Wish
from todos_service.sync.operations import Sender
from todos_service.sync.schemas import ChangesOut, ChangesQuery, OperationsIn, ResultsOut
from todos_service.todos import answers, etags
from todos_service.todos.answers import ETAG, FRESH, UNCHANGED
from todos_service.todos.dependencies import IfNoneMatch, Keys, Reader, TodoLimit, Transactions, Writer, author
from todos_service.todos.errors import TodoUnreadable

router = APIRouter(prefix="/sync", tags=["sync"], responses=responses(Unauthenticated, InsufficientScope, OwnerErased))

_HEADS = """event: head
data: {"epoch": "6f1c1f7e-9a52-4c0e-8c39-0d8a4f3d2b11", "head": 42}

"""


@router.get(
    "/changes",
    operation_id="list_changes",
    response_model=ChangesOut,
    responses={
        **responses(TodoUnreadable, OwnerErased, ResyncRequired),
        200: {"description": "What changed", "headers": ETAG},
        304: UNCHANGED,
    },
)
async def list_changes(
    user: Reader,
    query: Annotated[ChangesQuery, Query()],
    database: Transactions,
    keys: Keys,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """What has changed since `cursor`, deletions included; without one, every todo there is.

    Read on while `has_more`, and keep the last `cursor`: asked with it later, the answer is what changed since. A 410
    `resync-required` says to begin again without a cursor, and to keep what is not sent yet.
    """
    cursor = cursors.decode(query.cursor) if query.cursor else None
    page = await feed.list_changes(database, keys, Wish(user.id, cursor, query.limit))
    headers = FRESH | {"ETag": etags.of_head(page.head)}
    if etags.matches(if_none_match, headers["ETag"]):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    content = {
        "changes": page.changes,
        "cursor": page.cursor,
        "has_more": page.has_more,
        "epoch": page.head.epoch,
        "head": page.head.number,
    }
    return answers.json(content, headers)


@router.post("/operations", operation_id="carry_out_operations", response_model=ResultsOut)
async def carry_out_operations(
    sent: OperationsIn, user: Writer, database: Transactions, keys: Keys, limit: TodoLimit
) -> Response:
    """Carry out what was done on a device, in this order. Each operation has a result of its own: one that is wrong, or
    clashes, does not keep the others from being carried out.

    An update names what its writer saw in each field (`from`). A field that somebody else has changed since is not
    overwritten: the result has all three values, for the person to choose. Tags are merged one by one. A delete of what
    was changed since `base_version` is a conflict, unless it is forced. Sending an operation again, under the same
    `op_id`, does nothing again.
    """
    sender = Sender(author(user), limit)
    results = await operations.carry_out(database, keys, sender, sent.operations)
    head = await feed.find_head(database, keys, owner_id=user.id)
    return answers.json({"results": results, "epoch": head.epoch, "head": head.number}, {})


_STREAM: dict[str, Any] = {
    "description": "Events, until one of them is `end`",
    "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _HEADS}},
}


@router.get(
    "/stream",
    operation_id="stream_heads",
    response_class=Response,
    responses={**responses(OwnerErased, TooManyStreams), 200: _STREAM},
)
async def stream_heads(user: Reader) -> None:
    """Server-sent events that say how far the caller's stream has come: a hint to ask for changes, no more.

    `head` comes at once and after each change; `end`, with a `reason` (`revoked`, `expired` or `shutdown`), before the
    connection is closed. A comment every 15 seconds shows that it lives. Losing the connection loses nothing: changes
    are asked for with a cursor. (Answered by `streams.HeadStreams`, before it comes here.)
    """
