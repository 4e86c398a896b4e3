"""Figures for Prometheus: what was asked, how long it took, what came in, who listens."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

SECONDS: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Bounds of the durations: half an order of magnitude each, from a look-up in memory to a stuck disk."""


class Figures:
    """Counts what one server does."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "runwatch_requests", "Requests answered.", ("endpoint", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "runwatch_request_seconds", "From a request's head to the answer's.", ("endpoint",), buckets=SECONDS,
            registry=self.registry,
        )  # fmt: skip
        self.points = Counter("runwatch_points", "Rows of metrics stored.", registry=self.registry)
        self.streams = Gauge("runwatch_streams", "Live streams open.", registry=self.registry)
        ProcessCollector(registry=self.registry)

    def answered(self, endpoint: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self.requests.labels(endpoint, str(status)).inc()
        self.seconds.labels(endpoint).observe(seconds)

    def text(self) -> bytes:
        """All figures in the form that Prometheus reads."""
        return generate_latest(self.registry)
