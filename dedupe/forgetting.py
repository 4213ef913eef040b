"""What is too old to be copied or joined: memory is bounded by age, but never below a count."""

from __future__ import annotations

from datetime import datetime

from dedupe.clusters.index import ClusterIndex
from dedupe.clusters.space import ArticleColumns
from dedupe.duplicates.bands import Buckets
from dedupe.kernel import kernel
from dedupe.settings import EngineSettings


def expire(clusters: ClusterIndex, buckets: Buckets, settings: EngineSettings, now: datetime) -> None:
    """Let go of what is older than the windows, but never of the newest ``keep_articles``."""
    newest = clusters.slots - settings.keep_articles
    if min(clusters.oldest, buckets.oldest) >= newest:
        return
    received = clusters.articles.received
    cluster_floor = (now - settings.cluster_window).timestamp()
    copy_floor = (now - settings.copy_window).timestamp()
    if clusters.oldest < newest and received[clusters.oldest] < cluster_floor:
        clusters.oldest = _first_since(cluster_floor, clusters.space.articles, clusters.oldest, newest)
    if buckets.oldest < newest and received[buckets.oldest] < copy_floor:
        buckets.oldest = _first_since(copy_floor, clusters.space.articles, buckets.oldest, newest)


@kernel
def _first_since(floor: float, articles: ArticleColumns, oldest: int, newest: int) -> int:
    """Return the first slot from ``oldest`` on that was received since then, ``newest`` when none was."""
    while oldest < newest and articles.received[oldest] < floor:
        oldest += 1
    return oldest
