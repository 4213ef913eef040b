"""How much an index holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from dedupe.index import Index


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStatistics:
    """How much the index holds."""

    live_articles: int
    live_clusters: int
    live_singletons: int
    last_seq: int
    flooded_buckets: int

    @classmethod
    def of(cls, index: Index) -> EngineStatistics:
        """Count the articles that can still be copied or joined, and the clusters that they are in."""
        oldest = min(index.clusters.oldest, index.buckets.oldest)
        clusters = index.clusters.space.membership[oldest : index.clusters.slots]
        there = clusters[clusters >= 0]
        sizes: Counter[int] = Counter()
        for cluster, count in zip(*np.unique(there, return_counts=True), strict=True):
            sizes[index.clusters.survivor(int(cluster))] += int(count)
        return cls(
            live_articles=len(there),
            live_clusters=len(sizes),
            live_singletons=sum(size == 1 for size in sizes.values()),
            last_seq=index.seq,
            flooded_buckets=index.buckets.flooded,
        )
