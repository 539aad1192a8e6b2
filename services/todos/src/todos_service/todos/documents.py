"""A todo in three forms: the columns of its row, the text sealed in one of them, and the JSON of the API."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal, Protocol, TypedDict
from uuid import UUID

import orjson

from todos_service.owners.service import OwnerKeys

Priority = Literal["none", "low", "medium", "high"]
PRIORITIES: tuple[Priority, ...] = ("none", "low", "medium", "high")
# Sealed together.
TEXTS = ("title", "description", "tags", "recurrence")
FIELDS = (*TEXTS, "completed", "priority", "due", "position")

_TODO, _HISTORY, _OPERATION = b"todo\0", b"history\0", b"operation\0"


class DueDate(TypedDict):
    date: str


class DueTime(TypedDict):
    at: str
    zone: str


class Recurrence(TypedDict):
    rule: str
    anchor: Literal["due", "completion"]


class TodoDocument(TypedDict):
    """A todo as the API shows it. Times of day are still `datetime`: `to_bytes` writes them."""

    id: str
    title: str
    description: str
    completed: bool
    completed_at: datetime | None
    priority: Priority
    due: DueDate | DueTime | None
    position: str
    tags: list[str]
    recurrence: Recurrence | None
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class TodoRow(Protocol):
    """The columns a document is made of."""

    id: UUID
    version: int
    key_version: int
    sealed: bytes | None
    completed: bool
    completed_at: datetime | None
    priority: int
    due_date: date | None
    due_at: datetime | None
    due_zone: str | None
    position: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


def open_todo(row: TodoRow, keys: OwnerKeys) -> TodoDocument:
    """Raises CannotDecryptError when the sealed text is not the one of this row."""
    text = _NO_TEXT
    if row.sealed is not None:
        text = orjson.loads(keys.open(row.key_version, row.sealed, _TODO, row.id.bytes))
    return {
        "id": str(row.id),
        "title": text["title"],
        "description": text["description"],
        "completed": row.completed,
        "completed_at": row.completed_at,
        "priority": PRIORITIES[row.priority],
        "due": _due(row),
        "position": row.position,
        "tags": text["tags"],
        # Todos of before this was a field have none.
        "recurrence": text.get("recurrence"),
        "version": row.version,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "deleted_at": row.deleted_at,
    }


_NO_TEXT: dict[str, Any] = {"title": "", "description": "", "tags": []}


def fields_of(document: TodoDocument) -> dict[str, Any]:
    """The part of a document that its owner may change."""
    values: Mapping[str, Any] = document
    return {name: values[name] for name in FIELDS}


def to_columns(document: TodoDocument, keys: OwnerKeys) -> dict[str, Any]:
    """The columns of a row that is alive."""
    due: Mapping[str, Any] = document["due"] or {}
    texts = {name: value for name, value in document.items() if name in TEXTS}
    return {
        "sealed": keys.seal(orjson.dumps(texts), _TODO, UUID(document["id"]).bytes),
        "key_version": keys.current,
        "version": document["version"],
        "completed": document["completed"],
        "completed_at": document["completed_at"],
        "priority": PRIORITIES.index(document["priority"]),
        "due_date": date.fromisoformat(due["date"]) if "date" in due else None,
        "due_at": datetime.fromisoformat(due["at"]) if "at" in due else None,
        "due_zone": due.get("zone"),
        "position": document["position"],
        "created_at": document["created_at"],
        "updated_at": document["updated_at"],
        "deleted_at": None,
    }


def to_tombstone(document: TodoDocument, keys: OwnerKeys) -> dict[str, Any]:
    """The columns of a row of which only the fact remains that it was deleted, and when."""
    return {
        "sealed": None,
        "key_version": keys.current,
        "version": document["version"],
        "completed": False,
        "completed_at": None,
        "priority": 0,
        "due_date": None,
        "due_at": None,
        "due_zone": None,
        "position": "",
        "created_at": document["created_at"],
        "updated_at": document["updated_at"],
        "deleted_at": document["deleted_at"],
    }


def seal_changes(keys: OwnerKeys, *, todo_id: UUID, version: int, changes: Mapping[str, Mapping[str, Any]]) -> bytes:
    """For the history: `{field: {"from": …, "to": …}}`, bound to the version of the todo that it led to."""
    return keys.seal(
        orjson.dumps(changes, option=orjson.OPT_UTC_Z), _HISTORY, todo_id.bytes, version.to_bytes(8, "big")
    )


def open_changes(
    keys: OwnerKeys, key_version: int, sealed: bytes, *, todo_id: UUID, version: int
) -> dict[str, dict[str, Any]]:
    changes: dict[str, dict[str, Any]] = orjson.loads(
        keys.open(key_version, sealed, _HISTORY, todo_id.bytes, version.to_bytes(8, "big"))
    )
    return changes


def seal_note(keys: OwnerKeys, *, op_id: UUID, note: Mapping[str, Any]) -> bytes:
    return keys.seal(orjson.dumps(note), _OPERATION, op_id.bytes)


def open_note(keys: OwnerKeys, key_version: int, sealed: bytes, *, op_id: UUID) -> dict[str, Any]:
    note: dict[str, Any] = orjson.loads(keys.open(key_version, sealed, _OPERATION, op_id.bytes))
    return note


def to_bytes(content: Any) -> bytes:
    """JSON with times as RFC 3339 in UTC."""
    return orjson.dumps(content, default=_plain, option=orjson.OPT_UTC_Z)


def _plain(value: Any) -> str:
    """The database's driver has ids of a class of its own, which orjson does not know."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def to_json(document: TodoDocument) -> Any:
    """The document with nothing in it but JSON types."""
    return orjson.loads(to_bytes(document))


def _due(row: TodoRow) -> DueDate | DueTime | None:
    if row.due_date is not None:
        return {"date": row.due_date.isoformat()}
    if row.due_at is not None and row.due_zone is not None:
        return {"at": rfc3339(row.due_at), "zone": row.due_zone}
    return None


def rfc3339(moment: datetime) -> str:
    """To the second, in UTC. One moment has one spelling, so that values can be compared."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
