"""Carries out one action on many todos: one transaction, an operation each, and what would take it back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from chassis.problems import InvalidRequest, Problem
from todos_service.bulk import repository
from todos_service.owners.service import DataKeys, OwnerKeys
from todos_service.todos import documents, opening, ordering, positions, writing
from todos_service.todos.documents import TodoDocument
from todos_service.todos.errors import PreconditionRequired, TodoNotFound
from todos_service.todos.merging import LARGEST_SET, Change, Kind, Operation, Outcome, Stored, Verdict, merge
from todos_service.todos.ordering import Place
from todos_service.todos.positions import NoRoomError
from todos_service.todos.turns import Held
from todos_service.todos.writing import Author, Write, Written, clash_to_json

Action = Literal["complete", "reopen", "delete", "tag", "untag", "move"]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done. `versions` are those that somebody insists on."""

    action: Action
    ids: list[UUID]
    versions: Mapping[UUID, int] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    after: UUID | None = None


class Answer(NamedTuple):
    results: list[dict[str, Any]]
    undo: list[dict[str, Any]]


class _Found(NamedTuple):
    """The owner's todos that an order names, as they are, and the keys that opened them."""

    held: Held
    keys: OwnerKeys
    todos: Mapping[UUID, TodoDocument]


async def carry_out(tx: AsyncConnection, keys: DataKeys, *, by: Author, order: Order) -> Answer:
    """Answer for each todo. Nobody else writes for the owner meanwhile, so what was read stays true."""
    found = await _find(tx, keys, by.owner_id, order)
    moved = await _positions(tx, found, by, order) if order.action == "move" else {}
    results, undo = list[dict[str, Any]](), list[dict[str, Any]]()
    for todo_id in order.ids:
        todo = found.todos.get(todo_id)
        problem = _objection(todo, order, todo_id)
        if todo is None or problem is not None:
            results.append(_rejected(todo_id, problem or TodoNotFound()))
            continue
        operation = _operation(order, todo, moved.get(todo_id, ""))
        outcome = merge(Stored(documents.fields_of(todo), todo["version"]), operation)
        if outcome.verdict is Verdict.CONFLICT:
            results.append(_result(todo_id, todo, outcome))
            continue
        # By now it may have another version: making room for those that move has moved others, too.
        written = await writing.write(tx, keys, Write(by, todo_id, replace(operation, versions=None)))
        assert isinstance(written, Written)  # noqa: S101 (it has no name to be known by)
        results.append(_result(todo_id, cast("TodoDocument", written.todo), written.outcome))
        undo += _reverse(todo_id, written)
    return Answer(results, undo[::-1])


async def _find(tx: AsyncConnection, keys: DataKeys, owner_id: UUID, order: Order) -> _Found:
    held = await writing.hold(tx, keys, owner_id=owner_id)
    wanted = [*order.ids, *([order.after] if order.after else [])]
    rows = await repository.list_chosen(tx, owner_id=owner_id, ids=wanted)
    owner_keys = await opening.owner_keys(tx, keys, owner_id=owner_id, epoch=held.epoch, at_least=held.newest_key)
    return _Found(held, owner_keys, {row.id: opening.open_todo(row, owner_keys) for row in rows})


def _objection(todo: TodoDocument | None, order: Order, todo_id: UUID) -> Problem | None:
    if todo is None:
        return TodoNotFound()
    if todo_id not in order.versions:
        recurs = order.action == "complete" and todo["recurrence"] is not None
        if recurs and not todo["completed"]:
            return PreconditionRequired("This todo recurs: say which occurrence you mean, by its version")
        if order.action == "delete":
            return PreconditionRequired("Say what you saw of what is to be deleted, by its version")
    if order.action == "tag" and len(_tagged(todo, order)) > LARGEST_SET:
        return InvalidRequest(errors=[{"pointer": "#/tags", "detail": f"A todo has at most {LARGEST_SET} tags"}])
    return None


def _operation(order: Order, todo: TodoDocument, position: str) -> Operation:
    version = order.versions.get(UUID(todo["id"]))
    versions = frozenset({version}) if version is not None else None
    if order.action == "delete":
        return Operation(Kind.DELETE, versions=versions)
    return Operation(Kind.UPDATE, dict([_CHANGES[order.action](order, todo, position)]), versions=versions)


def _tagged(todo: TodoDocument, order: Order) -> list[str]:
    return list(dict.fromkeys([*todo["tags"], *order.tags]))


_CHANGES: Final[Mapping[str, Any]] = {
    "complete": lambda _order, _todo, _position: ("completed", Change(to=True)),
    "reopen": lambda _order, _todo, _position: ("completed", Change(to=False)),
    "tag": lambda order, todo, _position: ("tags", Change(to=_tagged(todo, order))),
    "untag": lambda order, todo, _position: (
        "tags",
        Change(to=[each for each in todo["tags"] if each not in order.tags]),
    ),
    "move": lambda _order, _todo, position: ("position", Change(to=position)),
}


# --- moving ----------------------------------------------------------------------------------------------------


async def _positions(tx: AsyncConnection, found: _Found, by: Author, order: Order) -> dict[UUID, str]:
    """A place for each of them, in this order, behind `after`."""
    ids = [each for each in order.ids if each in found.todos]
    if order.after is not None and (order.after not in found.todos or order.after in order.ids):
        fault = {"pointer": "#/after", "detail": "must be another todo of yours that is not deleted"}
        raise InvalidRequest(errors=[fault])
    anchor = found.todos[order.after]["position"] if order.after else None
    fresh = await _room(tx, by.owner_id, ids, order.after, anchor)
    if fresh is None:
        anchor = await _make_room(tx, found, by, order, anchor)
        fresh = await _room(tx, by.owner_id, ids, order.after, anchor)
    assert fresh is not None  # noqa: S101 (there is room now)
    return dict(zip(ids, fresh, strict=True))


async def _room(
    tx: AsyncConnection, owner_id: UUID, ids: list[UUID], after: UUID | None, anchor: str | None
) -> list[str] | None:
    """Keys between the anchor and the next todo that stays where it is; None if they would be too long."""
    place = (anchor, after) if anchor is not None and after is not None else None
    rows = await repository.list_following(tx, owner_id=owner_id, after=place, limit=len(ids) + 1)
    following = next((row.position for row in rows if row.id not in ids), None)
    try:
        fresh = positions.spread(anchor, following, len(ids))
    except NoRoomError:
        return None
    return fresh if max(map(len, fresh), default=0) <= positions.LONG else None


async def _make_room(tx: AsyncConnection, found: _Found, by: Author, order: Order, anchor: str | None) -> str | None:
    """Where the anchor is afterwards."""
    rows = await repository.list_following(tx, owner_id=by.owner_id, after=None, limit=1)
    place = Place(anchor, order.after) if anchor and order.after else Place(rows[0].position, rows[0].id)
    moved = await ordering.make_room(
        tx, found.keys, place=place, live=found.held.live, session_id=by.session_id, at=datetime.now(UTC)
    )
    now = moved.get(order.after) if order.after else None
    return now.position if now else anchor


# --- answering -------------------------------------------------------------------------------------------------


def _result(todo_id: UUID, todo: TodoDocument, outcome: Outcome) -> dict[str, Any]:
    return {
        "id": str(todo_id),
        "outcome": outcome.verdict.value,
        "todo": None if todo["deleted_at"] else todo,
        "clashes": {name: clash_to_json(clash) for name, clash in outcome.clashes.items()},
        "problem": None,
    }


def _rejected(todo_id: UUID, problem: Problem) -> dict[str, Any]:
    rejected = Verdict.REJECTED.value
    return {"id": str(todo_id), "outcome": rejected, "todo": None, "clashes": {}, "problem": problem.document()}


def _reverse(todo_id: UUID, written: Written) -> Iterator[dict[str, Any]]:
    """The operation that takes back what has become of a todo."""
    todo = cast("TodoDocument", written.todo)
    if not written.outcome.steps:
        return
    deleted = todo["deleted_at"] is not None
    back = {name: {"from": step.after, "to": step.before} for name, step in written.outcome.steps.items()}
    yield {
        "op_id": str(uuid7()),
        "todo_id": str(todo_id),
        "kind": "restore" if deleted else "update",
        "base_version": todo["version"],
        "changes": {} if deleted else back,
    }
