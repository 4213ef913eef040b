"""What is counted and timed, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from api.streaming import Streams
from dedupe.engine import EngineStatistics
from dedupe.errors import DedupeError
from dedupe.events import Assignment

_LATENCY = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """The metrics of one application, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        registry = self._registry
        self._decisions = Counter(
            "storyfold_decisions", "Articles answered, by decision.", ["decision"], registry=registry
        )
        self._refusals = Counter("storyfold_refusals", "Articles refused, by code.", ["code"], registry=registry)
        self._group_size = Histogram(
            "storyfold_group_size", "Articles committed at once.", buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
            registry=registry,
        )  # fmt: skip
        self._group_seconds = Histogram(
            "storyfold_group_seconds", "Deciding and committing a group.", buckets=_LATENCY, registry=registry
        )
        self._requests = Counter(
            "storyfold_http_requests", "Requests answered.", ["method", "route", "status"], registry=registry
        )
        self._request_seconds = Histogram(
            "storyfold_http_request_seconds", "From request to answer.", ["route"], buckets=_LATENCY, registry=registry
        )

    def observe_group(self, answers: Sequence[Assignment | DedupeError], seconds: float) -> None:
        """Count a group that the engine has answered."""
        self._group_size.observe(len(answers))
        self._group_seconds.observe(seconds)
        for answer in answers:
            if isinstance(answer, DedupeError):
                self._refusals.labels(answer.code).inc()
            else:
                self._decisions.labels(answer.decision.value).inc()

    def answered(self) -> int:
        """Return how many articles were answered so far."""
        samples = (sample for metric in self._decisions.collect() for sample in metric.samples)
        return int(sum(sample.value for sample in samples if sample.name.endswith("_total")))

    def group_counts(self) -> dict[float, float]:
        """Return how many groups were answered so far within each number of seconds."""
        samples = (sample for metric in self._group_seconds.collect() for sample in metric.samples)
        return {float(sample.labels["le"]): sample.value for sample in samples if sample.name.endswith("_bucket")}

    def observe_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def watch(self, statistics: Callable[[], EngineStatistics], queue_depth: Callable[[], int]) -> None:
        """Ask for what the index and the queue hold whenever the metrics are read."""
        gauges = {
            "storyfold_queue_depth": ("Articles waiting to be decided.", lambda: float(queue_depth())),
            "storyfold_live_articles": ("Articles in the index.", lambda: float(statistics().live_articles)),
            "storyfold_live_clusters": ("Clusters in the index.", lambda: float(statistics().live_clusters)),
            "storyfold_last_seq": ("The newest event.", lambda: float(statistics().last_seq)),
            "storyfold_flooded_buckets": (
                "Bucket look-ups that were cut.",
                lambda: float(statistics().flooded_buckets),
            ),
        }
        for name, (description, read) in gauges.items():
            Gauge(name, description, registry=self._registry).set_function(read)

    def watch_streams(self, streams: Streams) -> None:
        """Ask how many streams of changes are open, and were cut, whenever the metrics are read."""
        open_now = Gauge("storyfold_streams", "Streams of changes that are open.", registry=self._registry)
        open_now.set_function(lambda: float(streams.open_count))
        cut = Gauge("storyfold_streams_stalled", "Streams cut because nobody read them.", registry=self._registry)
        cut.set_function(lambda: float(streams.stalled_count))

    def text(self) -> bytes:
        """Return the metrics in the text format of Prometheus."""
        return generate_latest(self._registry)
