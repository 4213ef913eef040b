from __future__ import annotations

import numpy as np
import pytest

from dedupe.clusters.similarity import dot
from tests.dedupe.clusters.scene import Scene


@pytest.mark.parametrize("seed", range(5))
def test_the_nearest_are_those_of_looking_at_every_article(seed: int) -> None:
    scene = Scene(seed)
    scene.populate(4, 40)
    vector = scene.member().vector
    products = {slot: dot(vector, member.vector) for slot, member in scene.placed.items()}
    expected = sorted((slot for slot in products if products[slot] > 0), key=lambda slot: (-products[slot], slot))
    for most in (1, 7, 100):
        assert scene.index.nearest(vector, most).tolist() == expected[:most]
    assert not scene.index._scratch.dots.any(), "the next search starts from zeros"


def test_what_left_the_index_is_not_near() -> None:
    scene = Scene(1)
    scene.populate(4, 40)
    vector = scene.member().vector
    scene.index.oldest = int(np.median(list(scene.placed)))
    found = scene.index.nearest(vector, 100)
    assert len(found)
    assert found.min() >= scene.index.oldest
