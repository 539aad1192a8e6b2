"""What the endpoints of todos ask for by naming it in their signature."""

from typing import Annotated

from fastapi import Depends, Header, Request

from chassis.database import Database
from chassis.principals import Principal
from chassis.web.dependencies import allowed
from todos_service.owners.service import DataKeys
from todos_service.todos.writing import Author


async def _keys(request: Request) -> DataKeys:
    keys: DataKeys = request.app.state.data_keys
    return keys


async def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def _import_limit(request: Request) -> int:
    limit: int = request.app.state.settings.import_bytes
    return limit


async def _todo_limit(request: Request) -> int:
    limit: int = request.app.state.settings.todos_per_owner
    return limit


Reader = Annotated[Principal, Depends(allowed("todos:read"))]
Writer = Annotated[Principal, Depends(allowed("todos:write"))]
Keys = Annotated[DataKeys, Depends(_keys)]
TodoLimit = Annotated[int, Depends(_todo_limit)]
ImportLimit = Annotated[int, Depends(_import_limit)]
# For what takes more than one transaction.
Transactions = Annotated[Database, Depends(_database)]
IfMatch = Annotated[str | None, Header(max_length=400, description="The `ETag` you last saw", examples=['"v3"'])]
IfNoneMatch = Annotated[str | None, Header(max_length=1000, description="The `ETag` you have", examples=['"v3"'])]
IdempotencyKey = Annotated[
    str | None,
    Header(min_length=1, max_length=255, pattern=r"^[!-~]+$", description="Sending a request again with it acts once"),
]


def author(user: Principal) -> Author:
    return Author(user.id, user.session_id)
