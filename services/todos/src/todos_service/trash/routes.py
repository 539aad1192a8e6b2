from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.problems import InsufficientScope, Unauthenticated
from chassis.web.dependencies import Reads, Transaction
from chassis.web.problems import responses
from todos_service.owners.errors import OwnerErased
from todos_service.todos import answers
from todos_service.todos.answers import FRESH, LINK, ONE_TODO
from todos_service.todos.dependencies import IfMatch, Keys, Reader, TodoLimit, Writer, author
from todos_service.todos.errors import (
    PreconditionFailed,
    TodoNotFound,
    TodoUnreadable,
    TooManyTodos,
    VersionConflict,
)
from todos_service.todos.expectations import expectation
from todos_service.todos.schemas import TodoOut, TodoPage
from todos_service.trash import service
from todos_service.trash.schemas import TodoRestore, TrashQuery

router = APIRouter(
    prefix="/todos", tags=["todos"], responses=responses(Unauthenticated, InsufficientScope, TodoUnreadable)
)


@router.get(
    "/trash",
    operation_id="list_trash",
    response_model=TodoPage,
    responses={200: {"description": "A page of deleted todos", "headers": LINK}},
)
async def list_trash(user: Reader, query: Annotated[TrashQuery, Query()], reads: Reads, keys: Keys) -> Response:
    """The todos that the caller deleted in the last 30 days, as they were then; the last one deleted comes first."""
    page = await service.list_page(reads, keys, owner_id=user.id, cursor=query.cursor, limit=query.limit)
    return answers.page("/todos/trash", page.todos, page.next_cursor, {"limit": query.limit}, FRESH)


@router.post(
    "/{todo_id}/restore",
    operation_id="restore_todo",
    response_model=TodoOut,
    responses={
        **responses(TodoNotFound, VersionConflict, TooManyTodos, OwnerErased, PreconditionFailed),
        200: ONE_TODO,
    },
)
async def restore_todo(
    *,
    todo_id: UUID,
    user: Writer,
    tx: Transaction,
    keys: Keys,
    limit: TodoLimit,
    body: TodoRestore | None = None,
    if_match: IfMatch = None,
) -> Response:
    """Bring a deleted todo back, as it was. One that is not deleted is the answer as it is."""
    expected = expectation(if_match, body.version if body else None)
    todo = await service.restore(tx, keys, by=author(user), todo_id=todo_id, expected=expected, limit=limit)
    return answers.todo(todo)
