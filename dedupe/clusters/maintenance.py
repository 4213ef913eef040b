"""When two clusters turn out to be one event: checked whenever an article fits both.

The article is only the occasion, never the bridge: a quorum of the smaller cluster's own articles
must belong to the larger one by the same learned decision that lets articles join.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from dedupe.clusters.decision import DECIMALS, JoinModel
from dedupe.clusters.index import ClusterIndex

SAMPLE: Final = 8
QUORUM: Final = 0.5


def merge_partner(
    clusters: ClusterIndex, chosen: int, rivals: Iterable[tuple[int, float]], model: JoinModel
) -> int | None:
    """Return the first of ``rivals`` (cluster and probability, best first) that is one event with ``chosen``."""
    for cluster, probability in rivals:
        if probability < model.merge_threshold:
            return None
        if cluster != chosen and is_same_event(clusters, chosen, cluster, model):
            return cluster
    return None


def is_same_event(clusters: ClusterIndex, one: int, other: int, model: JoinModel) -> bool:
    """Return whether a quorum of the smaller cluster's newest members belong to the larger cluster."""
    smaller, larger = sorted((one, other), key=lambda number: (clusters.clusters.size[number], -number))
    members = clusters.newest_members(smaller, SAMPLE)
    if not members:
        return False
    features = np.array([clusters.features_of(slot, larger) for slot in members]).round(DECIMALS)
    return bool(np.mean(model.probabilities(features) >= model.merge_threshold) >= QUORUM)
