"""What is too old to be copied or joined: memory is bounded by age, but never below a count."""

from __future__ import annotations

from datetime import datetime

from dedupe.clusters.index import ClusterIndex
from dedupe.duplicates.bands import Buckets
from dedupe.settings import EngineSettings


def expire(clusters: ClusterIndex, buckets: Buckets, settings: EngineSettings, now: datetime) -> None:
    """Let go of what is older than the windows, but never of the newest ``keep_articles``."""
    newest = clusters.slots - settings.keep_articles
    if min(clusters.oldest, buckets.oldest) >= newest:
        return
    received = clusters.articles.received
    cluster_floor = (now - settings.cluster_window).timestamp()
    copy_floor = (now - settings.copy_window).timestamp()
    while clusters.oldest < newest and received[clusters.oldest] < cluster_floor:
        clusters.oldest += 1
    while buckets.oldest < newest and received[buckets.oldest] < copy_floor:
        buckets.oldest += 1
