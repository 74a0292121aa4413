"""Counters for Prometheus.

Labels are endpoint names and status codes only: never a path, never a query.
"""

from __future__ import annotations

import os
import time

from flask import Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

__all__ = ["Metrics"]

# Other methods are one label: a client may send any word as its method.
_COUNTED_METHODS = ("GET", "HEAD")


class Metrics:
    """The metrics of one app.

    The registry is the app's own, so that several apps can live in one process.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        # set by a server of several processes: each writes its figures to a file there
        self.is_shared = "PROMETHEUS_MULTIPROC_DIR" in os.environ
        # labels become series of Prometheus, one for each combination: few values only
        labels = ("endpoint", "method", "status")
        self.requests = Counter(
            "gongkai_requests", "Requests answered.", labels, registry=self.registry
        )
        self.seconds = Histogram(
            "gongkai_request_seconds",
            "Time to answer.",
            ("endpoint",),
            registry=self.registry,
        )
        self.searches = Counter(
            "gongkai_searches",
            "Searches by outcome.",
            ("found",),
            registry=self.registry,
        )
        self.reports = Gauge(
            "gongkai_index_reports",
            "Reports in the index.",
            registry=self.registry,
            multiprocess_mode="mostrecent",
        )
        self.generation = Gauge(
            "gongkai_index_generation",
            "Generation of the index.",
            registry=self.registry,
            multiprocess_mode="mostrecent",
        )

    def watch(self, app: Flask) -> None:
        """Count every request of the app."""
        app.before_request(self._begin)
        app.after_request(self._end)

    def _begin(self) -> None:
        g.began = time.perf_counter()

    def _end(self, response: Response) -> Response:
        endpoint = request.endpoint or "none"
        method = request.method if request.method in _COUNTED_METHODS else "other"
        self.requests.labels(endpoint, method, str(response.status_code)).inc()
        # a request that another handler ended before this one has no time
        if "began" in g:
            self.seconds.labels(endpoint).observe(time.perf_counter() - g.began)
        return response

    def exposition(self) -> Response:
        """The text that Prometheus reads, with the figures of all processes of this server."""
        registry = self.registry
        if self.is_shared:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
