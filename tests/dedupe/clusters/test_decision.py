from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dedupe.clusters import decision
from dedupe.clusters.decision import JoinModel, shipped_model
from dedupe.clusters.features import FEATURES


@pytest.fixture
def fresh() -> Iterator[None]:
    """Read the model's file anew, before and after."""
    shipped_model.cache_clear()
    yield
    shipped_model.cache_clear()


def test_probabilities_are_the_logistic_of_a_sum() -> None:
    model = JoinModel(1, np.array([2.0, -1.0]), 0.5, 0.4, 0.3)
    rows = np.array([[0.0, 0.0], [1.0, 0.5], [0.0, 30.0]])

    expected = [1 / (1 + math.exp(-log_odds)) for log_odds in (0.5, 2.0, -29.5)]
    assert model.probabilities(rows).tolist() == pytest.approx(expected)


def test_extreme_features_give_certainty_without_a_warning() -> None:
    model = JoinModel(1, np.array([1.0]), 0.0, 0.4, 0.3)

    assert model.probabilities(np.array([[700.0], [-700.0]])).tolist() == pytest.approx([1.0, 0.0])


def test_no_candidates_have_no_probabilities() -> None:
    assert shipped_model().probabilities(np.empty((0, len(FEATURES)))).tolist() == []


def test_the_shipped_model_weighs_every_feature(fresh: None) -> None:
    model, stored = shipped_model(), json.loads(decision.MODEL_FILE.read_text())

    assert model.weights.tolist() == [stored["weights"][name] for name in FEATURES]
    assert 0 < model.merge_threshold < 1
    assert 0 < model.threshold < 1


def test_a_model_for_other_features_is_refused(fresh: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = json.loads(decision.MODEL_FILE.read_text()) | {"features": ["mean"]}
    other = tmp_path / "join.json"
    other.write_text(json.dumps(stored))
    monkeypatch.setattr(decision, "MODEL_FILE", other)

    with pytest.raises(ValueError, match="made for other features"):
        shipped_model()
