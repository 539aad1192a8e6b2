"""Opens what is sealed. What does not open is logged, by id, and told to the client as a problem."""

from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.encryption import CannotDecryptError
from todos_service.owners.service import DataKeys, OwnerKeys
from todos_service.todos import documents
from todos_service.todos.documents import TodoDocument, TodoRow
from todos_service.todos.errors import KeyUnreadable, TodoUnreadable

log = structlog.get_logger()


async def owner_keys(
    connection: AsyncConnection, keys: DataKeys, *, owner_id: UUID, epoch: UUID, at_least: int
) -> OwnerKeys:
    try:
        return await keys.of(connection, owner_id=owner_id, epoch=epoch, at_least=at_least)
    except CannotDecryptError as error:
        log.error("data_key.unreadable", owner_id=str(owner_id), reason=str(error))  # noqa: TRY400 (that is all there is)
        raise KeyUnreadable from error


def open_todo(row: TodoRow, keys: OwnerKeys) -> TodoDocument:
    try:
        return documents.open_todo(row, keys)
    except CannotDecryptError as error:
        log.error("todo.unreadable", todo_id=str(row.id), reason=str(error))  # noqa: TRY400 (as above)
        raise TodoUnreadable from error


def open_note(row: Any, keys: OwnerKeys, op_id: UUID) -> dict[str, Any]:
    """What was remembered with an operation."""
    try:
        return documents.open_note(keys, row.op_key_version, row.op_sealed, op_id=op_id)
    except CannotDecryptError as error:
        log.error("operation.unreadable", op_id=str(op_id), reason=str(error))  # noqa: TRY400 (as above)
        raise TodoUnreadable from error


def open_changes(row: Any, keys: OwnerKeys, todo_id: UUID) -> dict[str, dict[str, Any]]:
    """What a row of the history says: `{field: {"from": …, "to": …}}`."""
    try:
        return documents.open_changes(keys, row.key_version, row.sealed, todo_id=todo_id, version=row.version)
    except CannotDecryptError as error:
        log.error("history.unreadable", todo_id=str(todo_id), reason=str(error))  # noqa: TRY400 (as above)
        raise TodoUnreadable from error
