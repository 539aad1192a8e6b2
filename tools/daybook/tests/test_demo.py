import json
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from daybook import demo
from daybook.demo import Api
from daybook.failures import Failure
from daybook.supervision.identity import Identity
from daybook.supervision.state import Record, State


class Gateway(HTTPServer):
    """Answers what it is told to, in turn, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[tuple[int, dict[str, str], dict[str, Any]]] = []
        self.asked: list[tuple[str, dict[str, Any], str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Gateway
    protocol_version = "HTTP/1.1"
    # Head and body in one packet.
    wbufsize = -1

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body, self.headers.get("Authorization")))
        usual: dict[str, Any] = {"access_token": "token"}
        status, headers, answer = self.server.answers.pop(0) if self.server.answers else (201, {}, usual)
        text = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(text))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def open_api(url: str) -> "closing[Api]":
    return closing(Api(url, origin="http://localhost:3000"))


class TestApi:
    def test_waits_when_it_is_asked_to(self, gateway: Gateway) -> None:
        gateway.answers = [(429, {"Retry-After": "0"}, {}), (503, {"Retry-After": "0"}, {}), (201, {}, {"id": "1"})]

        with open_api(gateway.url) as api:
            assert api.post("/todos", {"title": "x"}) == {"id": "1"}
        assert len(gateway.asked) == 3

    def test_says_what_was_refused(self, gateway: Gateway) -> None:
        gateway.answers = [(422, {}, {"title": "Invalid request", "detail": "title is empty"})]

        refused = r"POST /todos was answered with 422: Invalid request. title is empty"
        with open_api(gateway.url) as api, pytest.raises(Failure, match=refused):
            api.post("/todos", {})

    def test_says_when_nobody_answers(self) -> None:
        with open_api("http://127.0.0.1:1") as api, pytest.raises(Failure, match="make status"):
            api.post("/todos", {})


class TestMake:
    def test_registers_and_adds_200_todos_as_that_person(
        self, gateway: Gateway, state: State, capsys: pytest.CaptureFixture[str]
    ) -> None:
        launcher = Identity.of(1)
        assert launcher
        addresses = {"DAYBOOK_APP_URL": "http://localhost:3000", "DAYBOOK_API_URL": gateway.url}
        state.write(Record("run", launcher, ready=True, addresses=addresses))

        demo.make(state)

        (path, account, _), *rest = gateway.asked
        assert path == "/auth/register"
        assert len(account["password"]) >= 15
        assert {(path, authorization) for path, _, authorization in rest} == {("/todos", "Bearer token")}
        assert len(rest) == 200
        shown = capsys.readouterr().out
        assert account["email"] in shown
        assert account["password"] in shown

    def test_needs_a_running_system(self, state: State) -> None:
        with pytest.raises(Failure, match="make start"):
            demo.make(state)
