"""What speaks for an article joining a cluster."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.candidates import DAY, Candidates, closeness, gap_seconds
from dedupe.clusters.similarity import UNIT_SQUARED, dot, shared_count, shingles_of, title_of
from dedupe.clusters.space import Space
from dedupe.clusters.terms import UNIT, Vector
from dedupe.kernel import kernel

RECENT_MEMBERS: Final = 8
BRIEF: Final = 60.0
"""A text of so many tokens counts as half brief."""

FEATURES: Final = (
    "centroid",
    "title_mean",
    "title_best",
    "oldest",
    "dated",
    "inverse_size",
    "log_size",
    "log_length",
    "log_length_best",
    "excess",
    "shared_shingles",
    "gap",
    "brief_centroid",
    "brief_best",
    "brief_title",
)
"""Similarity to the sum of all members; to the titles of the newest, on average and at best; closeness
in time to the oldest; whether times are known; size; lengths; by how much the similarity to all members
exceeds that of unrelated clusters; shingles shared with the best member; the logarithm of the days
between; and for brief texts again the similarity to the sum, to the best member and to the best title."""


class Probe(NamedTuple):
    """The article to be placed, as the kernels read it."""

    vector: Vector
    title: Vector
    shingles: NDArray[np.uint32]
    tokens: int
    time: float


@kernel
def measure(probe: Probe, candidates: Candidates, dots: NDArray[np.int32], space: Space) -> NDArray[np.float64]:
    """Return a row of `FEATURES` for each candidate cluster."""
    rows = np.empty((len(candidates.clusters), len(FEATURES)), dtype=np.float64)
    for k in range(len(rows)):
        row, c, best = rows[k], candidates.clusters[k], candidates.best[k]
        members, closest_tokens = space.clusters.members[c], space.articles.tokens[best]
        row[0] = candidates.sums[k] / UNIT / np.sqrt(float(space.clusters.squared[c]))
        row[1], row[2] = _compare_titles(probe.title, c, space)
        row[3], row[4] = _compare_times(probe.time, c, space)
        row[5] = 1.0 / min(members, 100)
        row[6] = np.log(float(members))
        row[7] = np.log(1.0 + probe.tokens)
        row[8] = np.log(1.0 + closest_tokens)
        row[9] = candidates.sums[k] / members / UNIT_SQUARED - candidates.background
        row[10] = np.log(1.0 + shared_count(probe.shingles, shingles_of(best, space)))
        row[11] = np.log(1.0 + gap_seconds(probe.time, c, space.clusters) / DAY)
        brevity = 1.0 / (1.0 + min(probe.tokens, closest_tokens) / BRIEF)
        row[12], row[13], row[14] = brevity * row[0], brevity * dots[best] / UNIT_SQUARED, brevity * row[2]
    return rows


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
