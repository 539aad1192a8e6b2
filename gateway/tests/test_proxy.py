"""Requests and answers on their way, piece by piece, and what happens when a side fails."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import structlog
from starlette.types import Receive, Scope, Send
from tests.support.servers import (
    Answer,
    Run,
    Running,
    Service,
    Talk,
    answering,
    read_body,
    respond,
    say,
    serving,
    speaking,
    until,
)

Hurry = Callable[..., dict[str, Any]]

_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def pausing(*pieces: bytes, go_on: asyncio.Event, media_type: bytes = b"text/plain") -> Answer:
    """Answers with the first piece, and with the rest when told to go on."""

    async def answer(_: Scope, __: Receive, send: Send) -> None:
        headers = [(b"content-type", media_type)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": pieces[0], "more_body": True})
        await go_on.wait()
        for piece in pieces[1:]:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return answer


class TestAnswers:
    async def test_arrive_before_they_are_complete(self, client: httpx.AsyncClient, todos: Service) -> None:
        go_on = asyncio.Event()
        todos.answer = pausing(b"first", b"second", go_on=go_on)
        async with client.stream("GET", "/todos") as response:
            pieces = response.aiter_raw()
            assert await anext(pieces) == b"first"
            go_on.set()
            assert b"".join([piece async for piece in pieces]) == b"second"

    async def test_of_events_arrive_at_once_and_stay_open(self, run_gateway: Run, todos: Service, hurry: Hurry) -> None:
        go_on = asyncio.Event()
        todos.answer = pausing(b"data: 1\n\n", b"data: 2\n\n", go_on=go_on, media_type=b"text/event-stream")
        settings = hurry(0.2, silence=5)
        async with run_gateway(**settings) as gateway, gateway.client.stream("GET", "/sync/stream") as response:
            events = response.aiter_raw()
            assert await anext(events) == b"data: 1\n\n"
            await asyncio.sleep(0.4)  # longer than the route gives an answer that has an end
            go_on.set()
            assert await anext(events) == b"data: 2\n\n"

    async def test_that_fall_silent_are_cut_off(self, run_gateway: Run, todos: Service, hurry: Hurry) -> None:
        todos.answer = pausing(b"data: 1\n\n", go_on=asyncio.Event())
        async with run_gateway(**hurry(0.3)) as gateway:
            with pytest.raises(httpx.RemoteProtocolError):
                await gateway.client.get("/sync/stream")

    @pytest.mark.parametrize(
        "method, answer",
        [
            ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"),
            ("HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            ("DELETE", b"HTTP/1.1 204 No Content\r\n\r\n"),
            ("GET", b'HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\nETag: "v1"\r\n\r\n'),
        ],
    )
    async def test_without_a_body_have_none(self, run_gateway: Run, method: str, answer: bytes) -> None:
        request = f"{method} /todos HTTP/1.1\r\nHost: a\r\n\r\n".encode() * 2
        last = f"{method} /todos HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
        async with speaking(answering(answer)) as port, run_gateway(todos_url=f"http://127.0.0.1:{port}") as gateway:
            answers = await say(gateway.port, request + last)
        status = answer[:12]
        assert [part.partition(b"\r\n\r\n")[2] for part in answers.split(status)[1:]] == [b"", b"", b""]
        assert (b"content-length: 1234" in answers) == (b"Content-Length" in answer and method == "HEAD")

    async def test_keep_their_status_and_headers(self, client: httpx.AsyncClient, todos: Service) -> None:
        async def answer(_: Scope, __: Receive, send: Send) -> None:
            headers = ((b"location", b"/todos/1"), (b"set-cookie", b"a=b"), (b"set-cookie", b"c=d"))
            await respond(send, b"made", status=201, headers=headers)

        todos.answer = answer
        response = await client.post("/todos")
        assert (response.status_code, response.content) == (201, b"made")
        assert response.headers["location"] == "/todos/1"
        assert response.headers.get_list("set-cookie") == ["a=b", "c=d"]
        assert len(response.headers.get_list("date")) == 1


class TestRequests:
    @pytest.mark.parametrize("body", [b"", b"{}", b"x" * 200_000])
    @pytest.mark.parametrize("chunked", [False, True])
    async def test_arrive_whole(self, client: httpx.AsyncClient, todos: Service, body: bytes, chunked: bool) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(body), 50_000):
                yield body[start : start + 50_000]

        response = await client.put("/todos/1?a=b%20c", content=pieces() if chunked else body)
        assert response.status_code == 200
        [asked] = todos.asked
        assert (asked.method, asked.target, asked.body) == ("PUT", b"/todos/1?a=b%20c", body)

    async def test_arrive_before_they_are_complete(self, client: httpx.AsyncClient, todos: Service) -> None:
        arrived, received = asyncio.Event(), b""

        async def answer(_: Scope, receive: Receive, send: Send) -> None:
            nonlocal received
            received += (await receive())["body"]
            arrived.set()
            received += await read_body(receive)
            await respond(send, received)

        async def pieces() -> AsyncIterator[bytes]:
            yield b"first"
            await arrived.wait()
            assert received == b"first"
            yield b"second"

        todos.answer = answer
        response = await client.post("/todos", content=pieces())
        assert response.content == b"firstsecond"

    async def test_that_announce_too_much_are_refused_at_once(self, gateway: Running, todos: Service) -> None:
        head = b"POST /todos HTTP/1.1\r\nHost: a\r\nContent-Length: 262145\r\nExpect: 100-continue\r\n\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(head)  # and not a byte of the body
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert not todos.asked
        writer.close()

    async def test_that_turn_out_too_large_are_refused_on_the_way(
        self, client: httpx.AsyncClient, todos: Service
    ) -> None:
        left = asyncio.Event()

        async def answer(_: Scope, receive: Receive, __: Send) -> None:
            while (await receive())["type"] != "http.disconnect":
                continue
            left.set()

        async def unannounced() -> AsyncIterator[bytes]:
            for _ in range(16):
                yield b"x" * 65_536

        todos.answer = answer
        response = await client.post("/todos", content=unannounced())
        assert response.status_code == 413
        async with asyncio.timeout(60):
            await left.wait()

    async def test_may_be_answered_before_they_are_complete(self, client: httpx.AsyncClient, todos: Service) -> None:
        async def answer(_: Scope, __: Receive, send: Send) -> None:
            await respond(send, b"no, thanks", status=401)

        async def slow() -> AsyncIterator[bytes]:
            yield b"first"
            await asyncio.sleep(0.1)
            yield b"second"

        todos.answer = answer
        response = await client.post("/todos", content=slow())
        assert (response.status_code, response.content) == (401, b"no, thanks")

    async def test_to_continue_are_answered_here(self, gateway: Running, todos: Service) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(b"POST /todos HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        writer.write(b"{}")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        assert todos.asked[0].body == b"{}"
        assert not todos.asked[0].all("expect")
        writer.close()

    async def test_name_the_host_that_they_go_to(self, run_gateway: Run) -> None:
        """Where a service has several names, each address is asked by its own."""
        one, two = Service(), Service()
        async with serving(one) as first, serving(two) as second:
            names = {f"127.0.0.1:{first}": one, f"localhost:{second}": two}
            async with run_gateway(todos_url=",".join(f"http://{name}" for name in names)) as gateway:
                for _ in range(4):
                    assert (await gateway.client.get("/todos")).status_code == 200
        for name, service in names.items():
            assert {host for asked in service.asked for host in asked.all("host")} == {name.encode()}

    async def test_carry_whose_they_are_and_nothing_a_client_says_about_it(
        self, client: httpx.AsyncClient, todos: Service, auth: Service
    ) -> None:
        said = {
            "X-Forwarded-For": "203.0.113.9, 192.0.2.1",
            "X-Forwarded-Proto": "https",
            "X-Real-IP": "203.0.113.9",
            "X-User-Id": "admin",
            "X-Internal-Secret": "1",
            "Forwarded": "for=203.0.113.9",
            "Cookie": "daybook_refresh=secret",
            "Authorization": "Bearer a.b.c",
        }
        await client.get("/todos", headers=said)
        await client.get("/auth/me", headers=said)
        for asked in (todos.asked[0], auth.asked[0]):
            assert asked.all("x-forwarded-for") == [b"192.0.2.1"]
            assert asked.all("x-forwarded-proto") == [b"https"]
            assert len(asked.all("x-forwarded-host")) == 1
            assert asked.all("authorization") == [b"Bearer a.b.c"]
            dropped = {b"x-real-ip", b"x-user-id", b"x-internal-secret", b"forwarded", b"connection"}
            assert not dropped & {name for name, _ in asked.headers}
        assert not todos.asked[0].all("cookie")
        assert auth.asked[0].all("cookie") == [b"daybook_refresh=secret"]


class TestClientGone:
    @pytest.mark.parametrize(
        "sent",
        [
            b"GET /todos HTTP/1.1\r\nHost: a\r\n\r\n",
            b"POST /todos HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
        ],
    )
    async def test_is_told_to_the_service(self, gateway: Running, todos: Service, sent: bytes) -> None:
        asked, left = asyncio.Event(), asyncio.Event()

        async def answer(_: Scope, receive: Receive, __: Send) -> None:
            asked.set()
            while (await receive())["type"] != "http.disconnect":
                continue
            left.set()

        todos.answer = answer
        _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(sent)
        async with asyncio.timeout(60):
            await asked.wait()
            writer.transport.abort()
            await left.wait()

    async def test_is_told_within_a_tenth_of_a_second(self, gateway: Running, todos: Service) -> None:
        asked: asyncio.Queue[None] = asyncio.Queue()
        left: asyncio.Queue[float] = asyncio.Queue()

        async def answer(_: Scope, receive: Receive, __: Send) -> None:
            await asked.put(None)
            while (await receive())["type"] != "http.disconnect":
                continue
            await left.put(time.perf_counter())

        todos.answer = answer
        took = []
        async with asyncio.timeout(60):
            for _ in range(10):
                _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
                writer.write(b"GET /todos HTTP/1.1\r\nHost: a\r\n\r\n")
                await asked.get()
                writer.transport.abort()
                gone = time.perf_counter()
                took.append(await left.get() - gone)
        assert sorted(took)[len(took) // 2] < 0.1  # a busy machine may be late now and then

    async def test_in_the_middle_of_a_body_is_told_as_well(self, gateway: Running, todos: Service) -> None:
        received: list[bytes] = []
        left = asyncio.Event()

        async def answer(_: Scope, receive: Receive, __: Send) -> None:
            while (message := await receive())["type"] != "http.disconnect":
                received.append(message["body"])
            left.set()

        todos.answer = answer
        _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(b"POST /todos HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")
        await until(lambda: b"".join(received) == b"half")
        writer.transport.abort()
        async with asyncio.timeout(60):
            await left.wait()

    async def test_in_the_middle_of_a_stream_as_well(self, client: httpx.AsyncClient, todos: Service) -> None:
        left = asyncio.Event()

        async def answer(_: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
            await receive()
            while (await receive())["type"] != "http.disconnect":
                continue
            left.set()

        todos.answer = answer
        async with client.stream("GET", "/sync/stream") as response:
            await anext(response.aiter_raw())
        async with asyncio.timeout(60):
            await left.wait()


class TestClientLate:
    @pytest.mark.parametrize(
        "sent",
        [
            b"POST /todos HTTP/1.1\r\nContent-Length: 9\r\n",
            b"POST /todos HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf",
            b"POST /todos HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            b"GET /todos HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf",
            b"POST /sync/stream HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf",
        ],
        ids=["nothing", "half", "chunks", "of a GET", "to a stream"],
    )
    @pytest.mark.usefixtures("todos")
    async def test_is_a_408_that_no_service_is_blamed_for(self, run_gateway: Run, hurry: Hurry, sent: bytes) -> None:
        head, _, rest = sent.partition(b"\r\n\r\n")
        data = head.rstrip() + b"\r\nHost: a\r\nConnection: close\r\n\r\n" + rest
        with structlog.testing.capture_logs() as logs:
            async with run_gateway(**hurry(0.3)) as gateway:
                answer = await say(gateway.port, data)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"content-type: application/problem+json\r\n" in answer
        assert b'"type":"urn:problem:request-timeout"' in answer
        assert "upstream.failed" not in [line["event"] for line in logs]

    async def test_cuts_off_an_answer_that_has_begun(self, run_gateway: Run, todos: Service, hurry: Hurry) -> None:
        async def answer(_: Scope, __: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"first", "more_body": True})
            await asyncio.Event().wait()

        todos.answer = answer
        async with run_gateway(**hurry(0.3)) as gateway:
            said = await say(gateway.port, b"POST /todos HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")
        assert said.startswith(b"HTTP/1.1 200 ")
        assert said.endswith(b"5\r\nfirst\r\n")


class TestServiceAway:
    async def test_is_a_503_with_a_time_to_come_back(self, run_gateway: Run) -> None:
        async with run_gateway(todos_url="http://127.0.0.1:1") as gateway:
            for method in ("GET", "POST"):
                response = await gateway.client.request(method, "/todos")
                assert response.status_code == 503
                assert response.json()["type"] == "urn:problem:service-unavailable"
                assert response.headers["retry-after"] == "1"
                assert response.headers["x-request-id"]

    async def test_too_slow_is_a_504_and_the_service_is_told(
        self, run_gateway: Run, todos: Service, hurry: Hurry
    ) -> None:
        left = asyncio.Event()

        async def answer(_: Scope, receive: Receive, __: Send) -> None:
            while (await receive())["type"] != "http.disconnect":
                continue
            left.set()

        todos.answer = answer
        async with run_gateway(**hurry(2)) as gateway:
            started = time.perf_counter()
            response = await gateway.client.post("/todos", content=b"{}")
            assert response.status_code == 504
            assert response.json()["type"] == "urn:problem:gateway-timeout"
            assert time.perf_counter() - started >= 2
        async with asyncio.timeout(60):
            await left.wait()

    async def test_that_does_not_take_the_body_in_is_a_504(self, run_gateway: Run, hurry: Hurry) -> None:
        async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.Event().wait()

        size = 32 * 1024 * 1024  # more than what lies between the two can hold
        async with (
            speaking(talk) as port,
            run_gateway(**hurry(0.5, max_body=size), todos_url=f"http://127.0.0.1:{port}") as gateway,
            asyncio.timeout(60),
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
            writer.write(b"POST /todos HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size + bytes(size))
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 504 ")
            writer.transport.abort()

    @pytest.mark.parametrize(
        "answer",
        [
            b"nonsense\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n\r\nuntil I close",
            b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        ],
    )
    async def test_nonsense_is_a_502_and_the_connection_is_dropped(self, run_gateway: Run, answer: bytes) -> None:
        connections = 0

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal connections
            connections += 1
            await answering(answer)(reader, writer)

        async with speaking(talk) as port, run_gateway(todos_url=f"http://127.0.0.1:{port}") as gateway:
            for _ in range(2):
                response = await gateway.client.get("/todos")
                assert response.status_code == 502
                assert response.json()["type"] == "urn:problem:bad-gateway"
        assert connections == 2

    @pytest.mark.parametrize(
        "talk",
        [
            answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", b""),
            answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nnonsense"),
        ],
        ids=["closed", "nonsense"],
    )
    async def test_an_answer_that_breaks_off_is_not_taken_for_whole(self, run_gateway: Run, talk: Talk) -> None:
        async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            reading = asyncio.create_task(talk(reader, writer))
            await asyncio.sleep(0.1)
            reading.cancel()

        async with speaking(once) as port, run_gateway(todos_url=f"http://127.0.0.1:{port}") as gateway:
            with pytest.raises(httpx.RemoteProtocolError):
                await gateway.client.get("/todos")


_KEY = {"Idempotency-Key": "7d0f"}


class TestConnections:
    """What is asked again, and what is not, when a connection fails."""

    @staticmethod
    def dying(asked: list[bytes], *, after: int) -> Talk:
        """Answers that many requests of a connection, and closes it when the next one has come."""

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for _ in range(after):
                asked.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(_OK)
            asked.append(await reader.readuntil(b"\r\n\r\n"))

        return talk

    async def test_are_used_again(self, run_gateway: Run) -> None:
        connections = 0

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal connections
            connections += 1
            await answering(_OK)(reader, writer)

        async with speaking(talk) as port, run_gateway(todos_url=f"http://127.0.0.1:{port}") as gateway:
            for _ in range(20):
                assert (await gateway.client.get("/todos")).content == b"ok"
        assert connections == 1

    async def test_a_read_is_asked_again_when_a_kept_one_was_closed(self, run_gateway: Run) -> None:
        asked: list[bytes] = []
        talk = self.dying(asked, after=1)
        async with speaking(talk) as port, run_gateway(todos_url=f"http://127.0.0.1:{port}") as gateway:
            assert (await gateway.client.get("/todos/1")).content == b"ok"
            assert (await gateway.client.get("/todos/2")).content == b"ok"
        assert [line.split()[1] for line in asked] == [b"/todos/1", b"/todos/2", b"/todos/2"]

    async def test_a_write_is_not(self, run_gateway: Run) -> None:
        asked: list[bytes] = []
        talk = self.dying(asked, after=1)
        async with speaking(talk) as port, run_gateway(todos_url=f"http://127.0.0.1:{port}") as gateway:
            assert (await gateway.client.post("/todos/1")).content == b"ok"
            assert (await gateway.client.post("/todos/2")).status_code == 502
        assert [line.split()[1] for line in asked] == [b"/todos/1", b"/todos/2"]

    @pytest.mark.parametrize(
        "method, path, headers, asked_again",
        [
            ("POST", "/todos", _KEY, True),
            ("POST", "/todos", {}, False),
            ("POST", "/sync/operations", {}, True),
            ("POST", "/sync/operations", {"Content-Type": "application/json"}, True),
            # These do not look at a key: a toggle would be taken back, the others would meet their own change.
            ("PATCH", "/todos/1/toggle", _KEY, False),
            ("PUT", "/todos/1", _KEY, False),
            ("DELETE", "/todos/1", _KEY, False),
            ("POST", "/todos/1/undo", _KEY, False),
            ("POST", "/todos/bulk", _KEY, False),
            ("POST", "/todos/import", _KEY, False),
            ("POST", "/auth/login", _KEY | {"Origin": "http://127.0.0.1:3000"}, False),
        ],
    )
    async def test_but_one_is_that_its_service_knows_again(
        self, *, run_gateway: Run, method: str, path: str, headers: dict[str, str], asked_again: bool
    ) -> None:
        asked: list[bytes] = []
        talk = self.dying(asked, after=1)
        async with speaking(talk) as port:
            here = f"http://127.0.0.1:{port}"
            async with run_gateway(todos_url=here, auth_url=here) as gateway:
                assert (await gateway.client.get(path)).content == b"ok"
                answer = await gateway.client.request(method, path, headers=headers, content=b"{}")
        assert answer.status_code == (200 if asked_again else 502)
        assert [line.split()[0].decode() for line in asked] == ["GET", method, method][: 3 if asked_again else 2]

    async def test_nor_what_failed_on_a_fresh_one(self, run_gateway: Run) -> None:
        asked: list[bytes] = []
        talk = self.dying(asked, after=0)
        async with speaking(talk) as port, run_gateway(todos_url=f"http://127.0.0.1:{port}") as gateway:
            assert (await gateway.client.get("/todos")).status_code == 502
        assert len(asked) == 1

    async def test_no_more_than_there_may_be(self, run_gateway: Run, todos: Service) -> None:
        go_on = asyncio.Event()
        todos.answer = pausing(b"first", b"second", go_on=go_on)
        async with run_gateway(upstream_connections=1) as gateway, gateway.client.stream("GET", "/todos") as first:
            pieces = first.aiter_raw()
            assert await anext(pieces) == b"first"
            second = await gateway.client.get("/todos")
            assert second.status_code == 503
            assert second.headers["retry-after"] == "1"
            go_on.set()
            assert b"".join([piece async for piece in pieces]) == b"second"
