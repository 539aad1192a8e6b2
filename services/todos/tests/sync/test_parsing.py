from typing import Any
from uuid import uuid4

import pytest
from services.todos.tests.sync.device import Json, change, creation, operation

from chassis.problems import InvalidRequest
from todos_service.sync import parsing


def parse(said: Any) -> parsing.Parsed:
    return parsing.parse(said, pointer="#/operations/0")


def update(**changes: Json) -> Json:
    return operation("update", uuid4(), 1, **changes)


DEEP: Any = []
for _ in range(300):
    DEEP = [DEEP]


class TestParse:
    def test_spells_values_as_they_are_stored(self) -> None:
        said = update(
            title=change("Water", "  Feed the cat "),
            due=change({"at": "2026-11-22T18:30:00.000+01:00", "zone": "Europe/Berlin"}, {"date": "2026-11-23"}),
        )

        assert parse(said).steps == {
            "title": ("Water", "Feed the cat"),
            "due": ({"at": "2026-11-22T17:30:00Z", "zone": "Europe/Berlin"}, {"date": "2026-11-23"}),
        }

    def test_keeps_what_its_writer_saw_whatever_that_is(self) -> None:
        assert parse(update(title=change(None, "Feed the cat"))).steps["title"] == (None, "Feed the cat")

    @pytest.mark.parametrize(
        "said, pointer",
        [
            (None, "#/operations/0"),
            ("create", "#/operations/0"),
            ({}, "#/operations/0/op_id"),
            ({**update(), "kind": "advance"}, "#/operations/0/kind"),
            ({**update(), "op_id": "\ud800"}, "#/operations/0/op_id"),
            ({**update(), "more": 1}, "#/operations/0/more"),
            ({**update(), "\ud800": 1}, "#/operations/0"),
            ({**update(), "base_version": 0}, "#/operations/0/base_version"),
            (update(title={"to": "Feed the cat"}), "#/operations/0/changes/title/from"),
            (update(title={"from": "Feed the cat"}), "#/operations/0/changes/title/to"),
            ({**update(), "a/b~c": 1}, "#/operations/0/a~1b~0c"),
            (update(title=change("Water", "")), "#/operations/0/changes/title/to"),
            (update(title=change("Water", None)), "#/operations/0/changes/title/to"),
            (update(title=change("\ud800", "Water")), "#/operations/0/changes/title/from"),
            (update(title=change(DEEP, "Water")), "#/operations/0/changes/title/from"),
            (update(title=change("Water", "\ud800")), "#/operations/0/changes/title/to"),
            (update(due=change(None, {"date": "tomorrow"})), "#/operations/0/changes/due/to/date"),
            (update(id=change(None, str(uuid4()))), "#/operations/0/changes/id/[key]"),
            (update(version=change(1, 2)), "#/operations/0/changes/version/[key]"),
            (operation("create", uuid4(), description=change(None, "More")), "#/operations/0/changes/title/to"),
            (operation("delete", uuid4()), "#/operations/0"),
            (operation("delete", uuid4(), 1, title=change("Water", None)), "#/operations/0"),
            (operation("restore", uuid4(), 1, title=change("Water", "Water")), "#/operations/0"),
            (operation("update", uuid4(), 1, force=True), "#/operations/0"),
        ],
    )
    def test_says_where_an_operation_is_wrong(self, said: Any, pointer: str) -> None:
        with pytest.raises(InvalidRequest) as refusal:
            parse(said)

        assert pointer in [fault["pointer"] for fault in refusal.value.extensions["errors"]]


class TestDigest:
    def test_is_the_same_for_the_same_in_other_words(self) -> None:
        said = update(due=change(None, {"at": "2026-11-22T17:30:00Z", "zone": "Europe/Berlin"}))
        other = update(due=change(None, {"zone": "Europe/Berlin", "at": "2026-11-22T18:30:00+01:00"}))
        other |= {"todo_id": said["todo_id"]}

        assert parse(said).digest == parse(other).digest

    def test_is_another_one_for_another_operation(self) -> None:
        said = creation()
        others = [
            {**said, "todo_id": str(uuid4())},
            {**said, "base_version": 1},
            {**said, "changes": {**said["changes"], "title": change(None, "Feed the cat")}},
            {**said, "changes": {**said["changes"], "title": change("", "Water the plants")}},
        ]

        assert len({parse(each).digest for each in (said, *others)}) == 5


class TestOpIdOf:
    @pytest.mark.parametrize("said", [None, 1, [], "x", {}, {"op_id": None}, {"op_id": 1}, {"op_id": "\ud800"}])
    def test_is_nothing_where_there_is_none(self, said: Any) -> None:
        assert parsing.op_id_of(said) is None
