"""Where the next page of the trash begins."""

import base64
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import orjson

from chassis.problems import InvalidRequest


class Cursor(NamedTuple):
    deleted_at: datetime
    id: UUID


def encode(cursor: Cursor) -> str:
    content = orjson.dumps([cursor.deleted_at, str(cursor.id)], option=orjson.OPT_UTC_Z)
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decode(encoded: str) -> Cursor:
    """Whatever is not a cursor of ours is the caller's mistake, and never reaches a query."""
    try:
        deleted_at, todo_id = orjson.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
        return Cursor(_moment(deleted_at), UUID(todo_id))
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        fault = {"pointer": "?cursor", "detail": "This is not a cursor of this list"}
        raise InvalidRequest(errors=[fault]) from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("not a moment")
    # Which fails for one that only another zone has, before a query does.
    return moment.astimezone(UTC)
