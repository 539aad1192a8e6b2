from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson

from todos_service.todos.documents import TodoDocument
from todos_service.transfer import merge_bases
from todos_service.transfer.merge_bases import PastStep
from todos_service.transfer.schemas import ExportedTodo, Format

HOURS = [datetime(2026, 11, 22, hour, tzinfo=UTC) for hour in range(10)]


def step(version: int, kind: str = "update", **changes: tuple[Any, Any]) -> PastStep:
    return PastStep(version, kind, HOURS[version], {name: {"from": a, "to": b} for name, (a, b) in changes.items()})


def imported(version: int, format_: Format = "daybook", **said: Any) -> PastStep:
    """A change that wrote nothing else than what its file said."""
    told = {name: {"from": None, "to": value} for name, value in said.items()}
    return PastStep(version, "update", HOURS[version], told | mark(version, format_, said))


def mark(version: int, format_: Format, said: dict[str, Any]) -> dict[str, Any]:
    """As it is read again."""
    stored: dict[str, Any] = orjson.loads(orjson.dumps(merge_bases.mark(format_, HOURS[version], said)))
    return stored


def here(version: int, **fields: Any) -> TodoDocument:
    plain: Any = {
        "id": uuid4(), "version": version, "title": "x", "description": "", "completed": False, "priority": "none",
        "due": None, "tags": [], "position": "a0", "recurrence": None, "completed_at": None, "created_at": HOURS[0],
        "updated_at": HOURS[version], "deleted_at": None,
    }  # fmt: skip
    todo: TodoDocument = plain | fields
    return todo


def theirs(*past: PastStep) -> ExportedTodo:
    history = [
        {"version": each.version, "kind": each.kind, "at": each.at, "session_id": uuid4(), "changes": each.changes}
        for each in past
    ]
    moments = {"created_at": HOURS[0], "updated_at": HOURS[9]}
    whole = {"id": uuid4(), "title": "x", "position": "a0", "version": past[-1].version, "history": history, **moments}
    return ExportedTodo.model_validate(whole)


class TestOfHistory:
    def test_is_the_todo_as_it_was_after_the_last_change_that_both_know(self) -> None:
        created, renamed = step(1, "create", title=(None, "one")), step(2, title=("one", "two"))
        since = [step(4, title=("three", "four")), step(3, title=("two", "three"), priority=("none", "low"))]
        there = theirs(created, renamed, step(3, title=("two", "drei"))._replace(at=HOURS[9]))

        base = merge_bases.of_history(here(4, title="four", priority="low"), [*since, renamed, created], there)

        assert base is not None
        assert (base.fields["title"], base.fields["priority"], base.version, base.is_shared) == ("two", "none", 2, True)

    def test_does_not_believe_what_the_file_says_of_that_change(self) -> None:
        created = step(1, "create", title=(None, "one"))
        forged = step(1, "create", title=(None, "four"))

        base = merge_bases.of_history(here(2, title="two"), [step(2, title=("one", "two")), created], theirs(forged))

        assert base is not None
        assert base.fields["title"] == "one"

    def test_is_none_where_nothing_is_shared_or_something_is_missing(self) -> None:
        created, later = step(1, "create", title=(None, "one")), step(3, title=("two", "three"))

        assert merge_bases.of_history(here(3), [later], theirs(created)) is None
        assert merge_bases.of_history(here(3), [later, created], theirs(created)) is None
        assert merge_bases.of_history(here(3), [], theirs(created)) is None

    def test_goes_on_from_what_was_imported_of_the_same_past(self) -> None:
        created, there = step(1, "create", title=(None, "one")), step(2, title=("one", "there"))._replace(at=HOURS[9])
        since = [step(3, title=("there", "here")), imported(2, title="there")]

        base = merge_bases.of_history(here(3, title="here"), [*since, created], theirs(created, there))
        other = merge_bases.of_history(here(3, title="here"), [*since, created], theirs(created))

        assert base is not None
        assert base.fields["title"] == "there"
        assert other is not None
        # This file has never had it.
        assert other.fields["title"] is None


class TestOfImports:
    def test_is_what_such_a_file_said_last(self) -> None:
        past = [step(4, title=("b", "c")), imported(3, "vikunja", title="b"), imported(1, "vikunja", title="a")]

        base = merge_bases.of_imports(past, "vikunja")

        assert base is not None
        assert (base.fields, base.version, base.updated_at, base.is_shared) == ({"title": "b"}, 3, HOURS[3], False)

    def test_is_not_what_was_made_of_it(self) -> None:
        changes = {"tags": {"from": ["here"], "to": ["here", "there"]}} | mark(2, "vikunja", {"tags": ["there"]})
        merged = PastStep(2, "update", HOURS[2], changes)

        base = merge_bases.of_imports([merged], "vikunja")

        assert base is not None
        assert base.fields == {"tags": ["there"]}

    def test_is_none_of_another_program(self) -> None:
        assert merge_bases.of_imports([imported(1, "vikunja", title="a"), step(1)], "daybook") is None
