from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response, status

from chassis.principals import Principal
from chassis.problems import InsufficientScope, Unauthenticated
from chassis.web.dependencies import Reads, Transaction, allowed
from chassis.web.problems import responses
from todos_service.owners.errors import OwnerErased
from todos_service.owners.service import DataKeys
from todos_service.todos import cursors, documents, etags, service
from todos_service.todos.documents import TodoDocument
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
from todos_service.todos.merging import DEFAULTS
from todos_service.todos.schemas import (
    ListQuery,
    TodoCreate,
    TodoDelete,
    TodoOut,
    TodoPage,
    TodoPatch,
    TodoToggle,
    TodoUpdate,
)
from todos_service.todos.service import ANY_VERSION, Expectation, NewTodo
from todos_service.todos.writing import Author

router = APIRouter(
    prefix="/todos", tags=["todos"], responses=responses(Unauthenticated, InsufficientScope, TodoUnreadable)
)


async def _keys(request: Request) -> DataKeys:
    keys: DataKeys = request.app.state.data_keys
    return keys


async def _todo_limit(request: Request) -> int:
    limit: int = request.app.state.settings.todos_per_owner
    return limit


Reader = Annotated[Principal, Depends(allowed("todos:read"))]
Writer = Annotated[Principal, Depends(allowed("todos:write"))]
Keys = Annotated[DataKeys, Depends(_keys)]
TodoLimit = Annotated[int, Depends(_todo_limit)]
IfMatch = Annotated[str | None, Header(max_length=400, description="The `ETag` you last saw", examples=['"v3"'])]
IfNoneMatch = Annotated[str | None, Header(max_length=1000, description="The `ETag` you have", examples=['"v3"'])]
IdempotencyKey = Annotated[
    str | None,
    Header(min_length=1, max_length=255, pattern=r"^[!-~]+$", description="Sending a request again with it acts once"),
]

_ETAG = {"ETag": {"description": "The version of the answer", "schema": {"type": "string"}, "example": '"v3"'}}
_LINK = {
    "Link": {
        "description": "The next page, if there is one",
        "schema": {"type": "string"},
        "example": '</todos?limit=50&cursor=WyJUMG0>; rel="next"',
    }
}
_LOCATION = {"Location": {"description": "Where the todo is", "schema": {"type": "string"}}}
_TODO: dict[str, Any] = {"description": "The todo", "model": TodoOut, "headers": _ETAG}
_UNCHANGED: dict[str, Any] = {"description": "You have it already", "headers": _ETAG}
_CHANGING = responses(TodoNotFound, VersionConflict, OwnerErased, PreconditionFailed)
# Somebody else's cache must not keep it, and one's own asks first whether it has changed.
_FRESH = {"Cache-Control": "private, no-cache"}


@router.get(
    "",
    operation_id="list_todos",
    response_model=TodoPage,
    responses={200: {"description": "A page of todos", "headers": _ETAG | _LINK}, 304: _UNCHANGED},
)
async def list_todos(
    user: Reader,
    query: Annotated[ListQuery, Query()],
    reads: Reads,
    keys: Keys,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The caller's todos by `position`, a page at a time. New todos come first unless they were put elsewhere.

    Follow `Link: rel="next"`, or send `next_cursor` as `cursor`, until there is none. The `ETag` changes with every
    change of any of the caller's todos.
    """
    page = await service.list_page(
        reads,
        keys,
        owner_id=user.id,
        status=query.status,
        after=cursors.decode(query.cursor) if query.cursor else None,
        known=etags.head_in(if_none_match),
        limit=query.limit,
    )
    headers = _FRESH | ({"ETag": etags.of_head(page.head)} if page.head else {})
    if page.todos is None:
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    if page.next_cursor:
        following = {"limit": query.limit, "status": query.status, "cursor": page.next_cursor}
        headers["Link"] = f'</todos?{urlencode(following)}>; rel="next"'
    return _json({"items": page.todos, "next_cursor": page.next_cursor}, headers)


@router.post(
    "",
    operation_id="create_todo",
    status_code=status.HTTP_201_CREATED,
    response_model=TodoOut,
    responses={
        **responses(TodoExists, TodoDeleted, TooManyTodos, OwnerErased, IdempotencyKeyReused),
        200: {"description": "You have this todo already", "model": TodoOut, "headers": _ETAG | _LOCATION},
        201: {"description": "The new todo", "headers": _ETAG | _LOCATION},
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
        by=_author(user),
        new=NewTodo(id=new.id, fields=new.changes(), idempotency_key=idempotency_key),
        limit=limit,
    )
    code = status.HTTP_201_CREATED if created.is_new else status.HTTP_200_OK
    return _todo(created.todo, code, {"Location": f"/todos/{created.todo['id']}"})


@router.get(
    "/{todo_id}",
    operation_id="get_todo",
    response_model=TodoOut,
    responses={**responses(TodoNotFound), 200: _TODO, 304: _UNCHANGED},
)
async def get_todo(
    todo_id: UUID, user: Reader, reads: Reads, keys: Keys, if_none_match: IfNoneMatch = None
) -> Response:
    """One of the caller's todos."""
    todo = await service.find(reads, keys, owner_id=user.id, todo_id=todo_id)
    etag = etags.of_version(todo["version"])
    if etags.matches(if_none_match, etag):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=_FRESH | {"ETag": etag})
    return _todo(todo, headers=_FRESH)


@router.put(
    "/{todo_id}",
    operation_id="update_todo",
    response_model=TodoOut,
    responses={**_CHANGING, **responses(PreconditionRequired), 200: _TODO},
)
async def update_todo(
    *, todo_id: UUID, changes: TodoUpdate, user: Writer, tx: Transaction, keys: Keys, if_match: IfMatch = None
) -> Response:
    """Change a todo. Fields left out keep their value.

    Say which version you saw: in `If-Match`, or as `version`. If the todo has another one by now, nothing is changed
    and the answer is a 412 or a 409 that holds the todo as it is.
    """
    expected = _required(if_match, changes.version)
    return _todo(
        await service.update(tx, keys, by=_author(user), todo_id=todo_id, fields=changes.changes(), expected=expected)
    )


@router.patch(
    "/{todo_id}",
    operation_id="patch_todo",
    response_model=TodoOut,
    responses={**_CHANGING, **responses(PreconditionRequired), 200: _TODO},
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
    expected = _required(if_match, patch.version)
    fields = patch.changes_over(DEFAULTS)
    return _todo(await service.update(tx, keys, by=_author(user), todo_id=todo_id, fields=fields, expected=expected))


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
    expected = _required(if_match, body.version if body else None)
    await service.delete(tx, keys, by=_author(user), todo_id=todo_id, expected=expected)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.patch(
    "/{todo_id}/toggle",
    operation_id="toggle_todo",
    response_model=TodoOut,
    responses={**_CHANGING, 200: _TODO},
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
    of what it is. A version is checked if you send one.
    """
    body = body or TodoToggle()
    todo = await service.toggle(
        tx,
        keys,
        by=_author(user),
        todo_id=todo_id,
        completed=body.completed,
        expected=_expectation(if_match, body.version),
    )
    return _todo(todo)


def _author(user: Principal) -> Author:
    return Author(user.id, user.session_id)


def _required(if_match: str | None, version: int | None) -> Expectation:
    if if_match is None and version is None:
        raise PreconditionRequired
    return _expectation(if_match, version)


def _expectation(if_match: str | None, version: int | None) -> Expectation:
    """`If-Match` is the stronger word where a request has both."""
    if if_match is not None:
        return Expectation(etags.versions_in(if_match), PreconditionFailed)
    return Expectation(frozenset({version}), VersionConflict) if version is not None else ANY_VERSION


def _todo(todo: TodoDocument, code: int = status.HTTP_200_OK, headers: dict[str, str] | None = None) -> Response:
    return _json(todo, {"ETag": etags.of_version(todo["version"])} | (headers or {}), code)


def _json(content: Any, headers: dict[str, str], code: int = status.HTTP_200_OK) -> Response:
    """Straight to bytes: what is sent has been checked when it was stored."""
    return Response(documents.to_bytes(content), code, headers, media_type="application/json")
