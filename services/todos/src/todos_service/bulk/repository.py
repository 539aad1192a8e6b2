from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.owners.models import Stream
from todos_service.todos.models import Todo
from todos_service.todos.repository import SHOWN

_OWNER = bindparam("owner", type_=Stream.owner_id.type)
_CHOSEN: Final = select(*SHOWN).where(
    Todo.owner_id == _OWNER,
    Todo.id == bindparam("ids", type_=ARRAY(Uuid())).any_(),
    Todo.deleted_at.is_(None),
)
_LIVE = (
    select(Todo.id, Todo.position)
    .where(Todo.owner_id == _OWNER, Todo.deleted_at.is_(None))
    .order_by(Todo.position, Todo.id)
    .limit(bindparam("limit"))
)
_FOLLOWING: Final = _LIVE.where(
    tuple_(Todo.position, Todo.id)
    > tuple_(bindparam("position", type_=Todo.position.type), bindparam("after", type_=Todo.id.type))
)


async def list_chosen(tx: AsyncConnection, *, owner_id: UUID, ids: Sequence[UUID]) -> Sequence[Any]:
    rows: Sequence[Any] = (await tx.execute(_CHOSEN, {"owner": owner_id, "ids": list(ids)})).all()
    return rows


async def list_following(
    tx: AsyncConnection, *, owner_id: UUID, after: tuple[str, UUID] | None, limit: int
) -> Sequence[Any]:
    """The todos after a place in the manual order, or the first ones."""
    values: dict[str, Any] = {"owner": owner_id, "limit": limit}
    if after is not None:
        values["position"], values["after"] = after
    rows: Sequence[Any] = (await tx.execute(_LIVE if after is None else _FOLLOWING, values)).all()
    return rows
