"""Join decisions that go by one feature, for tests that need to know what is decided."""

from __future__ import annotations

import numpy as np

from dedupe.clusters.decision import QUESTIONS, JoinModel, Trees
from dedupe.clusters.features import FEATURES


def rising(feature: str, *, threshold: float = 0.5, merge_threshold: float = 0.3, middle: float = 0.5) -> JoinModel:
    """Return a model whose log-odds rise from -5 to 5 with a feature, half-way at ``middle``, in steps of 1/50."""
    return stumps(feature, [middle + (step - 25) / 50 for step in range(51)], 5 / 51, threshold, merge_threshold)


def alike(feature: str, least: float) -> JoinModel:
    """Return a model that says yes where a feature exceeds a value."""
    return stumps(feature, [least], 50.0, 0.5, 0.5)


def stumps(feature: str, cuts: list[float], step: float, threshold: float, merge_threshold: float) -> JoinModel:
    """Return trees of one question each, that add or take ``step`` of log-odds."""
    features = np.full((len(cuts), QUESTIONS), FEATURES.index(feature), np.int32)
    asked = np.repeat(np.array(cuts)[:, np.newaxis], QUESTIONS, axis=1)
    half = (QUESTIONS + 1) // 2
    leaves = np.tile([-step] * half + [step] * half, (len(cuts), 1))
    return JoinModel(0, 0.0, Trees(features, asked, leaves), threshold, merge_threshold)
