"""What the gateway counts: requests by route, answers by service, and how often it had to say no."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from chassis.metrics import RequestMetrics

# Where the application leaves, in the state of its lifespan, who counts what its server's parser refuses.
COUNT_REFUSED = "count_refused"

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.requests = RequestMetrics(registry)
        self._answers = Histogram(
            "gateway_upstream_duration_seconds",
            "From a request's way to a service to the head of the answer",
            ("upstream", "status"),
            buckets=_SECONDS,
            registry=registry,
        )
        self._failures = self._counter("gateway_upstream_failures", "Requests without an answer", "upstream", "reason")
        self._retries = self._counter("gateway_upstream_retries", "Requests asked a second time", "upstream")
        self._refusals = self._counter("gateway_refused", "Requests over a quota", "policy")
        self._shed = self._counter("gateway_shed", "Requests refused because too many were under way", "upstream")
        self._malformed = self._counter("gateway_malformed", "What came and was no request to take", "problem")
        self._gauges: dict[str, Gauge] = {}
        # Kept, for this one is on the way of every request.
        self._answered: dict[tuple[str, int], Histogram] = {}

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(name, says, labels, registry=self._registry)

    def watch(self, name: str, says: str, look: Callable[[], float], **labels: str) -> None:
        """A figure that is looked up when somebody asks."""
        gauge = self._gauges.get(name)
        if gauge is None:
            gauge = self._gauges[name] = Gauge(name, says, tuple(labels), registry=self._registry)
        (gauge.labels(**labels) if labels else gauge).set_function(look)

    def upstream_answered(self, upstream: str, status: int, seconds: float) -> None:
        child = self._answered.get((upstream, status))
        if child is None:
            child = self._answered[upstream, status] = self._answers.labels(upstream, str(status))
        child.observe(seconds)

    def upstream_failed(self, upstream: str, reason: str) -> None:
        self._failures.labels(upstream, reason).inc()

    def upstream_retried(self, upstream: str) -> None:
        self._retries.labels(upstream).inc()

    def refused(self, policies: Iterable[str]) -> None:
        for policy in policies:
            self._refusals.labels(policy).inc()

    def malformed(self, problem: str) -> None:
        self._malformed.labels(problem).inc()

    def shed(self, upstream: str) -> None:
        self._shed.labels(upstream).inc()
