"""Reads one operation of a batch. Whatever is wrong with it is said of it alone."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from pydantic import ValidationError

from chassis.problems import InvalidRequest
from todos_service.sync.schemas import OperationIn
from todos_service.todos.schemas import TodoCreate, TodoUpdate

# What its writer saw in a field, and what it is to become.
Step = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Parsed:
    """An operation whose values are in the one spelling they are stored in."""

    said: OperationIn
    steps: Mapping[str, Step]

    @property
    def op_id(self) -> str:
        return str(self.said.op_id)

    @property
    def digest(self) -> str:
        """Equal for equal operations."""
        content = {**self.said.model_dump(mode="json", exclude={"op_id", "changes"}), "changes": self.steps}
        return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def parse(said: Any, *, pointer: str) -> Parsed:
    """`pointer` says where in the request it stands. Raises InvalidRequest."""
    try:
        operation = OperationIn.model_validate(said)
    except ValidationError as error:
        raise _invalid((pointer, *fault["loc"], InvalidRequest.words(fault)) for fault in error.errors()) from error
    wanted = {name: change.to for name, change in operation.changes.items()}
    model = TodoCreate if operation.kind == "create" else TodoUpdate
    try:
        values = model.model_validate(wanted).changes()
    except ValidationError as error:
        raise _invalid(
            (pointer, "changes", fault["loc"][0], "to", *fault["loc"][1:], InvalidRequest.words(fault))
            for fault in error.errors()
        ) from error
    return Parsed(
        operation, {name: (_as_stored(name, change.base), values[name]) for name, change in operation.changes.items()}
    )


def _as_stored(name: str, seen: Any) -> Any:
    """Clients may spell a moment in their own way. What is not a value of the field stays what it is: seen nowhere."""
    try:
        return TodoUpdate.model_validate({name: seen}).changes()[name]
    except ValidationError:
        return seen


def _invalid(faults: Iterable[tuple[Any, ...]]) -> InvalidRequest:
    return InvalidRequest(errors=[{"pointer": _pointer(path), "detail": said} for *path, said in faults])


def _pointer(path: Iterable[Any]) -> str:
    """As RFC 6901 has it."""
    first, *rest = path
    return "/".join([first, *(str(part).replace("~", "~0").replace("/", "~1") for part in rest)])


def op_id_of(said: Any) -> str | None:
    """The name of an operation that cannot be read, if that much can."""
    try:
        return str(UUID(said["op_id"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
