from fastapi import APIRouter, Response

from chassis.problems import InsufficientScope, Unauthenticated
from chassis.web.dependencies import Transaction
from chassis.web.problems import responses
from todos_service.bulk import service
from todos_service.bulk.schemas import Bulk, BulkAnswer
from todos_service.bulk.service import Order
from todos_service.owners.errors import OwnerErased
from todos_service.todos import answers
from todos_service.todos.dependencies import Keys, Writer, author
from todos_service.todos.errors import TodoUnreadable

router = APIRouter(
    prefix="/todos", tags=["todos"], responses=responses(Unauthenticated, InsufficientScope, TodoUnreadable)
)


@router.post(
    "/bulk",
    operation_id="change_todos",
    response_model=BulkAnswer,
    responses={**responses(OwnerErased), 200: {"description": "What became of each"}},
)
async def change_todos(body: Bulk, user: Writer, tx: Transaction, keys: Keys) -> Response:
    """Complete, reopen, delete, tag, untag or move up to 100 todos at once.

    Each is answered for itself: one that is gone, or has another version than you say, does not keep the others from
    changing. To take it all back, send `undo` to `POST /sync/operations`.
    """
    order = Order(
        body.action,
        [each.id for each in body.chosen],
        {each.id: each.version for each in body.chosen if each.version is not None},
        tuple(body.tags or ()),
        body.after,
    )
    answer = await service.carry_out(tx, keys, by=author(user), order=order)
    return answers.json(answer._asdict(), {})
