"""What is asked a second time, and how much of it, before services that are busy, gone or odd."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send
from tests.support.servers import Run, Service, answering, respond, serving, speaking, until

from gateway.retries import RetryBudget

Hurry = Callable[..., dict[str, Any]]

_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def busy(retry_after: str = "1", *, times: int = 1_000_000) -> Service:
    """Says 503 so many times, and then 200."""
    service = Service()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await service._remember(scope, receive)
        if len(service.asked) > times:
            await respond(send, b"ok")
        else:
            await respond(send, b"busy", status=503, headers=((b"retry-after", retry_after.encode()),))

    service.answer = answer
    return service


@asynccontextmanager
async def addresses(*services: Service) -> AsyncIterator[str]:
    async with AsyncExitStack() as stack:
        ports = [await stack.enter_async_context(serving(service)) for service in services]
        yield ",".join(f"http://127.0.0.1:{port}" for port in ports)


class TestRetryBudget:
    def test_is_one_in_ten_and_ten_at_once(self) -> None:
        budget = RetryBudget()
        assert [budget.spend() for _ in range(12)] == [True] * 10 + [False] * 2
        for _ in range(105):
            budget.earn()
        assert [budget.spend() for _ in range(12)].count(True) == 10

    def test_over_time_is_one_in_ten(self) -> None:
        budget = RetryBudget()
        spent = 0
        for _ in range(1000):
            budget.earn()
            spent += budget.spend()
        assert 100 <= spent <= 110


class TestBusyService:
    async def test_is_asked_again_after_the_second_it_asks_for(self, run_gateway: Run) -> None:
        service = busy(times=1)
        async with addresses(service) as url, run_gateway(todos_url=url) as gateway:
            started = time.perf_counter()
            assert (await gateway.client.get("/todos")).content == b"ok"
            assert time.perf_counter() - started >= 1
        assert len(service.asked) == 2

    async def test_another_one_is_asked_at_once(self, run_gateway: Run) -> None:
        tired, fresh = busy(), Service()
        async with addresses(tired, fresh) as url, run_gateway(todos_url=url) as gateway:
            answers = [await gateway.client.get("/todos") for _ in range(4)]
        assert {answer.status_code for answer in answers} == {200}
        assert tired.asked
        assert len(fresh.asked) == 4

    async def test_is_not_asked_again_for_a_change_or_a_longer_wait(self, run_gateway: Run) -> None:
        service = busy("2")
        async with addresses(service) as url, run_gateway(todos_url=url) as gateway:
            assert (await gateway.client.get("/todos")).status_code == 503
            assert (await gateway.client.post("/todos")).status_code == 503
            answer = await gateway.client.get("/todos")
            assert (answer.headers["retry-after"], answer.content) == ("2", b"busy")
        assert len(service.asked) == 3

    async def test_gets_no_more_than_a_tenth_on_top(self, run_gateway: Run) -> None:
        service = busy("0")
        async with addresses(service) as url, run_gateway(todos_url=url) as gateway:
            for _ in range(200):
                assert (await gateway.client.get("/todos")).status_code == 503
        assert 200 + 20 <= len(service.asked) <= 200 + 30

    async def test_is_not_waited_for_longer_than_the_route_allows(self, run_gateway: Run, hurry: Hurry) -> None:
        service = busy()
        async with addresses(service) as url, run_gateway(todos_url=url, **hurry(1.5)) as gateway:
            started = time.perf_counter()
            assert (await gateway.client.get("/todos")).status_code == 503
            assert time.perf_counter() - started < 1
        assert len(service.asked) == 1


class TestGoneService:
    async def test_a_change_goes_elsewhere_while_nobody_has_seen_it(self, run_gateway: Run) -> None:
        async with speaking(answering(_OK)) as gone:
            pass
        service = Service()
        async with addresses(service) as url:
            both = f"http://127.0.0.1:{gone},{url}"
            async with run_gateway(todos_url=both) as gateway:
                answers = [await gateway.client.post("/todos", content=b"{}") for _ in range(20)]
        assert {answer.status_code for answer in answers} == {200}
        assert [asked.body for asked in service.asked] == [b"{}"] * 20

    async def test_is_answered_for_at_once_after_a_few(self, run_gateway: Run) -> None:
        async with speaking(answering(_OK)) as gone:
            pass
        async with run_gateway(todos_url=f"http://127.0.0.1:{gone}") as gateway:
            for _ in range(20):
                answer = await gateway.client.get("/todos")
                assert answer.status_code == 503
                assert answer.headers["retry-after"] == "1"
            metrics = gateway.app.registry
        assert metrics.get_sample_value(
            "gateway_upstream_failures_total", {"upstream": "todos", "reason": "nobodythere"}
        )

    async def test_that_hangs_is_left_alone_after_a_few_and_found_again(self, run_gateway: Run, hurry: Hurry) -> None:
        hanging = asyncio.Event()
        service = Service()

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            await hanging.wait()
            await service._remember(scope, receive)
            await respond(send, b"ok")

        service.answer = answer
        async with addresses(service) as url, run_gateway(todos_url=url, **hurry(0.3)) as gateway:
            late = await asyncio.gather(*(gateway.client.get("/todos") for _ in range(5)))
            assert {each.status_code for each in late} == {504}
            assert (await gateway.client.get("/todos")).status_code == 503
            hanging.set()
            async with asyncio.timeout(10):
                while (await gateway.client.get("/todos")).status_code != 200:  # noqa: ASYNC110 (it tells nobody)
                    await asyncio.sleep(0.05)


class TestClosedConnection:
    @pytest.mark.parametrize("method, status, times", [("GET", 200, 2), ("PUT", 502, 1), ("DELETE", 502, 1)])
    async def test_is_asked_again_only_what_changes_nothing(
        self, run_gateway: Run, method: str, status: int, times: int
    ) -> None:
        """A service that took the request and closed the connection may have done what was asked."""
        seen: list[bytes] = []

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                seen.append(head.split(b" ", 1)[0])
                if len(seen) == 2:
                    return  # the second one, on the connection of the first
                writer.write(_OK)

        async with speaking(talk) as port, run_gateway(todos_url=f"http://127.0.0.1:{port}") as gateway:
            assert (await gateway.client.get("/todos/1")).status_code == 200
            answer = await gateway.client.request(method, "/todos/1")

        assert answer.status_code == status
        assert seen[1:] == [method.encode()] * times


class TestReplacedService:
    async def test_may_go_at_any_time_as_long_as_there_is_another(self, run_gateway: Run) -> None:
        one, two, statuses = Service(), Service(), list[int]()
        stopping = asyncio.Event()

        async with AsyncExitStack() as first, serving(two) as second_port:
            first_port = await first.enter_async_context(serving(one))
            both = f"http://127.0.0.1:{first_port},http://127.0.0.1:{second_port}"
            async with run_gateway(todos_url=both) as gateway:

                async def keep_asking() -> None:
                    while not stopping.is_set():
                        for method in ("GET", "HEAD", "GET"):
                            statuses.append((await gateway.client.request(method, "/todos/1")).status_code)

                async with asyncio.TaskGroup() as tasks:
                    for _ in range(4):
                        tasks.create_task(keep_asking())
                    await until(lambda: len(one.asked) > 10)
                    await first.aclose()
                    served = len(two.asked)
                    await until(lambda: len(two.asked) > served + 40)
                    stopping.set()
        assert set(statuses) == {200}
        assert len(one.asked) > 10
