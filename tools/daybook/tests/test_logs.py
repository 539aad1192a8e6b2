import json

import pytest

from daybook.failures import Failure
from daybook.logs import readable, show_logs
from daybook.supervision.state import State


def event(time: str, text: str, **more: object) -> str:
    return json.dumps({"time": f"2026-11-22T10:00:{time}Z", "level": "info", "event": text, **more}) + "\n"


class TestShowLogs:
    def test_merges_by_time_and_names_the_process(self, state: State, capsys: pytest.CaptureFixture[str]) -> None:
        state.log("auth-api").write_text(event("01.000", "one") + event("03.000", "three"))
        state.log("postgres").write_text("2026-11-22 10:00:02.000 UTC [7] LOG:  two\n")

        show_logs(state, "", lines=10, follow=False)

        lines = capsys.readouterr().out.splitlines()
        assert [line.split()[0] for line in lines] == ["auth-api", "postgres", "auth-api"]
        assert [line.split()[-1] for line in lines] == ["one", "two", "three"]

    def test_keeps_a_traceback_with_its_line(self, state: State, capsys: pytest.CaptureFixture[str]) -> None:
        state.log("a").write_text("2026-11-22 10:00:01 it broke\nTraceback\n  line 3\n")
        state.log("b").write_text(event("02.000", "later"))

        show_logs(state, "", lines=10, follow=False)

        assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()] == [
            "broke",
            "Traceback",
            "3",
            "later",
        ]

    def test_shows_the_processes_whose_name_begins_so(self, state: State, capsys: pytest.CaptureFixture[str]) -> None:
        for name in ("todos-api", "todos-worker", "auth-api"):
            state.log(name).write_text(event("01.000", name))

        show_logs(state, "todos", lines=10, follow=False)

        shown = capsys.readouterr().out
        assert "todos-api" in shown
        assert "todos-worker" in shown
        assert "auth-api" not in shown

    def test_says_which_there_are_when_none_begins_so(self, state: State) -> None:
        state.log("todos-api").write_text("")

        with pytest.raises(Failure, match=r"'todo_s'; there are: todos-api"):
            show_logs(state, "todo_s", lines=10, follow=False)

    def test_leaves_the_last_line_of_a_writer_who_is_not_done(
        self, state: State, capsys: pytest.CaptureFixture[str]
    ) -> None:
        state.log("a").write_text("whole\nhal")

        show_logs(state, "", lines=10, follow=False)

        assert capsys.readouterr().out.split() == ["a", "whole"]


class TestReadable:
    def test_turns_json_into_words(self) -> None:
        line = event("01.250", "request", status=200, request_id="abc", service="auth-api").strip()

        assert readable(line) == "10:00:01.250 INFO    request status=200 request_id=abc"

    @pytest.mark.parametrize("line", ["plain", "{not json", "[1]"])
    def test_leaves_anything_else_as_it_is(self, line: str) -> None:
        assert readable(line) == line
