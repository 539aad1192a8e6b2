from typing import Any
from uuid import uuid4

import pytest

from todos_service.transfer.candidates import Candidate, Source
from todos_service.transfer.schemas import ExportedTodo

_MOMENT = "2026-11-22T17:30:00Z"


def content(**replaced: Any) -> dict[str, Any]:
    whole = {"id": str(uuid4()), "title": "x", "position": "a0", "created_at": _MOMENT, "updated_at": _MOMENT}
    return whole | replaced


class TestSettle:
    @pytest.mark.parametrize("read", [content(), content(title=["x"] * 1000), ["x"] * 1000, "x" * 1000])
    def test_forgets_what_was_read_and_keeps_what_came_of_it(self, read: Any) -> None:
        candidate = Candidate(Source(), read)
        outcome = Candidate(Source(), read).checked()

        candidate.settle()

        assert candidate.content is None
        assert candidate.checked() == outcome

    def test_keeps_a_todo(self) -> None:
        candidate = Candidate(Source(), content(title="Feed the cat"))

        candidate.settle()

        todo = candidate.checked()
        assert isinstance(todo, ExportedTodo)
        assert todo.title == "Feed the cat"

    def test_keeps_why_it_cannot_be_tried(self) -> None:
        candidate = Candidate(Source(), {}, fault="it is not a task")

        candidate.settle()

        assert (candidate.content, candidate.checked()) == (None, "it is not a task")
