from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from todos_service.lists.schemas import ListQuery
from todos_service.todos.fields import Due
from todos_service.todos.merging import DEFAULTS
from todos_service.todos.schemas import (
    TodoCreate,
    TodoDelete,
    TodoPatch,
    TodoToggle,
    TodoUpdate,
)

NUL = "\x00"
HALF_A_CHARACTER = "\ud800"


def refused(schema: type[BaseModel], **fields: Any) -> tuple[Any, ...]:
    """Where the first fault is."""
    with pytest.raises(ValidationError) as refusal:
        schema.model_validate(fields)
    return refusal.value.errors()[0]["loc"]


class TestTodoCreate:
    def test_trims_the_title(self) -> None:
        assert TodoCreate(title="  Water the plants\n").changes() == {"title": "Water the plants"}

    @pytest.mark.parametrize("title", ["x", "x" * 200, "Ærlig øl 🍺", "שלום", " " * 300 + "x"])
    def test_takes_a_title(self, title: str) -> None:
        assert TodoCreate(title=title).title == title.strip()

    @pytest.mark.parametrize(
        "title",
        [
            "",
            "   ",
            "\n",
            "x" * 201,
            f"a{NUL}b",
            "a\nb",
            "a\tb",
            "a\u2028b",
            "a\x7fb",
            HALF_A_CHARACTER,
            None,
            7,
            ["x"],
        ],
        ids=repr,
    )
    def test_refuses_a_title(self, title: Any) -> None:
        assert refused(TodoCreate, title=title) == ("title",)

    def test_takes_a_description_of_several_lines(self) -> None:
        description = "One\r\n\ttwo\n" + "x" * 9_980

        assert TodoCreate(title="x", description=description).description == description

    @pytest.mark.parametrize(
        "description", ["x" * 10_001, NUL, "\x1b[31m", HALF_A_CHARACTER, None], ids=lambda text: repr(text)[:10]
    )
    def test_refuses_a_description(self, description: Any) -> None:
        assert refused(TodoCreate, title="x", description=description) == ("description",)

    def test_keeps_each_tag_once_and_in_order(self) -> None:
        assert TodoCreate(title="x", tags=["b", " a ", "b"]).tags == ["b", "a"]

    @pytest.mark.parametrize(
        "tags, where",
        [
            ([str(number) for number in range(21)], ("tags",)),
            (["x" * 51], ("tags", 0)),
            (["ok", " "], ("tags", 1)),
            ([f"a{NUL}"], ("tags", 0)),
            ("home", ("tags",)),
        ],
        ids=["too many", "too long", "blank", "control character", "not a list"],
    )
    def test_refuses_tags(self, tags: Any, where: tuple[Any, ...]) -> None:
        assert refused(TodoCreate, title="x", tags=tags) == where

    @pytest.mark.parametrize("position", ["a0", "Zz", "TUOHFaNdO0i", "z" * 128])
    def test_takes_a_position(self, position: str) -> None:
        assert TodoCreate(title="x", position=position).changes()["position"] == position

    @pytest.mark.parametrize(
        "position", ["", "0", "a0\n", "a-0", "ä", f"a{NUL}", "a" * 129, None], ids=lambda key: repr(key)[:10]
    )
    def test_refuses_a_position(self, position: Any) -> None:
        assert refused(TodoCreate, title="x", position=position) == ("position",)

    @pytest.mark.parametrize(
        "fields",
        [
            {"completed": "yes"},
            {"completed": 1},
            {"priority": "urgent"},
            {"priority": 2},
            {"id": "7"},
            {"owner_id": "x"},
        ],
        ids=repr,
    )
    def test_refuses_a_field_of_another_kind_or_name(self, fields: dict[str, Any]) -> None:
        assert refused(TodoCreate, title="x", **fields) == (next(iter(fields)),)

    def test_says_only_what_was_sent(self) -> None:
        assert TodoCreate(title="x", due=None).changes() == {"title": "x", "due": None}


class TestDue:
    @pytest.mark.parametrize(
        "sent, stored",
        [
            ({"date": "2026-02-28"}, {"date": "2026-02-28"}),
            (
                {"at": "2026-11-22T10:30:00+02:00", "zone": "Europe/Berlin"},
                {"at": "2026-11-22T08:30:00Z", "zone": "Europe/Berlin"},
            ),
            ({"at": "2026-11-22t08:30:00.999z", "zone": "UTC"}, {"at": "2026-11-22T08:30:00Z", "zone": "UTC"}),
        ],
        ids=["day", "moment", "other spelling"],
    )
    def test_has_one_spelling_for_one_time(self, sent: dict[str, str], stored: dict[str, str]) -> None:
        assert TodoCreate(title="x", due=Due(**sent)).changes()["due"] == stored

    @pytest.mark.parametrize(
        "due",
        [
            {},
            {"date": "2026-11-22", "zone": "UTC"},
            {"date": "2026-11-22", "at": "2026-11-22T08:30:00Z", "zone": "UTC"},
            {"at": "2026-11-22T08:30:00Z"},
            {"zone": "UTC"},
            {"date": "2026-02-29"},
            {"date": "2026-2-1"},
            {"date": "1899-12-31"},
            {"date": 20261122},
            {"date": None},
            {"date": "\u0662\u0660\u0662\u0666-\u0661\u0661-\u0662\u0662"},
            {"at": "2026-11-22T08:30:00", "zone": "UTC"},
            {"at": "2026-11-22T24:30:00Z", "zone": "UTC"},
            {"at": "0001-01-01T00:00:00+14:00", "zone": "UTC"},
            {"at": "9999-12-31T23:59:59-14:00", "zone": "UTC"},
            {"at": "2026-11-22T08:30:00Z", "zone": "Mars/Olympus"},
            {"at": "2026-11-22T08:30:00Z", "zone": "../../etc/passwd"},
            {"at": "2026-11-22T08:30:00Z", "zone": "localtime"},
            {"at": "2026-11-22T08:30:00Z", "zone": ""},
            {"at": "2026-11-22T08:30:00Z", "zone": f"UTC{NUL}"},
            "2026-11-22",
        ],
        ids=repr,
    )
    def test_refuses_what_is_neither_a_day_nor_a_moment(self, due: Any) -> None:
        assert refused(TodoCreate, title="x", due=due)[0] == "due"


class TestTodoUpdate:
    def test_names_the_fields_that_were_sent(self) -> None:
        update = TodoUpdate(title="x", due=None, version=3)

        assert update.changes() == {"title": "x", "due": None}

    @pytest.mark.parametrize("name", ["title", "description", "completed", "priority", "tags", "position"])
    def test_refuses_null_for_a_field_that_cannot_be_empty(self, name: str) -> None:
        assert refused(TodoUpdate, version=1, **{name: None}) == (name,)

    @pytest.mark.parametrize("version", [0, -1, 2**31, "1", 1.0, True, float("nan")], ids=repr)
    def test_refuses_a_version_that_no_todo_can_have(self, version: Any) -> None:
        assert refused(TodoUpdate, title="x", version=version) == ("version",)


class TestTodoPatch:
    def test_clears_what_is_null(self) -> None:
        patch = TodoPatch(description=None, completed=None, priority=None, due=None, tags=None)

        assert patch.changes_over(DEFAULTS) == {
            "description": "",
            "completed": False,
            "priority": "none",
            "due": None,
            "tags": [],
        }

    @pytest.mark.parametrize("name", ["title", "position"])
    def test_cannot_clear_what_every_todo_has(self, name: str) -> None:
        assert refused(TodoPatch, version=1, **{name: None}) == (name,)


class TestRequests:
    @pytest.mark.parametrize(
        "schema",
        [TodoCreate, TodoUpdate, TodoPatch, TodoToggle, TodoDelete, ListQuery, Due],
        ids=lambda each: each.__name__,
    )
    def test_refuse_what_they_do_not_know(self, schema: type[BaseModel]) -> None:
        with pytest.raises(ValidationError) as refusal:
            schema.model_validate({"unheard_of": 1})

        assert any(
            fault["type"] == "extra_forbidden" and fault["loc"] == ("unheard_of",) for fault in refusal.value.errors()
        )
