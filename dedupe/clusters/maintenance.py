"""When two clusters turn out to be one event, or one to be two.

Two are compared whenever an article joins one and may belong to the other. The article is the occasion and not
the bridge: a quorum of the smaller cluster's newest articles, of which it may be one, must belong to the larger one
by the same learned decision that lets articles join. What would fall apart again does not merge. A cluster is looked
at whenever it has grown by a quarter, until it is large: what falls apart does so early.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from dedupe.clusters.candidates import Surroundings
from dedupe.clusters.cohesion import FEWEST
from dedupe.clusters.decision import JoinModel
from dedupe.clusters.index import ClusterIndex

OCCASION: Final = 0.15
"""The second cluster is looked at from this probability on; to merge takes more, and is for its own articles to say."""
SAMPLE: Final = 8
QUORUM: Final = 0.5
LOOKS: Final = frozenset(round(2 * FEWEST * 1.25**step) for step in range(13))
"""4, 5, 6, 8 … 58 articles."""


class Occasion(NamedTuple):
    """An article that joined ``chosen`` and might have joined ``rivals`` (cluster and probability, best first).

    ``around`` is what it is similar to beside them.
    """

    chosen: int
    rivals: tuple[tuple[int, float], ...]
    around: Surroundings


def merge_partner(clusters: ClusterIndex, occasion: Occasion, model: JoinModel) -> int | None:
    """Return the first of the rivals that is one event with the chosen cluster, None when there is none."""
    for rival, probability in occasion.rivals:
        if probability < OCCASION:
            return None
        if rival != occasion.chosen and is_same_event(clusters, occasion, rival, model):
            return rival
    return None


def is_same_event(clusters: ClusterIndex, occasion: Occasion, rival: int, model: JoinModel) -> bool:
    """Return whether a quorum of the smaller cluster's newest members belong to the larger cluster."""
    sizes = clusters.clusters.members
    smaller, larger = sorted((occasion.chosen, rival), key=lambda number: (sizes[number], -number))
    rows = clusters.features_of((smaller, larger), SAMPLE, occasion.around)
    if not len(rows):
        return False
    probabilities = model.probabilities(rows)
    is_quorum = np.count_nonzero(probabilities >= model.merge_threshold) >= QUORUM * len(rows)
    return bool(is_quorum) and clusters.hold_together(smaller, larger)


def leaving(clusters: ClusterIndex, cluster: int) -> list[int]:
    """Return the slots that leave a cluster which has turned out to be two events, none where it is one.

    It is looked at when it holds as many articles as one of `LOOKS`.
    """
    return clusters.smaller_half(cluster) if int(clusters.clusters.members[cluster]) in LOOKS else []
