"""Joining, leaving and uniting clusters: the sums stay exact, whatever the order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.features import ArticleColumns, ClusterColumns, VectorColumns
from dedupe.clusters.terms import WEIGHT_MASK
from dedupe.kernel import kernel


@kernel
def join(
    slot: int,
    cluster: int,
    articles: ArticleColumns,
    clusters: ClusterColumns,
    vectors: VectorColumns,
    scratch: NDArray[np.int64],
) -> None:
    """Add a member. ``scratch`` has a zero for every term and does again on return."""
    clusters.squared[cluster] += _squared_change(slot, cluster, articles, clusters, vectors, scratch)
    articles.cluster[slot] = cluster
    articles.previous[slot] = clusters.last[cluster]
    clusters.last[cluster] = slot
    clusters.size[cluster] += 1
    time = articles.time[slot]
    if not np.isnan(time):
        clusters.dated[cluster] += 1
        clusters.time_sum[cluster] += time
        if clusters.dated[cluster] == 1 or time > clusters.newest[cluster]:
            clusters.newest[cluster] = time
        if clusters.dated[cluster] == 1 or time < clusters.oldest[cluster]:
            clusters.oldest[cluster] = time


@kernel
def leave(
    slot: int,
    articles: ArticleColumns,
    clusters: ClusterColumns,
    vectors: VectorColumns,
    scratch: NDArray[np.int64],
) -> None:
    """Remove a member; the cluster's times follow from those that stay."""
    cluster = articles.cluster[slot]
    if clusters.last[cluster] == slot:
        clusters.last[cluster] = articles.previous[slot]
    else:
        later = clusters.last[cluster]
        while articles.previous[later] != slot:
            later = articles.previous[later]
        articles.previous[later] = articles.previous[slot]
    articles.cluster[slot] = -1
    articles.previous[slot] = -1
    clusters.size[cluster] -= 1
    clusters.squared[cluster] -= _squared_change(slot, cluster, articles, clusters, vectors, scratch)
    _set_times(cluster, articles, clusters)


@kernel
def unite(
    absorbed: int,
    survivor: int,
    articles: ArticleColumns,
    clusters: ClusterColumns,
    vectors: VectorColumns,
    scratch: NDArray[np.int64],
) -> None:
    """Make every member of ``absorbed`` one of ``survivor``, the earliest first."""
    members = np.empty(clusters.size[absorbed], dtype=np.int64)
    slot = clusters.last[absorbed]
    for i in range(len(members) - 1, -1, -1):
        members[i] = slot
        slot = articles.previous[slot]
    for slot in members:
        join(slot, survivor, articles, clusters, vectors, scratch)
    clusters.size[absorbed] = 0
    clusters.last[absorbed] = -1
    clusters.squared[absorbed] = 0
    _set_times(absorbed, articles, clusters)


@kernel
def _set_times(cluster: int, articles: ArticleColumns, clusters: ClusterColumns) -> None:
    clusters.newest[cluster] = np.nan
    clusters.oldest[cluster] = np.nan
    clusters.time_sum[cluster] = 0.0
    clusters.dated[cluster] = 0
    slot = clusters.last[cluster]
    while slot >= 0:
        time = articles.time[slot]
        if not np.isnan(time):
            clusters.dated[cluster] += 1
            clusters.time_sum[cluster] += time
            if clusters.dated[cluster] == 1 or time > clusters.newest[cluster]:
                clusters.newest[cluster] = time
            if clusters.dated[cluster] == 1 or time < clusters.oldest[cluster]:
                clusters.oldest[cluster] = time
        slot = articles.previous[slot]


@kernel
def _squared_change(
    slot: int,
    cluster: int,
    articles: ArticleColumns,
    clusters: ClusterColumns,
    vectors: VectorColumns,
    scratch: NDArray[np.int64],
) -> int:
    """Return by how much the squared length of the members' sum grows with one more vector."""
    start = articles.vector_start[slot]
    end = start + articles.vector_length[slot]
    own = np.int64(0)
    for at in range(start, end):
        weight = np.int64(vectors.weights[at] & WEIGHT_MASK)
        scratch[vectors.terms[at]] = weight
        own += weight * weight
    across = np.int64(0)
    member = clusters.last[cluster]
    while member >= 0:
        first = articles.vector_start[member]
        for at in range(first, first + articles.vector_length[member]):
            across += scratch[vectors.terms[at]] * np.int64(vectors.weights[at] & WEIGHT_MASK)
        member = articles.previous[member]
    for at in range(start, end):
        scratch[vectors.terms[at]] = 0
    return own + 2 * across
