from uuid import UUID

from fastapi import APIRouter, Response, status

from chassis.problems import InsufficientScope, Unauthenticated
from chassis.web.dependencies import Reads, Transaction
from chassis.web.problems import responses
from todos_service.owners.errors import OwnerErased
from todos_service.todos import answers, etags, service
from todos_service.todos.answers import ETAG, FRESH, LOCATION, ONE_TODO, UNCHANGED
from todos_service.todos.dependencies import (
    IdempotencyKey,
    IfMatch,
    IfNoneMatch,
    Keys,
    Reader,
    TodoLimit,
    Writer,
    author,
)
from todos_service.todos.errors import (
    IdempotencyKeyReused,
    PreconditionFailed,
    PreconditionRequired,
    TodoDeleted,
    TodoExists,
    TodoNotFound,
    TodoUnreadable,
    TooManyTodos,
    VersionConflict,
)
from todos_service.todos.expectations import expectation, required
from todos_service.todos.merging import DEFAULTS
from todos_service.todos.schemas import TodoCreate, TodoDelete, TodoOut, TodoPatch, TodoToggle, TodoUpdate
from todos_service.todos.service import NewTodo

router = APIRouter(
    prefix="/todos", tags=["todos"], responses=responses(Unauthenticated, InsufficientScope, TodoUnreadable)
)

_CHANGING = responses(TodoNotFound, VersionConflict, OwnerErased, PreconditionFailed)


@router.post(
    "",
    operation_id="create_todo",
    status_code=status.HTTP_201_CREATED,
    response_model=TodoOut,
    responses={
        **responses(TodoExists, TodoDeleted, TooManyTodos, OwnerErased, IdempotencyKeyReused),
        200: {"description": "You have this todo already", "model": TodoOut, "headers": ETAG | LOCATION},
        201: {"description": "The new todo", "headers": ETAG | LOCATION},
    },
)
async def create_todo(
    *,
    new: TodoCreate,
    user: Writer,
    tx: Transaction,
    keys: Keys,
    limit: TodoLimit,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Add a todo to the caller's list.

    Sending the same again adds nothing: with an `id` of your own, the todo that has it is the answer as long as the
    fields you send are still its; with an `Idempotency-Key`, the todo that the first request made.
    """
    created = await service.create(
        tx,
        keys,
        by=author(user),
        new=NewTodo(id=new.id, fields=new.changes(), idempotency_key=idempotency_key),
        limit=limit,
    )
    code = status.HTTP_201_CREATED if created.is_new else status.HTTP_200_OK
    return answers.todo(created.todo, code, {"Location": f"/todos/{created.todo['id']}"})


@router.get(
    "/{todo_id}",
    operation_id="get_todo",
    response_model=TodoOut,
    responses={**responses(TodoNotFound), 200: ONE_TODO, 304: UNCHANGED},
)
async def get_todo(
    todo_id: UUID, user: Reader, reads: Reads, keys: Keys, if_none_match: IfNoneMatch = None
) -> Response:
    """One of the caller's todos."""
    todo = await service.find(reads, keys, owner_id=user.id, todo_id=todo_id)
    etag = etags.of_version(todo["version"])
    if etags.matches(if_none_match, etag):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=FRESH | {"ETag": etag})
    return answers.todo(todo, headers=FRESH)


@router.put(
    "/{todo_id}",
    operation_id="update_todo",
    response_model=TodoOut,
    responses={**_CHANGING, **responses(PreconditionRequired), 200: ONE_TODO},
)
async def update_todo(
    *, todo_id: UUID, changes: TodoUpdate, user: Writer, tx: Transaction, keys: Keys, if_match: IfMatch = None
) -> Response:
    """Change a todo. Fields left out keep their value.

    Say which version you saw: in `If-Match`, or as `version`. If the todo has another one by now, nothing is changed
    and the answer is a 412 or a 409 that holds the todo as it is.
    """
    expected = required(if_match, changes.version)
    fields = changes.changes()
    todo = await service.update(tx, keys, by=author(user), todo_id=todo_id, fields=fields, expected=expected)
    return answers.todo(todo)


@router.patch(
    "/{todo_id}",
    operation_id="patch_todo",
    response_model=TodoOut,
    responses={**_CHANGING, **responses(PreconditionRequired), 200: ONE_TODO},
    openapi_extra={
        "requestBody": {
            "content": {"application/merge-patch+json": {"schema": {"$ref": "#/components/schemas/TodoPatch"}}}
        }
    },
)
async def patch_todo(
    *, todo_id: UUID, patch: TodoPatch, user: Writer, tx: Transaction, keys: Keys, if_match: IfMatch = None
) -> Response:
    """Change a todo by a merge patch: null clears a field. The rules for versions are those of `PUT`."""
    expected = required(if_match, patch.version)
    fields = patch.changes_over(DEFAULTS)
    todo = await service.update(tx, keys, by=author(user), todo_id=todo_id, fields=fields, expected=expected)
    return answers.todo(todo)


@router.delete(
    "/{todo_id}",
    operation_id="delete_todo",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={**_CHANGING, **responses(PreconditionRequired)},
)
async def delete_todo(
    *,
    todo_id: UUID,
    user: Writer,
    tx: Transaction,
    keys: Keys,
    body: TodoDelete | None = None,
    if_match: IfMatch = None,
) -> Response:
    """Delete a todo. Say which version you saw: in `If-Match`, or as `version`."""
    expected = required(if_match, body.version if body else None)
    await service.delete(tx, keys, by=author(user), todo_id=todo_id, expected=expected)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.patch(
    "/{todo_id}/toggle",
    operation_id="toggle_todo",
    response_model=TodoOut,
    responses={**_CHANGING, **responses(PreconditionRequired), 200: ONE_TODO},
)
async def toggle_todo(
    *,
    todo_id: UUID,
    user: Writer,
    tx: Transaction,
    keys: Keys,
    body: TodoToggle | None = None,
    if_match: IfMatch = None,
) -> Response:
    """Complete a todo, or take that back.

    `completed` says what it should be, so that sending it twice does no harm; without it the todo becomes the opposite
    of what it is. A version is checked if you send one. A todo that recurs needs one: completing it again would
    complete the next occurrence.
    """
    body = body or TodoToggle()
    todo = await service.toggle(
        tx,
        keys,
        by=author(user),
        todo_id=todo_id,
        completed=body.completed,
        expected=expectation(if_match, body.version),
    )
    return answers.todo(todo)
