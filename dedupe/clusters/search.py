"""From an article to the clusters it might belong to and what speaks for each: one call of compiled code."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.candidates import Candidates, Moment, Sums, Surroundings, member_sums, rank_clusters
from dedupe.clusters.decision import rounded
from dedupe.clusters.features import FEATURES, Probe, measure, probe_of
from dedupe.clusters.postings import Cells, Lists, Reach, accumulate
from dedupe.clusters.similarity import shingles_of, title_of, vector_of
from dedupe.clusters.space import Arrays, Space, space_of
from dedupe.clusters.terms import rarities_of
from dedupe.kernel import kernel


class Scratch(NamedTuple):
    """Room to count in: a row an article and one more, then a row a cluster.

    Zeros in ``dots`` before and after each use.
    """

    dots: NDArray[np.int32]
    touched: NDArray[np.int32]
    sums: Sums


class Found(NamedTuple):
    """The clusters that share most with an article, with a row of features each.

    ``held`` is the largest share of the shingles of a text that it has in common with one of the nearest members.
    """

    candidates: Candidates
    features: NDArray[np.float64]
    held: float


def search(probe: Probe, lists: Lists, reach: Reach, space: Space, scratch: Scratch) -> Found:
    """Return the clusters that share most with an article, with a row of features each."""
    counted = scratch.dots, scratch.touched, *scratch.sums
    found = _search(probe.arrays, (*lists.cells, lists.heads), (*reach,), space.arrays, counted)
    (clusters, sums, best), around, features, held = found
    return Found(Candidates(clusters, sums, best, Surroundings(*around)), features, held)


@kernel
def _search(
    article: Arrays, lists: Arrays, reach: tuple[int, int], arrays: Arrays, scratch: Arrays
) -> tuple[Arrays, tuple[float, float, float], NDArray[np.float64], float]:
    probe, space = probe_of(article), space_of(arrays)
    articles, weights, heads = lists
    dots, touched, sums, best = scratch
    count = accumulate(Cells(articles, weights), heads, probe.vector, Reach(*reach), dots, touched)
    moment = Moment(probe.time, probe.known, probe.base_rate)
    found = rank_clusters(touched[:count], dots, moment, space, Sums(sums, best))
    measured, held = measure(probe, found, dots, space)
    for slot in touched[:count]:
        dots[slot] = 0
    background, others, base_rate = found.around
    return (found.clusters, found.sums, found.best), (background, others, base_rate), rounded(measured), held


@kernel
def compare_newest(
    numbers: tuple[int, int, int],
    around: tuple[float, float, float],
    idf: NDArray[np.float32],
    arrays: Arrays,
    dots: NDArray[np.int32],
) -> NDArray[np.float64]:
    """Return the features that the newest members of one cluster, up to so many, would have for another."""
    cluster, other, most = numbers
    members = newest_members(cluster, most, arrays)
    return compare(members, other, Surroundings(*around), idf, arrays, dots)


@kernel
def newest_members(cluster: int, most: int, arrays: Arrays) -> NDArray[np.int32]:
    """Return the slots of a cluster's newest members, up to so many, newest first."""
    members, count, space = np.empty(most, np.int32), 0, space_of(arrays)
    slot = space.clusters.last[cluster]
    while slot >= 0 and count < most:
        members[count] = slot
        count += 1
        slot = space.articles.previous[slot]
    return members[:count]


@kernel
def compare(
    members: NDArray[np.int32],
    cluster: int,
    around: Surroundings,
    idf: NDArray[np.float32],
    arrays: Arrays,
    dots: NDArray[np.int32],
) -> NDArray[np.float64]:
    """Return the features that articles already placed would have for another cluster, a row each."""
    space = space_of(arrays)
    rows = np.empty((len(members), len(FEATURES)), dtype=np.float64)
    for at in range(len(members)):
        slot = members[at]
        vector, rarities = vector_of(slot, space), rarities_of(vector_of(slot, space).terms, idf)
        title, shingles = title_of(slot, space), shingles_of(slot, space)
        tokens, time = space.articles.tokens[slot], space.articles.time[slot]
        probe = Probe(vector.terms, vector, rarities, title, shingles, tokens, time, 0, around.base_rate)
        found = member_sums(probe.vector, cluster, around, space, dots)
        rows[at] = rounded(measure(probe, found, dots, space)[0])[0]
    other = space.clusters.last[cluster]
    while other >= 0:
        dots[other] = 0
        other = space.articles.previous[other]
    return rows
