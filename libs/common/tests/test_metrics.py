import asyncio
import socket

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from chassis import metrics
from chassis.metrics import RequestMetrics
from chassis.settings import MetricsSettings


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


class TestExposed:
    async def test_answers_on_a_port_of_its_own(self) -> None:
        registry = metrics.registry()
        RequestMetrics(registry).observe("GET", "/todos", 200, 0.003)
        port = free_port()
        with metrics.exposed(MetricsSettings(port=port), registry):
            async with httpx.AsyncClient() as client:
                answer = await client.get(f"http://127.0.0.1:{port}/metrics")
        assert answer.status_code == 200
        families = {family.name for family in text_string_to_metric_families(answer.text)}
        assert {"http_request_duration_seconds", "process_resident_memory_bytes", "process_open_fds"} <= families
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)

    async def test_is_nowhere_without_a_port(self) -> None:
        with metrics.exposed(MetricsSettings(), metrics.registry()):
            await asyncio.sleep(0)

    async def test_a_port_that_is_taken_is_an_error_at_once(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            settings = MetricsSettings(port=taken.getsockname()[1])
            with pytest.raises(OSError, match="in use"), metrics.exposed(settings, metrics.registry()):
                raise AssertionError


class TestRequestMetrics:
    def test_counts_by_method_route_and_status(self) -> None:
        registry = metrics.registry()
        counted = RequestMetrics(registry)
        for _ in range(3):
            counted.observe("GET", "/todos", 200, 0.02)
        counted.observe("GET", None, 404, 0.0001)
        name = "http_request_duration_seconds"
        labels = {"method": "GET", "route": "/todos", "status": "200"}
        assert registry.get_sample_value(f"{name}_count", labels) == 3
        assert registry.get_sample_value(f"{name}_bucket", labels | {"le": "0.01"}) == 0
        assert registry.get_sample_value(f"{name}_bucket", labels | {"le": "0.025"}) == 3
        nowhere = {"method": "GET", "route": "none", "status": "404"}
        assert registry.get_sample_value(f"{name}_count", nowhere) == 1

    def test_a_stranger_makes_up_no_labels(self) -> None:
        registry = metrics.registry()
        counted = RequestMetrics(registry)
        for number in range(100):
            counted.observe(f"METHOD{number}", None, 405, 0.001)
        assert len(counted._children) == 0
        other = {"method": "other", "route": "none", "status": "405"}
        assert registry.get_sample_value("http_request_duration_seconds_count", other) == 100
