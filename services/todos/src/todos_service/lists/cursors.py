"""Where the next page begins. Opaque to clients: only its maker knows what is in it."""

import base64
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson

from chassis.encryption import CannotDecryptError
from chassis.problems import InvalidRequest
from todos_service.lists.filters import Order
from todos_service.owners.service import OwnerKeys
from todos_service.todos import positions
from todos_service.todos.documents import PRIORITIES

_POSITION = re.compile(positions.PATTERN)
_CONTEXT = b"cursor\0"


class Cursor(NamedTuple):
    """The sort key of the last todo of a page."""

    key: Any
    id: UUID


def encode(cursor: Cursor, order: Order) -> str:
    return _to_text(_to_json(cursor, order))


def decode(encoded: str, order: Order) -> Cursor:
    """Whatever is not a cursor of ours is the caller's mistake, and never reaches a query."""
    try:
        return _of_json(_of_text(encoded), order)
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise _not_a_cursor() from error


def seal(cursor: Cursor, order: Order, keys: OwnerKeys) -> str:
    """For a key that is a text of the owner's: addresses end up in logs."""
    version = keys.current.to_bytes(4, "big")
    return _to_text(version + keys.seal(_to_json(cursor, order), _CONTEXT))


def unseal(encoded: str, order: Order, keys: OwnerKeys) -> Cursor:
    try:
        sealed = _of_text(encoded)
        return _of_json(keys.open(int.from_bytes(sealed[:4], "big"), sealed[4:], _CONTEXT), order)
    except (ValueError, TypeError, AttributeError, CannotDecryptError) as error:
        raise _not_a_cursor() from error


def _not_a_cursor() -> InvalidRequest:
    return InvalidRequest(errors=[{"pointer": "?cursor", "detail": "This is not a cursor of this list"}])


def _to_json(cursor: Cursor, order: Order) -> bytes:
    named = [] if order == Order("position") else [str(order)]
    return orjson.dumps([*named, cursor.key, str(cursor.id)])


def _of_json(content: bytes, order: Order) -> Cursor:
    *named, key, todo_id = orjson.loads(content)
    if named != ([] if order == Order("position") else [str(order)]):
        raise ValueError("a cursor of another order")
    return Cursor(_KEYS[order.column](key), UUID(todo_id))


def _to_text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _of_text(encoded: str) -> bytes:
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


def _position(key: str) -> str:
    if len(key) > positions.LONGEST or not _POSITION.fullmatch(key):
        raise ValueError("not a position")
    return key


def _time(key: str) -> datetime:
    moment = datetime.fromisoformat(key)
    if moment.tzinfo is None:
        raise ValueError("not a moment")
    # Which fails for one that only another zone has, before a query does.
    return moment.astimezone(UTC)


def _priority(key: int) -> int:
    if type(key) is not int or key not in range(len(PRIORITIES)):
        raise ValueError("not a priority")
    return key


def _title(key: str) -> str:
    if not isinstance(key, str):
        raise TypeError("not a title")
    return key


_KEYS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "position": _position,
    "due": _time,
    "created": _time,
    "updated": _time,
    "priority": _priority,
    "title": _title,
}
