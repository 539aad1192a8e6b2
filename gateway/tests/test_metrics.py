"""What Prometheus is told, on a port that the public does not reach."""

import socket
from uuid import uuid4

import httpx
from prometheus_client.parser import text_string_to_metric_families
from tests.support.servers import Run, Service

from chassis.settings import MetricsSettings

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


async def fetched(port: int) -> Figures:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{port}/metrics")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def figure(figures: Figures, name: str, **labels: str) -> float | None:
    return figures.get((name, frozenset(labels.items())))


class TestMetrics:
    async def test_are_counted_by_route_and_by_service(self, run_gateway: Run, todos: Service) -> None:
        port = free_port()
        where = {"X-Forwarded-For": f"2001:db8:{uuid4().hex[:4]}::1"}
        settings = {"metrics": MetricsSettings(port=port), "limits": {"address": "4/900000"}}
        async with run_gateway(**settings) as gateway:
            for _ in range(5):
                await gateway.client.get("/todos/1", headers=where)
            await gateway.client.get("/nowhere/secret", headers=where)
            assert (await gateway.client.get("/metrics")).status_code == 404
            figures = await fetched(port)
        assert len(todos.asked) == 4
        requests = "http_request_duration_seconds_count"
        assert figure(figures, requests, method="GET", route="/todos", status="200") == 4
        assert figure(figures, requests, method="GET", route="/todos", status="429") == 1
        assert figure(figures, requests, method="GET", route="none", status="404") == 2
        assert figure(figures, "gateway_upstream_duration_seconds_count", upstream="todos", status="200") == 4
        assert figure(figures, "gateway_refused_total", policy="address") == 1
        assert figure(figures, "gateway_limits_shared") == 1
        assert figure(figures, "gateway_upstream_endpoints", upstream="todos") == 1
        assert figure(figures, "gateway_upstream_endpoints_out", upstream="todos") == 0
        assert figure(figures, "gateway_upstream_requests", upstream="todos") == 0
        assert (figure(figures, "gateway_upstream_connections", upstream="todos") or 0) >= 1
        assert not [name for name in figures if "secret" in repr(name)]

    async def test_say_which_service_failed_and_how(self, run_gateway: Run) -> None:
        port = free_port()
        settings = {"metrics": MetricsSettings(port=port), "todos_url": "http://127.0.0.1:1"}
        async with run_gateway(**settings) as gateway:
            for _ in range(8):
                assert (await gateway.client.get("/todos")).status_code == 503
            figures = await fetched(port)
        failures = "gateway_upstream_failures_total"
        assert figure(figures, failures, upstream="todos", reason="unreachable") == 5
        assert figure(figures, failures, upstream="todos", reason="nobodythere") == 3
        assert figure(figures, "gateway_upstream_endpoints_out", upstream="todos") == 1
