"""What speaks for an article joining a cluster."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.candidates import DAY, Candidates, closeness, gap_seconds
from dedupe.clusters.similarity import UNIT_SQUARED, dot, shared_count, shingles_of, title_of, vector_of
from dedupe.clusters.space import Space
from dedupe.clusters.terms import UNIT, Vector
from dedupe.kernel import kernel

RECENT_MEMBERS: Final = 8
RARE: Final = 5.0
NATS: Final = 10.0
BRIEF: Final = 60.0
"""A text of so many tokens counts as half brief."""

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
    "shared_information",
    "shared_rarity",
    "shared_shingles",
    "gap",
    "brief_centroid",
    "brief_best",
    "brief_title",
)
"""Similarity to all members, their sum, the best one; the same of titles and of names, over the
newest members; closeness in time to the newest, the mean and the oldest member; size; lengths;
similarity beyond that of unrelated clusters; shared shingles; how much the terms shared with the
best member say together, and how much of it rare ones say, in units of ten nats; the logarithm of
the days between; and three similarities again for brief texts."""


class Probe(NamedTuple):
    """The article to be placed, as the kernels read it."""

    vector: Vector
    title: Vector
    shingles: NDArray[np.uint32]
    tokens: int
    time: float


@kernel
def measure(
    probe: Probe, candidates: Candidates, dots: NDArray[np.int32], idf: NDArray[np.float32], space: Space
) -> NDArray[np.float64]:
    """Return a row of `FEATURES` for each candidate cluster."""
    rows = np.empty((len(candidates.clusters), len(FEATURES)), dtype=np.float64)
    for k in range(len(rows)):
        row, c, best = rows[k], candidates.clusters[k], candidates.best[k]
        size = space.clusters.size[c]
        row[0] = candidates.sums[k] / size / UNIT_SQUARED
        row[1] = candidates.sums[k] / UNIT / np.sqrt(float(space.clusters.squared[c]))
        row[2] = dots[best] / UNIT_SQUARED
        row[3], row[4], row[5], row[6] = _compare_recent(probe, c, space)
        row[7], row[8], row[9], row[10] = _compare_times(probe.time, c, space)
        row[11] = 1.0 / min(size, 100)
        row[12] = np.log(float(size))
        row[13] = np.log(1.0 + probe.tokens)
        row[14] = np.log(1.0 + space.articles.tokens[best])
        row[15] = row[0] - candidates.background
        theirs = shingles_of(best, space)
        fewer, shared = min(len(theirs), len(probe.shingles)), shared_count(probe.shingles, theirs)
        row[16] = shared / fewer if fewer > 0 else 0.0
        row[17], row[18] = _shared_information(probe.vector, vector_of(best, space), idf)
        row[19] = np.log(1.0 + shared)
        row[20] = np.log(1.0 + gap_seconds(probe.time, c, space.clusters) / DAY)
        brevity = 1.0 / (1.0 + min(probe.tokens, space.articles.tokens[best]) / BRIEF)
        row[21], row[22], row[23] = brevity * row[1], brevity * row[2], brevity * row[4]
    return rows


@kernel
def _shared_information(left: Vector, right: Vector, idf: NDArray[np.float32]) -> tuple[float, float]:
    i, j, shared, rare = 0, 0, 0.0, 0.0
    while i < len(left.terms) and j < len(right.terms):
        if left.terms[i] == right.terms[j]:
            shared += idf[left.terms[i]]
            rare += max(idf[left.terms[i]] - RARE, 0.0)
            i += 1
            j += 1
        elif left.terms[i] < right.terms[j]:
            i += 1
        else:
            j += 1
    return shared / NATS, rare / NATS


@kernel
def _compare_recent(probe: Probe, cluster: int, space: Space) -> tuple[float, float, float, float]:
    """Return mean and best similarity of titles and of names, over the newest members."""
    title_sum, title_best, names_sum, names_best = 0.0, 0.0, 0.0, 0.0
    slot = space.clusters.last[cluster]
    count = 0
    while slot >= 0 and count < RECENT_MEMBERS:
        title, _ = dot(probe.title, title_of(slot, space))
        _, names = dot(probe.vector, vector_of(slot, space))
        title_sum += title
        names_sum += names
        title_best = max(title_best, float(title))
        names_best = max(names_best, float(names))
        slot = space.articles.previous[slot]
        count += 1
    scale = UNIT_SQUARED * max(count, 1)
    return title_sum / scale, title_best / UNIT_SQUARED, names_sum / scale, names_best / UNIT_SQUARED


@kernel
def _compare_times(time: float, cluster: int, space: Space) -> tuple[float, float, float, float]:
    """Return closeness to the newest, mean and oldest member, one half each where a date is unknown."""
    clusters = space.clusters
    if np.isnan(time) or clusters.dated[cluster] == 0:
        return 0.5, 0.5, 0.5, 0.0
    mean = clusters.time_sum[cluster] / clusters.dated[cluster]
    return (
        closeness(time - clusters.newest[cluster]),
        closeness(time - mean),
        closeness(time - clusters.oldest[cluster]),
        1.0,
    )
