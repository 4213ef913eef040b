"""What speaks for an article joining a cluster."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.candidates import DAY, FAINT, Candidates, closeness, gap_seconds
from dedupe.clusters.similarity import UNIT_SQUARED, dot, evidence, shared_count, shingles_of, title_of, vector_of
from dedupe.clusters.space import Arrays, Space
from dedupe.clusters.terms import UNIT, Vector
from dedupe.kernel import inlined, kernel

RECENT_MEMBERS: Final = 8
BRIEF: Final = 60.0
"""A text of so many tokens counts as half brief."""

FEATURES: Final = (
    "centroid",
    "mean",
    "background",
    "title_mean",
    "title_best",
    "breadth",
    "rare",
    "unshared",
    "oldest",
    "dated",
    "gap",
    "inverse_size",
    "log_size",
    "log_length",
    "log_length_best",
    "brief_centroid",
    "brief_best",
    "brief_title",
    "brief_breadth",
    "brief_undated",
    "brief_rare",
    "prominence",
    "base_rate",
)
"""Similarity to the sum of all members, to all on average, and what unrelated clusters have; to the
titles of the newest, on average and at best; over how many terms the similarity to the best member is
spread; how long a text could have shared a passage with it and did not; closeness in time to the oldest,
whether times are known, the logarithm of the days between; size; lengths; some of it again for brief
texts, which go by other weights; how far it stands out from all else that is similar; and how many of
those before it joined a cluster."""


class Probe(NamedTuple):
    """The article to be placed, as the kernels read it.

    ``terms`` are the numbers of all it says, ``rarities`` those of the terms of its vector; ``known`` is how many
    articles of its language are known, 0 for an article that is one of them; ``base_rate`` is which share of those
    that came before it joined a cluster.
    """

    terms: NDArray[np.int32]
    vector: Vector
    rarities: NDArray[np.float32]
    title: Vector
    shingles: NDArray[np.uint32]
    tokens: int
    time: float
    known: int
    base_rate: float

    @property
    def arrays(self) -> Arrays:
        """Return all of it without names; `probe_of` gives them back."""
        terms, vector, rarities, title, *rest = self
        return (terms, *vector, rarities, *title, *rest)


@inlined
def probe_of(arrays: Arrays) -> Probe:
    """Return the probe with its names."""
    terms, heavy, weights, rarities, titled, title_weights, shingles, tokens, time, known, base_rate = arrays
    vector, title = Vector(heavy, weights), Vector(titled, title_weights)
    return Probe(terms, vector, rarities, title, shingles, tokens, time, known, base_rate)


@kernel
def measure(
    probe: Probe, candidates: Candidates, dots: NDArray[np.int32], space: Space
) -> tuple[NDArray[np.float64], float]:
    """Return a row of `FEATURES` for each candidate cluster, and how much of a text's shingles one of them holds.

    That is the largest share of the shingles of the shorter of two texts, over the best member of each cluster.
    """
    rows = np.empty((len(candidates.clusters), len(FEATURES)), dtype=np.float64)
    held = 0.0
    for k in range(len(rows)):
        row, c, best = rows[k], candidates.clusters[k], candidates.best[k]
        members, tokens = space.clusters.members[c], space.articles.tokens[best]
        row[0] = candidates.sums[k] / UNIT / np.sqrt(float(space.clusters.squared[c]))
        row[1] = candidates.sums[k] / members / UNIT_SQUARED
        row[2] = candidates.around.background
        row[3], row[4] = _compare_titles(probe.title, c, space)
        breadth, rare = evidence(probe.vector, probe.rarities, vector_of(best, space))
        row[5] = np.log(1.0 + breadth)
        row[6] = rare
        theirs = shingles_of(best, space)
        fewer, shared = min(len(probe.shingles), len(theirs)), shared_count(probe.shingles, theirs)
        row[7] = _unshared(fewer, shared)
        held = max(held, shared / max(fewer, 1))
        row[8], row[9] = _compare_times(probe.time, c, space)
        row[10] = np.log(1.0 + gap_seconds(probe.time, c, space.clusters) / DAY)
        row[11] = 1.0 / min(members, 100)
        row[12] = np.log(float(members))
        row[13] = np.log(1.0 + probe.tokens)
        row[14] = np.log(1.0 + tokens)
        brevity = 1.0 / (1.0 + min(probe.tokens, tokens) / BRIEF)
        row[15], row[16], row[17] = brevity * row[0], brevity * dots[best] / UNIT_SQUARED, brevity * row[4]
        row[18], row[19] = brevity * row[5], brevity * (1.0 - row[9])
        row[20] = brevity * rare
        row[21] = np.log((dots[best] / UNIT_SQUARED + FAINT) / (candidates.around.others + FAINT))
        row[22] = candidates.around.base_rate
    return rows, held


@kernel
def _unshared(could: int, do: int) -> float:
    """Return the logarithm of how many shingles two texts could share, over how many they do share.

    Long reports of one event nearly always have some words in a row in common, if only a quotation.
    """
    return float(np.log(1.0 + could) / (1.0 + do))


@kernel
def _compare_titles(title: Vector, cluster: int, space: Space) -> tuple[float, float]:
    """Return mean and best similarity of titles, over the newest members."""
    total, best, count = 0, 0, 0
    slot = space.clusters.last[cluster]
    while slot >= 0 and count < RECENT_MEMBERS:
        product = dot(title, title_of(slot, space))
        total += product
        best = max(best, product)
        slot = space.articles.previous[slot]
        count += 1
    return total / (UNIT_SQUARED * max(count, 1)), best / UNIT_SQUARED


@kernel
def _compare_times(time: float, cluster: int, space: Space) -> tuple[float, float]:
    """Return closeness to the oldest member, one half where a date is unknown, and whether both are known."""
    if np.isnan(time) or space.clusters.dated[cluster] == 0:
        return 0.5, 0.0
    return closeness(time - space.clusters.oldest[cluster]), 1.0
