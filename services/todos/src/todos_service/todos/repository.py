"""Reading one todo. The statements of a write are in `turns`, those of lists in `lists.repository`.

Each one names the owner: there is no way to ask for somebody else's. They are built once; a request binds its values.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from todos_service.owners.models import Stream
from todos_service.todos.models import Todo

_OWNER = bindparam("owner", type_=Stream.owner_id.type)
_TODO_ID = bindparam("todo", type_=Todo.id.type)

# What a todo is shown from.
SHOWN = (
    Todo.id,
    Todo.version,
    Todo.key_version,
    Todo.sealed,
    Todo.completed,
    Todo.completed_at,
    Todo.priority,
    Todo.due_date,
    Todo.due_at,
    Todo.due_zone,
    Todo.position,
    Todo.created_at,
    Todo.updated_at,
    Todo.deleted_at,
)

_FIND = (
    select(Stream.epoch, *SHOWN)
    .join_from(Stream, Todo, Todo.owner_id == Stream.owner_id)
    .where(
        Stream.owner_id == _OWNER,
        Stream.erased_at.is_(None),
        Todo.owner_id == _OWNER,
        Todo.id == _TODO_ID,
        Todo.deleted_at.is_(None),
    )
)


async def find(reads: AsyncConnection, *, owner_id: UUID, todo_id: UUID) -> Any | None:
    """A todo that is not deleted, and the epoch of its owner's stream."""
    return (await reads.execute(_FIND, {"owner": owner_id, "todo": todo_id})).one_or_none()
