"""What speaks for an article joining a cluster: the candidates of one article, and their features."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.terms import NAME_BIT, UNIT, WEIGHT_MASK
from dedupe.kernel import kernel

CANDIDATES: Final = 8
RECENT_MEMBERS: Final = 8
BACKGROUND_RANK: Final = 4
DAY: Final = 86_400.0
SIGMA_DAYS: Final = 3.0
UNIT_SQUARED: Final = float(UNIT) * UNIT

FEATURES: Final = (
    "mean",
    "centroid",
    "best",
    "title_mean",
    "title_best",
    "names_mean",
    "names_best",
    "newest",
    "middle",
    "oldest",
    "dated",
    "inverse_size",
    "log_size",
    "log_length",
    "log_length_best",
    "excess",
    "containment",
)


class ArticleColumns(NamedTuple):
    """One row a slot: an article that weighs in its cluster, a copy, or a slot that was emptied.

    ``previous`` is the cluster's member before this one, ``original`` the slot that a copy was
    copied from, ``group`` its duplicate group; each is -1 for none.
    """

    bits: NDArray[np.uint64]
    cluster: NDArray[np.int32]
    previous: NDArray[np.int32]
    original: NDArray[np.int32]
    group: NDArray[np.int32]
    time: NDArray[np.float64]
    received: NDArray[np.float64]
    tokens: NDArray[np.int32]
    vector_start: NDArray[np.int64]
    vector_length: NDArray[np.int32]
    title_start: NDArray[np.int64]
    title_length: NDArray[np.int32]
    shingle_start: NDArray[np.int64]
    shingle_count: NDArray[np.int32]
    number_start: NDArray[np.int64]
    number_count: NDArray[np.int32]


class ClusterColumns(NamedTuple):
    """One row a cluster.

    ``squared`` is the squared length of the sum of its members' vectors, ``last`` its newest
    member, ``merged`` the cluster it was merged into; both are -1 for none.
    """

    bits: NDArray[np.uint64]
    size: NDArray[np.int32]
    last: NDArray[np.int32]
    squared: NDArray[np.int64]
    newest: NDArray[np.float64]
    oldest: NDArray[np.float64]
    time_sum: NDArray[np.float64]
    dated: NDArray[np.int32]
    merged: NDArray[np.int32]


class VectorColumns(NamedTuple):
    """Forward vectors: what `ArticleColumns` points into."""

    terms: NDArray[np.int32]
    weights: NDArray[np.uint16]
    title_terms: NDArray[np.int32]
    title_weights: NDArray[np.uint16]
    shingles: NDArray[np.uint32]
    numbers: NDArray[np.uint32]


class Probe(NamedTuple):
    """The article to be placed, as the kernels read it."""

    terms: NDArray[np.int32]
    weights: NDArray[np.uint16]
    title_terms: NDArray[np.int32]
    title_weights: NDArray[np.uint16]
    shingles: NDArray[np.uint32]
    tokens: int
    time: float


@kernel
def closeness(gap_seconds: float) -> float:
    """Return the Gaussian of a time gap, one half when a date is unknown."""
    if np.isnan(gap_seconds):
        return 0.5
    days = gap_seconds / DAY
    return float(np.exp(-days * days / (2 * SIGMA_DAYS * SIGMA_DAYS)))


@kernel
def dot(
    left: NDArray[np.int32],
    left_weights: NDArray[np.uint16],
    right: NDArray[np.int32],
    right_weights: NDArray[np.uint16],
) -> tuple[int, int]:
    """Return the dot product of two vectors sorted by term, over all terms and over names alone."""
    i, j, whole, names = 0, 0, 0, 0
    while i < len(left) and j < len(right):
        if left[i] < right[j]:
            i += 1
        elif left[i] > right[j]:
            j += 1
        else:
            product = np.int64(left_weights[i] & WEIGHT_MASK) * np.int64(right_weights[j] & WEIGHT_MASK)
            whole += product
            if left_weights[i] & NAME_BIT and right_weights[j] & NAME_BIT:
                names += product
            i += 1
            j += 1
    return whole, names


@kernel
def shared_count(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> int:
    """Return how many values two sorted sets share."""
    i, j, shared = 0, 0, 0
    while i < len(left) and j < len(right):
        if left[i] == right[j]:
            shared += 1
            i += 1
            j += 1
        elif left[i] < right[j]:
            i += 1
        else:
            j += 1
    return shared


@kernel
def cluster_candidates(
    touched: NDArray[np.int32],
    dots: NDArray[np.int32],
    articles: ArticleColumns,
    clusters: ClusterColumns,
    time: float,
    sums: NDArray[np.int64],
    bests: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32], float]:
    """Gather the touched articles by cluster and keep the most similar clusters.

    Returns the clusters, most similar first, the sum of their members' dot products, the slot of
    the best member of each, and the similarity of a cluster that is likely to be unrelated.
    ``sums`` must hold zeros and does again on return.
    """
    found = np.empty(len(touched), dtype=np.int32)
    count = 0
    for slot in touched:
        c = articles.cluster[slot]
        if c < 0:
            continue
        if sums[c] == 0:
            found[count] = c
            count += 1
            bests[c] = slot
        elif dots[slot] > dots[bests[c]]:
            bests[c] = slot
        sums[c] += dots[slot]
    found = found[:count]
    scores = np.empty(count, dtype=np.float64)
    means = np.empty(count, dtype=np.float64)
    for k in range(count):
        c = found[k]
        means[k] = sums[c] / clusters.size[c] / UNIT_SQUARED
        centroid = sums[c] / UNIT / np.sqrt(float(clusters.squared[c]))
        gap = 0.0
        if not np.isnan(time) and clusters.dated[c] > 0:
            gap = max(clusters.oldest[c] - time, time - clusters.newest[c], 0.0)
        scores[k] = (centroid + dots[bests[c]] / UNIT_SQUARED) * (0.3 + 0.7 * closeness(gap))
    order = np.argsort(-scores, kind="mergesort")[:CANDIDATES]
    background = 0.0
    if count > BACKGROUND_RANK:
        background = np.sort(means)[count - 1 - BACKGROUND_RANK]
    kept = found[order]
    kept_sums = np.empty(len(kept), dtype=np.int64)
    kept_bests = np.empty(len(kept), dtype=np.int32)
    for k in range(len(kept)):
        kept_sums[k] = sums[kept[k]]
        kept_bests[k] = bests[kept[k]]
    for k in range(count):
        sums[found[k]] = 0
    return kept, kept_sums, kept_bests, background


@kernel
def measure(
    probe: Probe,
    kept: NDArray[np.int32],
    kept_sums: NDArray[np.int64],
    kept_bests: NDArray[np.int32],
    background: float,
    dots: NDArray[np.int32],
    articles: ArticleColumns,
    clusters: ClusterColumns,
    vectors: VectorColumns,
) -> NDArray[np.float64]:
    """Return a row of `FEATURES` for each candidate cluster."""
    rows = np.empty((len(kept), len(FEATURES)), dtype=np.float64)
    for k in range(len(kept)):
        c = kept[k]
        best = kept_bests[k]
        size = clusters.size[c]
        row = rows[k]
        row[0] = kept_sums[k] / size / UNIT_SQUARED
        row[1] = kept_sums[k] / UNIT / np.sqrt(float(clusters.squared[c]))
        row[2] = dots[best] / UNIT_SQUARED
        row[3], row[4], row[5], row[6] = _recent(probe, c, articles, clusters, vectors)
        known = not np.isnan(probe.time) and clusters.dated[c] > 0
        row[7] = closeness(probe.time - clusters.newest[c]) if known else 0.5
        row[8] = closeness(probe.time - clusters.time_sum[c] / max(clusters.dated[c], 1)) if known else 0.5
        row[9] = closeness(probe.time - clusters.oldest[c]) if known else 0.5
        row[10] = 1.0 if known else 0.0
        row[11] = 1.0 / min(size, 100)
        row[12] = np.log(float(size))
        row[13] = np.log(1.0 + probe.tokens)
        row[14] = np.log(1.0 + articles.tokens[best])
        row[15] = row[0] - background
        start = articles.shingle_start[best]
        theirs = vectors.shingles[start : start + articles.shingle_count[best]]
        fewer = min(len(theirs), len(probe.shingles))
        row[16] = shared_count(probe.shingles, theirs) / fewer if fewer > 0 else 0.0
    return rows


@kernel
def member_dots(
    probe: Probe,
    cluster: int,
    articles: ArticleColumns,
    clusters: ClusterColumns,
    vectors: VectorColumns,
    dots: NDArray[np.int32],
) -> tuple[int, int]:
    """Write the dot product with each member into ``dots``; return their sum and the best member's slot."""
    total, best = np.int64(0), clusters.last[cluster]
    slot = clusters.last[cluster]
    while slot >= 0:
        start = articles.vector_start[slot]
        end = start + articles.vector_length[slot]
        whole, _ = dot(probe.terms, probe.weights, vectors.terms[start:end], vectors.weights[start:end])
        dots[slot] = whole
        total += whole
        if whole > dots[best]:
            best = slot
        slot = articles.previous[slot]
    return total, best


@kernel
def _recent(
    probe: Probe, cluster: int, articles: ArticleColumns, clusters: ClusterColumns, vectors: VectorColumns
) -> tuple[float, float, float, float]:
    title_sum, title_best, names_sum, names_best = 0.0, 0.0, 0.0, 0.0
    slot = clusters.last[cluster]
    count = 0
    while slot >= 0 and count < RECENT_MEMBERS:
        start = articles.title_start[slot]
        end = start + articles.title_length[slot]
        title, _ = dot(
            probe.title_terms, probe.title_weights, vectors.title_terms[start:end], vectors.title_weights[start:end]
        )
        start = articles.vector_start[slot]
        end = start + articles.vector_length[slot]
        _, names = dot(probe.terms, probe.weights, vectors.terms[start:end], vectors.weights[start:end])
        title_sum += title
        names_sum += names
        title_best = max(title_best, float(title))
        names_best = max(names_best, float(names))
        slot = articles.previous[slot]
        count += 1
    scale = UNIT_SQUARED * max(count, 1)
    return title_sum / scale, title_best / UNIT_SQUARED, names_sum / scale, names_best / UNIT_SQUARED
