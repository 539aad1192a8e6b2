"""Raw bytes at the door: what is not plainly one request in HTTP/1.1 is refused, and never reaches a service."""

import asyncio

import orjson
import pytest
import structlog
from starlette.types import Receive, Scope, Send
from tests.support.raw_requests import PLAIN, SMUGGLING, request, requests_in
from tests.support.servers import Running, Service, read_body, respond, say, until


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


class TestPlainRequests:
    @pytest.mark.parametrize("name", PLAIN)
    async def test_arrive_as_they_are(self, gateway: Running, todos: Service, name: str) -> None:
        await say(gateway.port, PLAIN[name])
        expected = [each.essence for each in await requests_in(PLAIN[name])]
        assert expected
        assert [(asked.method, asked.target, asked.body) for asked in todos.asked] == expected


class TestRefusals:
    @pytest.mark.parametrize(
        "data, status, problem",
        [
            (b"\x16\x03\x01\x02\x00\x01", 400, "bad-request"),
            (b"GET /todos HTTP/1.0\r\nHost: a\r\n\r\n", 505, "http-version-not-supported"),
            (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, "uri-too-long"),
            (b"GET /todos HTTP/1.1\r\nHost: a\r\nX-A: " + b"a" * 33_000 + b"\r\n\r\n", 431, "headers-too-large"),
        ],
    )
    async def test_have_a_line_and_are_counted(self, gateway: Running, data: bytes, status: int, problem: str) -> None:
        def counted() -> float:
            return gateway.app.registry.get_sample_value("gateway_malformed_total", {"problem": problem}) or 0.0

        before = counted()
        with structlog.testing.capture_logs() as logs:
            answer = await say(gateway.port, data)

        [line] = [line for line in logs if line["event"] == "request.refused"]
        assert (line["status"], line["problem"]) == (status, problem)
        assert b"x-request-id: %b\r\n" % line["request_id"].encode() in answer
        assert counted() == before + 1

    async def test_are_called_what_the_client_calls_them(self, gateway: Running) -> None:
        called = b"GET /todos HTTP/1.1\r\nHost: a\r\nX-Request-Id: my.request-6\r\nX-A: \x00\r\n\r\n"
        assert b"x-request-id: my.request-6\r\n" in await say(gateway.port, called)

    async def test_of_a_body_are_called_what_their_request_is(self, gateway: Running, todos: Service) -> None:
        begun = asyncio.Event()

        async def answer(_: Scope, receive: Receive, send: Send) -> None:
            begun.set()
            await read_body(receive)
            await respond(send)

        todos.answer = answer
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as logs:
            writer.write(b"POST /todos HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            await begun.wait()
            writer.write(b"z\r\n")
            assert status_of(await reader.read(-1)) == 400
            writer.close()
            await until(lambda: "request" in [line["event"] for line in logs])
        lines = {line["event"]: line for line in logs if line["event"] in {"request", "request.refused"}}
        assert lines["request"]["request_id"] == lines["request.refused"]["request_id"]

    async def test_after_an_answer_are_not_called_what_that_was(self, gateway: Running) -> None:
        named = b"GET /livez HTTP/1.1\r\nHost: a\r\nX-Request-Id: the-one-before\r\n\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(named)
        await reader.readuntil(b'"live"}')
        writer.write(b"\x16\x03\x01\r\n\r\n")
        answer = await reader.read(-1)
        writer.close()
        assert status_of(answer) == 400
        assert b"the-one-before" not in answer


class TestSmuggling:
    @pytest.mark.parametrize("name", SMUGGLING)
    async def test_is_refused_with_a_problem(self, gateway: Running, todos: Service, name: str) -> None:
        status, data = SMUGGLING[name]
        answer = await say(gateway.port, data)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert status_of(answer) == status
        assert b"content-type: application/problem+json" in head
        assert b"x-request-id: " in head
        assert orjson.loads(body)["status"] == status  # one answer, and nothing after it
        assert not todos.asked

    @pytest.mark.parametrize(
        "body",
        [
            b"z\r\nhello\r\n0\r\n\r\n",
            b"5\r\nhelloX0\r\n\r\n",
            b"-5\r\nhello\r\n",
            b"5\nhello\n0\n\n",
            b"5 \r\nhello\r\n",
        ],
    )
    async def test_a_body_that_breaks_off_is_never_taken_for_whole(
        self, gateway: Running, todos: Service, body: bytes
    ) -> None:
        data = request(b"POST /todos HTTP/1.1", b"Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n" + body)
        answer = await say(gateway.port, data)
        assert status_of(answer) == 400
        assert not [asked for asked in todos.asked if asked.body == b"abchello"]

    async def test_trailers_are_not_taken(self, gateway: Running) -> None:
        body = b"3\r\nabc\r\n0\r\nX-User-Id: 1\r\n\r\n"
        answer = await say(gateway.port, request(b"POST /todos HTTP/1.1", b"Transfer-Encoding: chunked\r\n", body))
        assert status_of(answer) == 400

    async def test_requests_that_follow_each_other_are_answered_in_order(
        self, gateway: Running, todos: Service
    ) -> None:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            await respond(send, scope["raw_path"] + await read_body(receive))

        todos.answer = answer
        data = (
            b"POST /todos/1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
            b"POST /todos/2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nGET"
            b"GET /todos/3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        )
        answers = await say(gateway.port, data)
        bodies = [part.partition(b"\r\n\r\n")[2] for part in answers.split(b"HTTP/1.1 ")[1:]]
        assert bodies == [b"/todos/1abc", b"/todos/2GET", b"/todos/3"]


class TestPatience:
    async def test_a_head_that_does_not_arrive_is_not_waited_for(
        self, gateway: Running, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gateway.edge._HEAD_SECONDS", 0.05)
        assert status_of(await say(gateway.port, b"GET /todos HTTP/1.1\r\nHost: ")) == 408
        assert await say(gateway.port, b"") == b""

    async def test_a_second_request_gets_the_same_patience(
        self, gateway: Running, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gateway.edge._HEAD_SECONDS", 0.05)
        answers = await say(gateway.port, b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /todos HTTP/1.1\r\nHo")
        assert [status_of(b"HTTP/1.1" + answer) for answer in answers.split(b"HTTP/1.1")[1:]] == [200, 408]

    async def test_a_client_that_still_sends_gets_to_read_the_refusal(self, gateway: Running) -> None:
        size = 8 * 1024 * 1024
        head = b"POST /todos HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(head + b"a" * size)
        head = await reader.readuntil(b"\r\n\r\n")
        assert status_of(head) == 413
        assert b"connection: close" in head.lower()  # nobody is to send another request into it
        await reader.read(-1)
        writer.close()

    async def test_a_client_that_never_ends_its_body_is_left_after_a_while(
        self, gateway: Running, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gateway.edge._LINGER_SECONDS", 0.05)
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(b"POST /todos HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n")
        assert status_of(await reader.read(-1)) == 413

        async def keep_sending() -> None:
            while True:
                writer.write(b"a")
                await writer.drain()
                await asyncio.sleep(0.01)

        with pytest.raises(ConnectionError):
            async with asyncio.timeout(60):
                await keep_sending()


class TestUpgrade:
    async def test_to_anything_else_is_overheard(self, gateway: Running, todos: Service) -> None:
        answer = await say(
            gateway.port,
            b"GET /todos HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
            b"HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\nGET /todos/2 HTTP/1.1\r\nHost: a\r\n\r\n",
        )
        assert status_of(answer) == 200
        assert b"connection: close" in answer
        await until(lambda: todos.asked)
        assert [asked.target for asked in todos.asked] == [b"/todos"]
        assert not {b"upgrade", b"http2-settings", b"connection"} & {name for name, _ in todos.asked[0].headers}
