"""Where the next page begins. Opaque to clients: only its maker knows what is in it."""

import base64
import re
from typing import NamedTuple
from uuid import UUID

import orjson

from chassis.problems import InvalidRequest
from todos_service.todos import positions

_POSITION = re.compile(positions.PATTERN)


class Cursor(NamedTuple):
    """The sort key of the last todo of a page."""

    position: str
    id: UUID


def encode(cursor: Cursor) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([cursor.position, str(cursor.id)])).rstrip(b"=").decode()


def decode(encoded: str) -> Cursor:
    """Whatever is not a cursor of ours is the caller's mistake, and never reaches a query."""
    try:
        position, todo_id = orjson.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
        return Cursor(_checked(position), UUID(todo_id))
    except (ValueError, TypeError, AttributeError) as error:
        fault = {"pointer": "?cursor", "detail": "This is not a cursor of this list"}
        raise InvalidRequest(errors=[fault]) from error


def _checked(position: str) -> str:
    if len(position) > positions.LONGEST or not _POSITION.fullmatch(position):
        raise ValueError("not a position")
    return position
