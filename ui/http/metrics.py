"""What the server measures of itself, for Prometheus: to this machine, or to whoever shows the scraper's token."""

import hmac
import time
from collections.abc import Callable, Iterable, Mapping

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from composer.guarding import for_everybody
from composer.problem import ApiError
from deployer.presence import Present
from ui.settings import LOOPBACK

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via")
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds."""

COUNTED = {
    "keeper_looks": "Looks of a keeper at a project.",
    "keeper_heals": "Healings that a keeper has queued.",
}
"""What processes count that may run without a web server; each tells it every few seconds."""

Reading = Callable[[], float]
"""A value as it is at this moment."""


class Metrics:
    """The measures of one process. `readings` are values looked up at each scrape, by name and with their meaning."""

    def __init__(
        self, readings: Mapping[str, tuple[str, Reading]], processes: Callable[[], Iterable[Present]] = tuple
    ) -> None:
        """`processes` are those that live, with what each has counted: one without a web server cannot be scraped."""
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "backdraft_requests", "Requests that were answered.", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "backdraft_request_seconds",
            "How long an answer took to begin.",
            ("route",),
            buckets=BOUNDS,
            registry=self.registry,
        )
        self._readings = readings
        ProcessCollector(registry=self.registry)
        began = Gauge("backdraft_start_time_seconds", "When the process began to answer.", registry=self.registry)
        began.set(time.time())
        self.registry.register(_Readings(readings))
        self.registry.register(_Processes(processes))

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)


class _Readings:
    """Looks values up when they are asked for; one that cannot be looked up is left out."""

    def __init__(self, readings: Mapping[str, tuple[str, Reading]]) -> None:
        self._readings = readings

    def collect(self) -> Iterable[Metric]:
        """Every value that can be looked up."""
        for name, (meaning, reading) in self._readings.items():
            try:
                value = reading()
            except Exception:  # noqa: S112 (what is not there is told by its absence, and by /readyz)
                continue
            yield GaugeMetricFamily(f"backdraft_{name}", meaning, value=value)


class _Processes:
    """Tells which processes live, and what they have counted; nothing while the database does not answer."""

    def __init__(self, processes: Callable[[], Iterable[Present]]) -> None:
        self._processes = processes

    def collect(self) -> Iterable[Metric]:
        """A value for each process, with its name and what it is."""
        try:
            found = tuple(self._processes())
        except Exception:
            return
        lives = GaugeMetricFamily("backdraft_process_up", "The processes that live.", labels=("process", "name"))
        for each in found:
            lives.add_metric((each.process, each.name), 1)
        yield lives
        for name, meaning in COUNTED.items():
            told = CounterMetricFamily(f"backdraft_{name}", meaning, labels=("name",))
            for each in found:
                if name in each.counts:
                    told.add_metric((each.name,), each.counts[name])
            yield told


def measure_requests(app: Flask, metrics: Metrics) -> None:
    """Have every answer of `app` counted, under its route, never under what its address said."""

    @app.after_request
    def count(response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else "none"
        metrics.answered(_method(), rule, response.status_code, time.monotonic() - g.begun)
        return response


def metrics_routes(metrics: Metrics, token: str) -> Blueprint:
    """`/metrics`."""
    routes = Blueprint("metrics", __name__)

    @routes.get("/metrics")
    @for_everybody
    def tell() -> Response:
        if not _may_know(token):
            raise ApiError(
                403,
                "denied",
                "Measures are for this machine and for scrapers",
                remedy="scrape from the machine itself, or set metrics_token and send it as a bearer token",
            )
        return Response(metrics.text(), content_type=CONTENT_TYPE)

    return routes


def _may_know(token: str) -> bool:
    given = request.headers.get("Authorization", "")
    if token:
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    # a proxy on the same machine makes everybody look as if they came from here
    return request.remote_addr in LOOPBACK and not any(name in request.headers for name in FORWARDED)


def _method() -> str:
    return request.method if request.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"
