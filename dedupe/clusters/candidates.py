"""Which clusters an article might belong to: those whose members share most with it."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.similarity import UNIT_SQUARED, dot, vector_of
from dedupe.clusters.space import ClusterColumns, Space
from dedupe.clusters.terms import Vector
from dedupe.kernel import kernel

CANDIDATES: Final = 8
BACKGROUND_RANK: Final = 5
"""The fifth-best cluster is nearly always another event: its similarity is what unrelated ones have."""
UNKNOWN_BACKGROUND: Final = 0.18
"""What is assumed at the least: where there is little else, or nothing near, the fifth-best says nothing."""
UNKNOWN_OTHERS: Final = 0.1
"""What is assumed at the least of the other candidates together: a diverse stream says little of one topic."""
MISSING: Final = 0.15
"""What is assumed of each candidate that is missing from an index that holds next to nothing, or nothing of an unknown
time: there, everything stands out."""
ENOUGH: Final = 40.0
"""So many articles of a language are something to stand out from."""
FAINT: Final = 0.02
"""Added to similarities before they are divided: a ratio of next to nothing says nothing."""
DAY: Final = 86_400.0
SIGMA_DAYS: Final = 3.0


class Surroundings(NamedTuple):
    """What an article is similar to beside its event.

    ``background`` is the similarity of a cluster that is likely to be unrelated, ``others`` that of the nearest
    members of all candidates but the first, on average; ``base_rate`` is that of its language.
    """

    background: float
    others: float
    base_rate: float


class Candidates(NamedTuple):
    """Clusters, most similar first, with the sum over all members and the best member's slot of each."""

    clusters: NDArray[np.int32]
    sums: NDArray[np.int64]
    best: NDArray[np.int32]
    around: Surroundings


class Moment(NamedTuple):
    """When an article was published, not a number where that is unknown, and what came before it.

    ``known`` is after how many others of its language, ``base_rate`` which share of those joined a cluster.
    """

    time: float
    known: int
    base_rate: float


class Sums(NamedTuple):
    """Scratch with a row a cluster: zeros in ``sums`` before and after each use."""

    sums: NDArray[np.int64]
    best: NDArray[np.int32]


@kernel
def closeness(gap_seconds: float) -> float:
    """Return the Gaussian of a time gap."""
    days = gap_seconds / DAY
    return float(np.exp(-days * days / (2 * SIGMA_DAYS * SIGMA_DAYS)))


@kernel
def rank_clusters(
    touched: NDArray[np.int32], dots: NDArray[np.int32], moment: Moment, space: Space, scratch: Sums
) -> Candidates:
    """Gather the touched articles by cluster and keep the most similar clusters."""
    time = moment.time
    found = _gather(touched, dots, space.membership, scratch.sums, scratch.best)
    sums, best_of, clusters = scratch.sums, scratch.best, space.clusters
    kept, scores = np.empty(CANDIDATES, np.int32), np.full(CANDIDATES, -1.0)
    unrelated, means = np.empty(BACKGROUND_RANK, np.int32), np.full(BACKGROUND_RANK, -1.0)
    for c in found:
        total, best = sums[c] / UNIT_SQUARED, dots[best_of[c]] / UNIT_SQUARED
        # A mean is never above the best, and most clusters are ruled out without a quotient or a root.
        if best > means[-1]:
            _insert(unrelated, means, c, total / clusters.members[c])
        missing, squared = scores[-1] - best, clusters.squared[c] / UNIT_SQUARED
        if missing >= 0 and total * total <= missing * missing * squared:
            continue
        # Closeness can only lower the score: the exponential is saved where it is too low already.
        near = closeness(gap_seconds(time, c, clusters))
        _insert(kept, scores, c, (total / np.sqrt(squared) + best) * (0.3 + 0.7 * near))
    kept = kept[: min(CANDIDATES, len(found))]
    is_dated = len(kept) > 0 and not np.isnan(time) and clusters.dated[kept[0]] > 0
    missing = MISSING * max(1.0 - moment.known / ENOUGH, 0.0) if is_dated else MISSING
    others = _others(best_of[kept], dots, missing)
    around = Surroundings(max(means[-1], UNKNOWN_BACKGROUND), others, moment.base_rate)
    candidates = Candidates(kept, sums[kept], best_of[kept], around)
    sums[found] = 0
    return candidates


@kernel
def member_sums(
    vector: Vector, cluster: int, around: Surroundings, space: Space, dots: NDArray[np.int32]
) -> Candidates:
    """Compare an article with every member of one cluster; ``dots`` holds the products afterwards."""
    total, best = 0, space.clusters.last[cluster]
    slot = space.clusters.last[cluster]
    while slot >= 0:
        dots[slot] = dot(vector, vector_of(slot, space))
        total += int(dots[slot])
        if dots[slot] > dots[best]:
            best = slot
        slot = space.articles.previous[slot]
    only = np.array([cluster], np.int32), np.array([total], np.int64), np.array([best], np.int32)
    return Candidates(*only, around)


@kernel
def _others(best: NDArray[np.int32], dots: NDArray[np.int32], missing: float) -> float:
    """Return how similar the nearest members of all but the first are on average; those not there are ``missing``."""
    total = (CANDIDATES - max(len(best), 1)) * missing * UNIT_SQUARED
    for k in range(1, len(best)):
        total += dots[best[k]]
    return max(total / UNIT_SQUARED / (CANDIDATES - 1), UNKNOWN_OTHERS)


@kernel
def _insert(kept: NDArray[np.int32], scores: NDArray[np.float64], cluster: int, score: float) -> None:
    """Put a cluster among the best so far, before those of lower score; of equal ones the first stays first."""
    if score <= scores[-1]:
        return
    at = len(scores) - 1
    while at > 0 and scores[at - 1] < score:
        scores[at], kept[at] = scores[at - 1], kept[at - 1]
        at -= 1
    scores[at], kept[at] = score, cluster


@kernel
def _gather(
    touched: NDArray[np.int32],
    dots: NDArray[np.int32],
    cluster_of: NDArray[np.int32],
    sums: NDArray[np.int64],
    best_of: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Add up the products of each cluster's members and note the best; return the clusters found."""
    found = np.empty(len(touched) + 1, dtype=np.int32)
    count = 0
    for slot in touched:
        cluster, product = cluster_of[slot], dots[slot]
        total, best = sums[cluster], best_of[cluster]
        # Sums in place of branches, which nobody can predict here.
        found[count] = cluster
        count += total == 0
        best_of[cluster] = slot if total == 0 or product > dots[best] else best
        sums[cluster] = total + product
    return found[:count]


@kernel
def gap_seconds(time: float, cluster: int, clusters: ClusterColumns) -> float:
    """Return how long before or after a cluster's articles a time lies; 0 within, and where a date is unknown."""
    if np.isnan(time) or clusters.dated[cluster] == 0:
        return 0.0
    return float(max(clusters.oldest[cluster] - time, time - clusters.newest[cluster], 0.0))
