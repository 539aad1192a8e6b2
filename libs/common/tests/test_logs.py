import json
import logging

import pytest
import structlog

from chassis import logs
from chassis.settings import LogSettings


class TestConfigure:
    def test_writes_one_json_object_a_line_with_the_request_id(self, capsys: pytest.CaptureFixture[str]) -> None:
        logs.configure("bell-api", LogSettings())

        with structlog.contextvars.bound_contextvars(request_id="r-1"):
            structlog.get_logger().info("bell.rang", times=3)
            logging.getLogger("somebody.else").warning("clapper is %s", "loose")

        ours, theirs = (json.loads(line) for line in capsys.readouterr().out.splitlines())
        assert ours["event"] == "bell.rang"
        assert ours["times"] == 3
        assert theirs["event"] == "clapper is loose"
        for line in (ours, theirs):
            assert line["service"] == "bell-api"
            assert line["request_id"] == "r-1"
            assert line["time"].endswith("Z")

    def test_keeps_a_traceback_in_its_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        logs.configure("bell-api", LogSettings())

        try:
            raise ValueError("crack\nin two lines")  # noqa: TRY301
        except ValueError:
            structlog.get_logger().exception("bell.broke")

        [line] = capsys.readouterr().out.splitlines()
        assert json.loads(line)["exception"][0]["exc_type"] == "ValueError"

    def test_tells_no_secret_that_a_crash_passed_by(self, capsys: pytest.CaptureFixture[str]) -> None:
        logs.configure("bell-api", LogSettings())

        def ring(password: str) -> None:
            raise ValueError("crack", len(password))

        try:
            ring("seven teal otters juggle")
        except ValueError:
            structlog.get_logger().exception("bell.broke")

        assert "teal otters" not in capsys.readouterr().out

    def test_leaves_out_what_is_below_its_level(self, capsys: pytest.CaptureFixture[str]) -> None:
        logs.configure("bell-api", LogSettings(level="WARNING"))

        structlog.get_logger().info("bell.rang")

        assert capsys.readouterr().out == ""
