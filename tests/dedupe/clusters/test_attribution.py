from __future__ import annotations

import json
import math
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from dedupe.clusters.attribution import ARCHIVE, archived, attribute, decided_by, past_model
from dedupe.clusters.decision import MODEL_FILE, shipped_model
from dedupe.clusters.features import FEATURES


def recorded(row: np.ndarray) -> dict[str, float]:
    return dict(zip(FEATURES, row.tolist(), strict=True))


def rows(count: int, seed: int = 3) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return np.rint(draw.uniform(0, 1, (count, len(FEATURES))) * draw.choice([0.1, 1, 8], (count, 1)) * 1e4) / 1e4


def test_the_model_that_ships_is_in_the_archive() -> None:
    """What it decides must be explicable when another one ships: copy it to data/model/archive/join-VERSION.json."""
    shipped = json.loads(MODEL_FILE.read_text(encoding="utf-8"))
    kept = json.loads((ARCHIVE / f"join-{shipped['version']}.json").read_text(encoding="utf-8"))
    assert kept == shipped


def test_every_archived_model_can_be_taken_apart() -> None:
    assert archived()
    for version in archived():
        model = past_model(version)
        assert model is not None
        assert model.version == version
        found = attribute(model, dict.fromkeys(model.features, 0.2))
        assert 0 < found.probability < 1


def test_base_and_contributions_add_up_to_what_the_engine_decided() -> None:
    model = past_model(shipped_model().version)
    assert model is not None
    table = rows(300)
    for row, probability in zip(table, shipped_model().probabilities(table).tolist(), strict=True):
        found = attribute(model, recorded(row))
        summed = found.base + sum(found.contributions.values())
        assert 1 / (1 + math.exp(-summed)) == pytest.approx(probability, abs=1e-12)
        assert found.probability == pytest.approx(probability, abs=1e-12)
        assert found.contributions.keys() == set(FEATURES)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A model of later times: two questions a tree, other features, and one that no tree asks for."""
    document = {
        "version": 9,
        "features": ["warmth", "distance", "unasked"],
        "threshold": 0.6,
        "merge_threshold": 0.4,
        "bias": 0.25,
        "trees": [
            {"features": [0, 1, 1], "cuts": [0.5, 0.1, 0.9], "leaves": [-1.0, -0.5, 0.5, 3.0]},
            {"features": [1, 0, 0], "cuts": [0.2, 0.3, 0.3], "leaves": [0.0, 0.1, 0.2, 0.7]},
        ],
    }
    (tmp_path / "join-9.json").write_text(json.dumps(document), encoding="utf-8")
    return tmp_path


def test_contributions_are_those_of_the_definition(other: Path) -> None:
    model = past_model(9, other)
    assert model is not None
    assert model.base == pytest.approx(0.25 + 0.5 + 0.25)
    found = attribute(model, {"warmth": 0.8, "distance": 0.1, "unasked": 7.0})
    # The first tree goes right at warmth (.5 to 1.75) and left at distance (to .5), the second left at distance
    # (.25 to .05) and right at warmth (to .1).
    assert found.contributions == pytest.approx({"warmth": 1.25 + 0.05, "distance": -1.25 - 0.2, "unasked": 0.0})
    assert found.log_odds == pytest.approx(0.25 + 0.5 + 0.1)


def test_a_model_of_another_depth_and_with_other_features_adds_up_everywhere(other: Path) -> None:
    model = past_model(9, other)
    assert model is not None
    first, second = (-1.0, -0.5, 0.5, 3.0), (0.0, 0.1, 0.2, 0.7)
    for warmth, distance in product((0.2, 0.4, 0.8), (0.05, 0.15, 0.5, 0.95)):
        right = warmth > 0.5
        leaf = first[2 * right + (distance > (0.9 if right else 0.1))] + second[2 * (distance > 0.2) + (warmth > 0.3)]
        found = attribute(model, {"warmth": warmth, "distance": distance, "unasked": 0.0})
        assert found.log_odds == pytest.approx(0.25 + leaf, abs=1e-8)


def test_the_model_that_decided_is_found() -> None:
    row = rows(1)[0]
    shipped = shipped_model()
    probability = round(float(shipped.probabilities(row[np.newaxis])[0]), 4)
    for version in (shipped.version, None):
        model = decided_by(version, recorded(row), probability)
        assert model is not None
        assert model.version == shipped.version
    assert decided_by(0, recorded(row), probability) is None
    assert decided_by(None, recorded(row), (probability + 0.5) % 1) is None
    assert decided_by(shipped.version, {"warmth": 1.0}, probability) is None
