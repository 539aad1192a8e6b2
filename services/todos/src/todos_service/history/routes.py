from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from chassis.problems import InsufficientScope, Unauthenticated
from chassis.web.dependencies import Reads, Transaction
from chassis.web.problems import responses
from todos_service.history import service
from todos_service.history.errors import ChangeNotFound
from todos_service.history.schemas import HistoryPage, HistoryQuery, TodoUndo
from todos_service.owners.errors import OwnerErased
from todos_service.todos import answers
from todos_service.todos.answers import FRESH, LINK, ONE_TODO
from todos_service.todos.dependencies import Keys, Reader, TodoLimit, Writer, author
from todos_service.todos.errors import TodoNotFound, TodoUnreadable, TooManyTodos, VersionConflict
from todos_service.todos.schemas import TodoOut

router = APIRouter(
    prefix="/todos", tags=["todos"], responses=responses(Unauthenticated, InsufficientScope, TodoUnreadable)
)


@router.get(
    "/{todo_id}/history",
    operation_id="list_history",
    response_model=HistoryPage,
    responses={**responses(TodoNotFound), 200: {"description": "A page of changes", "headers": LINK}},
)
async def list_history(
    todo_id: UUID, user: Reader, query: Annotated[HistoryQuery, Query()], reads: Reads, keys: Keys
) -> Response:
    """What became of one of the caller's todos, newest first; of a deleted one as long as it is in the trash."""
    before = int(query.cursor.removeprefix("v")) if query.cursor else None
    page = await service.list_page(reads, keys, owner_id=user.id, todo_id=todo_id, before=before, limit=query.limit)
    path = f"/todos/{todo_id}/history"
    return answers.page(path, page.changes, page.next_cursor, {"limit": query.limit}, FRESH)


@router.post(
    "/{todo_id}/undo",
    operation_id="undo_change",
    response_model=TodoOut,
    responses={
        **responses(TodoNotFound, ChangeNotFound, VersionConflict, TooManyTodos, OwnerErased),
        200: ONE_TODO,
        204: {"description": "The todo is in the trash, since what was undone had made it or brought it back"},
    },
)
async def undo_change(
    *, todo_id: UUID, body: TodoUndo, user: Writer, tx: Transaction, keys: Keys, limit: TodoLimit
) -> Response:
    """Take back one change of the todo's history: its fields become what they were before it.

    Later changes of other fields stay. If a field has changed since, nothing is done, and the answer is a 409 with the
    todo as it is now and the `clashes`.
    """
    todo = await service.undo(
        tx, keys, by=author(user), todo_id=todo_id, seq=body.seq, version=body.version, limit=limit
    )
    if todo is None:
        return Response(status_code=status.HTTP_204_NO_CONTENT)
    return answers.todo(todo)
