"""What a process counts, for Prometheus to fetch on a port of its own: never where strangers knock.

A metric's children are made once and kept: looking one up by its labels costs more than counting.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import structlog
from prometheus_client import CollectorRegistry, Gauge, GCCollector, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import start_http_server
from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.registry import Collector

from chassis.settings import MetricsSettings

log = structlog.get_logger()

# From what a cache answers to the longest that anybody waits.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Of requests that belong to no route, and of methods nobody offers: a stranger must not be able to make up labels.
_NO_ROUTE, _NO_METHOD = "none", "other"
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class RequestMetrics:
    """How many requests there were, and how long they took, by method, route and status."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "http_request_duration_seconds",
            "From the head of a request to the end of its answer",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=registry,
        )
        self._children: dict[tuple[str, str | None, int], Histogram] = {}

    def observe(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """`status` is 0 where nobody was left to answer."""
        child = self._children.get((method, route, status))
        if child is None:
            named = method if method in _METHODS else _NO_METHOD
            child = self._seconds.labels(named, route or _NO_ROUTE, str(status))
            if named == method:
                self._children[method, route, status] = child
        child.observe(seconds)


def registry() -> CollectorRegistry:
    """With what there is to say of any process: CPU, memory, open files, garbage collection."""
    made = CollectorRegistry()
    ProcessCollector(registry=made)
    PlatformCollector(registry=made)
    GCCollector(registry=made)
    return made


def watch(registry: CollectorRegistry, name: str, says: str, look: Callable[[], float]) -> None:
    """A figure that is looked up when somebody asks, from a thread of its own: `look` only reads."""
    Gauge(name, says, registry=registry).set_function(look)


def watch_each(
    registry: CollectorRegistry, name: str, says: str, label: str, look: Callable[[], Mapping[str, float]]
) -> None:
    """Counters that somebody else counts, one for each value of a label. They only ever grow."""

    class Watched(Collector):
        def collect(self) -> Iterator[CounterMetricFamily]:
            family = CounterMetricFamily(name, says, labels=(label,))
            for value, count in look().items():
                family.add_metric((value,), count)
            yield family

    registry.register(Watched())


@contextmanager
def exposed(settings: MetricsSettings, registry: CollectorRegistry) -> Iterator[None]:
    """Answer `GET /metrics` for as long as the block lasts, if there is a port to do so."""
    if settings.port is None:
        yield
        return
    server, thread = start_http_server(settings.port, settings.host, registry)
    log.info("metrics.exposed", port=server.server_port)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
