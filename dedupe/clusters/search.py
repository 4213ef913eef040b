"""From an article to the clusters it might belong to and what speaks for each: one call of compiled code."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.candidates import Candidates, Sums, member_sums, rank_clusters
from dedupe.clusters.decision import rounded
from dedupe.clusters.features import FEATURES, Probe, measure
from dedupe.clusters.postings import Cells, Reach, accumulate
from dedupe.clusters.similarity import shingles_of, title_of, vector_of
from dedupe.clusters.space import Space
from dedupe.clusters.terms import rarities_of
from dedupe.kernel import kernel


class Scratch(NamedTuple):
    """Room to count in: a row an article, then a row a cluster. Zeros in ``dots`` before and after each use."""

    dots: NDArray[np.int32]
    touched: NDArray[np.int32]
    sums: Sums


@kernel
def search(
    probe: Probe, cells: Cells, heads: NDArray[np.int32], reach: Reach, space: Space, scratch: Scratch
) -> tuple[Candidates, NDArray[np.float64]]:
    """Return the clusters that share most with an article, with a row of features each."""
    count = accumulate(cells, heads, probe.vector, reach, scratch.dots, scratch.touched)
    touched = scratch.touched[:count]
    found = rank_clusters(touched, scratch.dots, probe.time, space, scratch.sums)
    features = measure(probe, found, scratch.dots, space)
    for slot in touched:
        scratch.dots[slot] = 0
    return found, rounded(features)


@kernel
def compare(
    members: NDArray[np.int32],
    cluster: int,
    background: float,
    idf: NDArray[np.float32],
    space: Space,
    dots: NDArray[np.int32],
) -> NDArray[np.float64]:
    """Return the features that articles already placed would have for another cluster, a row each."""
    rows = np.empty((len(members), len(FEATURES)), dtype=np.float64)
    for at in range(len(members)):
        slot = members[at]
        vector, rarities = vector_of(slot, space), rarities_of(vector_of(slot, space).terms, idf)
        title, shingles = title_of(slot, space), shingles_of(slot, space)
        tokens, time = space.articles.tokens[slot], space.articles.time[slot]
        probe = Probe(vector.terms, vector, rarities, title, shingles, tokens, time)
        found = member_sums(probe.vector, cluster, background, space, dots)
        rows[at] = rounded(measure(probe, found, dots, space))[0]
    other = space.clusters.last[cluster]
    while other >= 0:
        dots[other] = 0
        other = space.articles.previous[other]
    return rows
