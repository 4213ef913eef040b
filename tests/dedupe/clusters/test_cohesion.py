from __future__ import annotations

from itertools import product as product_of

import numpy as np
import pytest
from sklearn.cluster import AgglomerativeClustering

from dedupe.clusters.cohesion import ACROSS, FEWEST, MOST
from dedupe.clusters.similarity import UNIT_SQUARED
from dedupe.clusters.terms import UNIT, Vector
from tests.dedupe.clusters.scene import Scene, product


def vector(scene: Scene, terms: range) -> Vector:
    """Return random weights for some terms, so that articles on the same ones are more or less alike."""
    weights = scene.rng.uniform(0.1, 1.0, len(terms))
    numbers = np.arange(terms.start, terms.stop, dtype=np.int32)
    return Vector(numbers, (weights / np.linalg.norm(weights) * UNIT).astype(np.uint16))


def fill(scene: Scene, cluster: int, terms: range, count: int) -> list[int]:
    """Put articles about some terms into a cluster; return their slots."""
    slots = []
    for _ in range(count):
        member = scene.member()
        member.vector = vector(scene, terms)
        slots.append(scene.place(cluster, member))
    return slots


@pytest.fixture
def scene() -> Scene:
    return Scene(11, terms=100)


@pytest.mark.parametrize(("first", "second"), [(2, 2), (3, 2), (2, 5), (20, 30), (2, MOST - 2)])
def test_two_events_in_one_cluster_fall_apart_and_the_smaller_leaves(scene: Scene, first: int, second: int) -> None:
    cluster = scene.cluster()
    ours, theirs = fill(scene, cluster, range(40), first), fill(scene, cluster, range(40, 80), second)

    half = scene.index.smaller_half(cluster)

    assert sorted(half) in ([ours, theirs] if first == second else [min(ours, theirs, key=len)])


@pytest.mark.parametrize("count", [1, 2, 4, 5, 30, MOST])
def test_one_event_holds_together(scene: Scene, count: int) -> None:
    cluster = scene.cluster()
    fill(scene, cluster, range(40), count)

    assert scene.index.smaller_half(cluster) == []


@pytest.mark.parametrize("others", range(FEWEST))
def test_what_stands_alone_does_not_leave(scene: Scene, others: int) -> None:
    cluster = scene.cluster()
    fill(scene, cluster, range(40), 6)
    fill(scene, cluster, range(40, 80), others)

    assert scene.index.smaller_half(cluster) == []


def test_halves_are_held_against_what_is_alike_within(scene: Scene) -> None:
    """Two halves that have one word in common: enough where articles of one half have no more, too."""
    loose, dense = scene.cluster(), scene.cluster()
    for cluster, apart in ((loose, 10), (dense, 0)):
        for side, number in product_of(range(2), range(4)):
            begin = 1 + 40 * side + apart * number
            terms = np.array([0, *range(begin, begin + 10)], np.int32)
            weights = np.array([0.3, *[np.sqrt(0.091)] * 10])
            member = scene.member()
            member.vector = Vector(terms, (weights * UNIT).astype(np.uint16))
            scene.place(cluster, member)

    assert scene.index.smaller_half(loose) == []
    assert len(scene.index.smaller_half(dense)) == 4


@pytest.mark.parametrize("seed", range(30))
def test_halves_are_those_of_average_linkage(seed: int) -> None:
    scene = Scene(seed, terms=100)
    cluster = scene.cluster()
    for begin in (0, 30):  # some words in common, so that no two pairs are equally unlike
        fill(scene, cluster, range(begin, begin + 40), int(scene.rng.integers(2, 9)))
    slots = scene.members[cluster]
    vectors = [scene.placed[slot].vector for slot in slots]
    alike = np.array([[product(one, other) / UNIT_SQUARED for other in vectors] for one in vectors])
    linkage = AgglomerativeClustering(n_clusters=2, metric="precomputed", linkage="average")
    labels = linkage.fit_predict(1.0 - alike)
    halves = [[slot for slot, label in zip(slots, labels, strict=True) if label == side] for side in (0, 1)]
    within = [np.mean([alike[i, j] for i in side for j in side if i != j]) for side in places(labels)]
    across = np.mean([alike[i, j] for i in places(labels)[0] for j in places(labels)[1]])

    half = sorted(scene.index.smaller_half(cluster))

    assert (half != []) == (across < ACROSS * np.sqrt(within[0] * within[1]))
    assert half in ([], *halves)


def places(labels: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[list[int]]:
    return [np.flatnonzero(labels == side).tolist() for side in (0, 1)]


def test_clusters_that_share_next_to_nothing_do_not_hold_together(scene: Scene) -> None:
    one, other, alike = scene.cluster(), scene.cluster(), scene.cluster()
    fill(scene, one, range(40), 5)
    fill(scene, other, range(40, 80), 5)
    fill(scene, alike, range(40), 5)

    assert scene.index.hold_together(one, alike)
    assert not scene.index.hold_together(one, other)


def test_of_one_article_nothing_is_known_within(scene: Scene) -> None:
    one, other = scene.cluster(), scene.cluster()
    fill(scene, one, range(40), 5)
    fill(scene, other, range(40, 80), 1)

    assert scene.index.hold_together(one, other)
