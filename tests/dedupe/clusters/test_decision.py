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
from tests.dedupe.models import stumps


@pytest.fixture
def fresh() -> Iterator[None]:
    """Read the model's file anew, before and after."""
    shipped_model.cache_clear()
    yield
    shipped_model.cache_clear()


def by_hand(model: JoinModel, row: list[float]) -> float:
    """Walk every tree from the root, question by question."""
    log_odds = model.bias
    for features, cuts, leaves in zip(*(column.tolist() for column in model.trees), strict=True):
        remaining, at = leaves, 0
        while len(remaining) > 1:
            right = row[features[at]] > cuts[at]
            half = len(remaining) // 2
            remaining, at = (remaining[half:], 2 * at + 2) if right else (remaining[:half], 2 * at + 1)
        log_odds += remaining[0]
    return 1 / (1 + math.exp(-log_odds))


def test_probabilities_are_the_logistic_of_the_leaves_that_are_reached(fresh: None) -> None:
    model, draw = shipped_model(), np.random.default_rng(4)
    rows = draw.uniform(0, 1, (50, len(FEATURES))) * draw.choice([0.1, 1, 8], (50, 1))

    found = model.probabilities(rows).tolist()
    assert found == pytest.approx([by_hand(model, row) for row in rows.tolist()])
    assert max(found) - min(found) > 0.1


def test_extreme_log_odds_give_certainty_without_a_warning() -> None:
    model = stumps("centroid", [0.5], 700.0, 0.4, 0.3)
    rows = np.zeros((2, len(FEATURES)))
    rows[0, FEATURES.index("centroid")] = 1.0

    assert model.probabilities(rows).tolist() == pytest.approx([1.0, 0.0])


def test_no_candidates_have_no_probabilities() -> None:
    assert shipped_model().probabilities(np.empty((0, len(FEATURES)))).tolist() == []


@pytest.mark.compiled
def test_what_speaks_for_an_event_never_counts_against_it(fresh: None) -> None:
    model, draw = shipped_model(), np.random.default_rng(5)
    rows = draw.uniform(0, 1, (200, len(FEATURES)))
    for name, sign in {"centroid": 1, "mean": 1, "rare": 1, "title_best": 1, "gap": -1, "background": -1}.items():
        more = rows.copy()
        more[:, FEATURES.index(name)] += 0.3
        assert (sign * (model.probabilities(more) - model.probabilities(rows)) >= -1e-9).all(), name


def test_the_shipped_model_says_when_to_join_and_when_to_merge(fresh: None) -> None:
    assert 0 < shipped_model().threshold <= shipped_model().merge_threshold < 1


def test_a_model_for_other_features_is_refused(fresh: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = json.loads(decision.MODEL_FILE.read_text()) | {"features": ["mean"]}
    other = tmp_path / "join.json"
    other.write_text(json.dumps(stored))
    monkeypatch.setattr(decision, "MODEL_FILE", other)

    with pytest.raises(ValueError, match="made for other features"):
        shipped_model()
