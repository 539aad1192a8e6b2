"""What is decided about a request before a service hears of it, and what the service is told."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import structlog
from starlette.types import Receive, Scope, Send
from tests.support.servers import Run, Running, Service, respond, say, until
from tests.support.tokens import (
    Forgery,
    Issuer,
    SignToken,
    expired,
    from_another_issuer,
    signed_by_another_key,
    with_an_unknown_key_id,
)

Hurry = Callable[..., dict[str, Any]]


def address() -> dict[str, str]:
    """Somebody nobody has seen before."""
    raw = uuid4().hex
    return {"X-Forwarded-For": f"2001:db8:{raw[0:4]}:{raw[4:8]}::1"}


async def knows_keys(gateway: Running) -> None:
    """From then on tokens can be told apart."""
    async with asyncio.timeout(30):
        while (await gateway.client.get("/todos", headers={"Authorization": "Bearer x"})).status_code != 401:  # noqa: ASYNC110 (it tells nobody)
            await asyncio.sleep(0.01)


_TWO_KINDS_OF_ROUTES = """
[[policies]]
name = "address"
quota = 100_000
seconds = 60
counted = "address"
always = true

[[routes]]
path = "/auth"
upstream = "auth"
cookies = true
seconds = 1

[[routes]]
path = "/todos"
upstream = "todos"
auth = "required"
seconds = 1
"""


def stalling(path: str, token: str) -> bytes:
    """A request whose body does not come."""
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 9\r\n{bearer}\r\n".encode()


class Gate:
    """A service that answers when it is told to."""

    def __init__(self, service: Service) -> None:
        self.open, self.waiting = asyncio.Event(), 0
        service.answer = self

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        self.waiting += 1
        await self.open.wait()
        await respond(send, b"ok")


class TestIdentity:
    @pytest.fixture
    async def strict(self, run_gateway: Run) -> AsyncIterator[Running]:
        """With the table as it comes."""
        async with run_gateway(table=None) as running:
            yield running

    async def test_is_demanded_before_a_service_is_asked(self, strict: Running, todos: Service, auth: Service) -> None:
        for path in ("/todos", "/todos/1", "/sync/changes", "/sync/stream"):
            answer = await strict.client.get(path)
            assert answer.status_code == 401
            assert answer.json()["type"] == "urn:problem:unauthenticated"
            assert answer.headers["www-authenticate"] == "Bearer"
            assert "ratelimit" in answer.headers  # it counts all the same
        assert not todos.asked
        assert (await strict.client.get("/auth/me")).status_code == 200
        assert (await strict.client.get("/calendar/secret.ics")).status_code == 200
        assert len(auth.asked) == len(todos.asked) == 1

    async def test_is_looked_at_by_the_service_itself(
        self, strict: Running, token_issuer: Issuer, todos: Service
    ) -> None:
        """Where the gateway cannot tell: the key may be a new one."""
        for path, token in (
            ("/todos", with_an_unknown_key_id(token_issuer, uuid4())),
            ("/todos", from_another_issuer(token_issuer, uuid4())),
            ("/calendar/secret.ics", "not-a-token"),
        ):
            answer = await strict.client.get(path, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 200
            assert todos.asked[-1].all("authorization") == [f"Bearer {token}".encode()]

    @pytest.mark.parametrize("forge", [signed_by_another_key, expired, lambda *_: "not-a-token"])
    async def test_that_is_known_to_be_bad_is_refused_before_the_body_is_read(
        self, strict: Running, token_issuer: Issuer, todos: Service, auth: Service, forge: Forgery
    ) -> None:
        await knows_keys(strict)
        todos.forget()
        bearer = f"Authorization: Bearer {forge(token_issuer, uuid4())}\r\n".encode()
        head = b"POST /todos/import HTTP/1.1\r\nHost: a\r\nContent-Length: 60000000\r\n" + bearer
        answer = await say(strict.port, head + b"\r\nthe first bytes")
        assert answer.startswith(b"HTTP/1.1 401 ")
        assert b'www-authenticate: bearer error="invalid_token"\r\n' in answer.lower()
        assert b"ratelimit: " in answer
        assert not todos.asked
        # Whoever reads cookies is where one gets a new token.
        asked = len(auth.asked)
        headers = {"Authorization": f"Bearer {forge(token_issuer, uuid4())}"}
        assert (await strict.client.post("/auth/refresh", headers=headers)).status_code == 200
        assert len(auth.asked) == asked + 1

    async def test_of_whatever_kind_does_not_make_a_slow_client_the_services_fault(
        self, run_gateway: Run, tmp_path: Path, sign_token: SignToken, auth: Service
    ) -> None:
        table = tmp_path / "table.toml"
        table.write_text(_TWO_KINDS_OF_ROUTES)
        tokens = {"none": "", "good": sign_token(uuid4()), "bad": "not-a-token"}
        async with run_gateway(table=table, limits={}) as gateway:
            await knows_keys(gateway)
            answers = await asyncio.gather(
                *(say(gateway.port, stalling(path, token)) for path in ("/todos", "/auth") for token in tokens.values())
            )
        statuses = [int(answer.split()[1]) for answer in answers]
        assert dict(zip(tokens, statuses[:3], strict=True)) == {"none": 401, "good": 408, "bad": 401}
        assert dict(zip(tokens, statuses[3:], strict=True)) == {"none": 408, "good": 408, "bad": 408}
        assert not auth.asked

    async def test_of_another_scheme_is_none(self, strict: Running, todos: Service) -> None:
        answer = await strict.client.get("/todos", headers={"Authorization": "Basic YTpi"})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert not todos.asked


class TestOverload:
    async def test_is_turned_away_at_once_and_told_when_to_come_back(self, run_gateway: Run, todos: Service) -> None:
        async with run_gateway(requests_at_once=2) as gateway:
            gate = Gate(todos)
            served = [asyncio.create_task(gateway.client.get("/todos", headers=address())) for _ in range(2)]
            await until(lambda: gate.waiting == 2)
            took = []
            for _ in range(20):
                started = time.perf_counter()
                answer = await say(gateway.port, b"GET /todos HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                took.append(time.perf_counter() - started)
                assert answer.startswith(b"HTTP/1.1 503 ")
            assert b"retry-after: 1\r\n" in answer
            assert b"urn:problem:overloaded" in answer
            assert sorted(took)[len(took) // 2] < 0.02
            # Another service has room of its own, and health needs none.
            for path in ("/auth/me", "/livez", "/readyz"):
                assert (await gateway.client.get(path)).status_code == 200
            gate.open.set()
            assert {(await each).status_code for each in served} == {200}
            assert (await gateway.client.get("/todos")).status_code == 200
            shed = gateway.app.registry.get_sample_value("gateway_shed_total", {"upstream": "todos"})
        assert shed == 20
        assert gate.waiting == 3

    async def test_uses_up_no_quota(self, run_gateway: Run, todos: Service) -> None:
        where = address()
        async with run_gateway(requests_at_once=1, limits={"address": "3/900000"}) as gateway:
            gate = Gate(todos)
            first = asyncio.create_task(gateway.client.get("/todos", headers=address()))
            await until(lambda: gate.waiting == 1)
            for _ in range(10):
                assert (await gateway.client.get("/todos", headers=where)).status_code == 503
            gate.open.set()
            await first
            answers = [await gateway.client.get("/todos", headers=where) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]

    async def test_is_shared_fairly(self, run_gateway: Run, todos: Service, sign_token: SignToken) -> None:
        greedy = {"Authorization": f"Bearer {sign_token(uuid4())}"} | address()
        async with run_gateway(requests_at_once=12) as gateway:
            gate = Gate(todos)
            async with asyncio.TaskGroup() as tasks:
                first = [tasks.create_task(gateway.client.get("/todos", headers=address())) for _ in range(1)]
                await until(lambda: gate.waiting == 1)
                many = [tasks.create_task(gateway.client.get("/todos", headers=greedy)) for _ in range(40)]
                await until(lambda: sum(each.done() for each in many) >= 28)
                assert gate.waiting <= 10
                others = [tasks.create_task(gateway.client.get("/todos", headers=address())) for _ in range(2)]
                await until(lambda: gate.waiting >= 11)
                gate.open.set()
        assert {each.result().status_code for each in (*first, *others)} == {200}

    async def test_of_a_costly_route_leaves_the_others_alone(
        self, run_gateway: Run, auth: Service, tmp_path: Path
    ) -> None:
        table = tmp_path / "table.toml"
        costly = '[[routes]]\npath = "/auth/login"\nupstream = "auth"\nat_once = 2\n'
        table.write_text(f"{_TWO_KINDS_OF_ROUTES}\n{costly}".replace("seconds = 1\n", ""))
        async with run_gateway(table=table, limits={}) as gateway:
            gate = Gate(auth)
            served = [asyncio.create_task(gateway.client.get("/auth/login", headers=address())) for _ in range(2)]
            await until(lambda: gate.waiting == 2)
            refused = await gateway.client.get("/auth/login", headers=address())
            assert (refused.status_code, refused.json()["type"]) == (503, "urn:problem:overloaded")
            another = asyncio.create_task(gateway.client.get("/auth/me", headers=address()))
            await until(lambda: gate.waiting == 3)
            gate.open.set()
            assert {(await each).status_code for each in (*served, another)} == {200}
            assert (await gateway.client.get("/auth/login", headers=address())).status_code == 200
            shed = gateway.app.registry.get_sample_value("gateway_shed_total", {"upstream": "auth"})
        assert shed == 1

    async def test_does_not_count_streams(self, run_gateway: Run, todos: Service) -> None:
        async def answer(scope: Scope, _: Receive, send: Send) -> None:
            if scope["path"] != "/sync/stream":
                await respond(send, b"ok")
                return
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b": hello\n\n", "more_body": True})
            await asyncio.Event().wait()

        todos.answer = answer
        async with (
            run_gateway(requests_at_once=1) as gateway,
            gateway.client.stream("GET", "/sync/stream") as one,
            gateway.client.stream("GET", "/sync/stream") as two,
        ):
            assert await anext(one.aiter_raw()) == await anext(two.aiter_raw()) == b": hello\n\n"
            assert (await gateway.client.get("/todos")).status_code == 200


class TestTimeLeft:
    async def test_is_told_to_the_service_by_nobody_else(self, client: httpx.AsyncClient, todos: Service) -> None:
        await client.get("/todos", headers={"X-Request-Timeout-Ms": "999999"})
        [told] = todos.asked[0].all("x-request-timeout-ms")
        assert 1000 < int(told) <= 8000

    async def test_is_what_a_slow_client_has_left_of_it(self, run_gateway: Run, todos: Service, hurry: Hurry) -> None:
        async with run_gateway(**hurry(5)) as gateway:
            reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
            writer.write(b"POST /todos HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n")
            await asyncio.sleep(0.5)  # what this measures is time
            writer.write(b"{}")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
            writer.close()
        assert int(todos.asked[0].all("x-request-timeout-ms")[0]) <= 4500


class TestTrace:
    _KNOWN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    async def test_goes_on_under_a_span_of_ours(self, client: httpx.AsyncClient, todos: Service) -> None:
        with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as logs:
            await client.get("/todos", headers={"Traceparent": self._KNOWN, "Tracestate": "a=1"})
        [passed] = todos.asked[0].all("traceparent")
        version, trace, span, flags = passed.decode().split("-")
        assert (version, trace) == ("00", "4bf92f3577b34da6a3ce929d0e0e4736")
        assert span != "00f067aa0ba902b7"
        # What is recorded is decided here: a stranger's wish is not.
        assert flags == "00"
        assert todos.asked[0].all("tracestate") == [b"a=1"]
        assert {line["trace_id"] for line in logs} == {trace}

    @pytest.mark.parametrize("said", [{}, {"Traceparent": "nonsense"}, {"Traceparent": f"{_KNOWN}-more"}])
    async def test_begins_here_otherwise(self, client: httpx.AsyncClient, todos: Service, said: dict[str, str]) -> None:
        await client.get("/todos", headers=said | {"Tracestate": "a=1"})
        [passed] = todos.asked[0].all("traceparent")
        assert len(passed) == 55
        assert b"4bf92f3577b34da6a3ce929d0e0e4736" not in passed
        assert not todos.asked[0].all("tracestate")

    async def test_is_recorded_as_often_as_is_wanted(self, run_gateway: Run, todos: Service) -> None:
        async with run_gateway(trace_ratio=1.0) as gateway:
            await gateway.client.get("/todos")
        assert todos.asked[0].all("traceparent")[0].endswith(b"-01")


class TestAccessLog:
    async def test_says_who_answered_and_how_long_it_took(self, client: httpx.AsyncClient, todos: Service) -> None:
        assert not todos.asked
        with structlog.testing.capture_logs() as logs:
            await client.get("/todos/1?q=secret")
        [line] = logs
        assert line["upstream"] == "todos"
        assert line["endpoint"].startswith("127.0.0.1:")
        assert 0 < line["upstream_ms"] <= line["duration_ms"]
        assert line["route"] == "/todos"


class TestAccount:
    """Guesses at one account count together, from wherever they come."""

    @staticmethod
    async def sign_in(gateway: Running, email: str, **headers: str) -> int:
        answer = await gateway.client.post("/auth/login", json={"email": email}, headers=address() | headers)
        return answer.status_code

    async def test_is_counted_however_it_is_spelled(self, run_gateway: Run, auth: Service) -> None:
        name = uuid4().hex
        async with run_gateway(limits={"account": "3/900000"}) as gateway:
            statuses = [
                await self.sign_in(gateway, email)
                for email in (f"{name}@a.test", f" {name.upper()}@A.test ", f"{name}@\uff41.test", f"{name}@a.test")
            ]
            assert await self.sign_in(gateway, f"{uuid4().hex}@a.test") == 200
        assert statuses == [200, 200, 200, 429]
        # What was read here arrives all the same.
        assert auth.asked[0].body == b'{"email":"%b@a.test"}' % name.encode()

    async def test_does_not_keep_out_whose_browser_was_here_before(self, run_gateway: Run, auth: Service) -> None:
        email = f"{uuid4().hex}@a.test"
        async with run_gateway(limits={"account": "2/900000"}) as gateway:
            guesses = [await self.sign_in(gateway, email) for _ in range(4)]
            assert await self.sign_in(gateway, email, Cookie="__Host-daybook_device=known") == 200
        assert guesses == [200, 200, 429, 429]
        assert len(auth.asked) == 3

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
    @pytest.mark.parametrize("chunked", [False, True])
    async def test_cannot_be_hidden(self, run_gateway: Run, auth: Service, encoding: str, chunked: bool) -> None:
        """By an encoding that the service reads, by padding, or by sending in pieces."""
        email = f"{uuid4().hex}@a.test"
        body = f'{{"email": "x", "padding": "{"x" * 1000}", "email": "{email}"}}'.encode(encoding)

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(body), 500):
                yield body[start : start + 500]

        async with run_gateway(limits={"account": "1/900000"}) as gateway:
            statuses = [
                (
                    await gateway.client.post("/auth/login", content=pieces() if chunked else body, headers=address())
                ).status_code
                for _ in range(2)
            ]
        assert statuses == [200, 429]
        assert [asked.body for asked in auth.asked] == [body]

    @pytest.mark.parametrize(
        "body", [b"", b"{", b"[]", b'{"email": 1}', b'{"email": ""}', b"\xff\xfe", b"[" * 5000, b'"email"']
    )
    async def test_that_is_not_named_is_the_services_business(
        self, client: httpx.AsyncClient, auth: Service, body: bytes
    ) -> None:
        answer = await client.post("/auth/login", content=body, headers=address())
        assert answer.status_code == 200
        assert '"account"' not in answer.headers["ratelimit-policy"]
        assert auth.asked[0].body == body

    async def test_is_not_looked_for_in_what_is_too_large(self, gateway: Running, auth: Service) -> None:
        for framing in (b"Content-Length: 16385\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n4001\r\n" + b"a" * 16385):
            head = b"POST /auth/login HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            assert (await say(gateway.port, head + framing)).startswith(b"HTTP/1.1 413 ")
        assert not auth.asked

    async def test_is_not_waited_for_for_ever(self, run_gateway: Run, auth: Service, tmp_path: Path) -> None:
        file = tmp_path / "table.toml"
        file.write_text(
            '[[policies]]\nname = "account"\nquota = 9\nseconds = 1\ncounted = "account"\nalways = true\n'
            '[[routes]]\npath = "/auth"\nupstream = "auth"\naccount = "email"\nmax_body = 100\nseconds = 0.2\n'
        )
        async with run_gateway(table=file, limits={}) as gateway:
            sent = b"POST /auth/login HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 9\r\n\r\nhalf"
            assert (await say(gateway.port, sent)).startswith(b"HTTP/1.1 408 ")
        assert not auth.asked

    async def test_a_client_that_leaves_meanwhile_is_nobodys_error(self, gateway: Running, auth: Service) -> None:
        with structlog.testing.capture_logs() as logs:
            _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
            writer.write(b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")
            await writer.drain()
            await asyncio.sleep(0.05)  # let it arrive
            writer.transport.abort()
            await until(lambda: logs)
        assert [(line["event"], line["status"]) for line in logs] == [("request", 0)]
        assert not auth.asked


class TestProgram:
    async def test_has_a_quota_below_its_persons(self, run_gateway: Run, sign_token: SignToken) -> None:
        person = uuid4()
        program = {"Authorization": f"Bearer {sign_token(person, scope='todos:read', sid=str(uuid4()))}"}
        async with run_gateway(limits={"program": "2/900000"}) as gateway:
            async with asyncio.timeout(10):
                while '"user"' not in (await gateway.client.get("/todos", headers=program)).headers["ratelimit-policy"]:  # noqa: ASYNC110 (it tells nobody)
                    await asyncio.sleep(0.01)
            answers = [await gateway.client.get("/todos", headers=program) for _ in range(2)]
            themselves = {"Authorization": f"Bearer {sign_token(person)}"}
            assert (await gateway.client.get("/todos", headers=themselves)).status_code == 200
        assert answers[-1].status_code == 429
        assert answers[-1].json()["violated-policies"] == ["program"]
