from __future__ import annotations

import math

import numpy as np
import pytest

from tests.dedupe.clusters.scene import Scene, summed


def assert_sums_follow_from_members(scene: Scene) -> None:
    """Recompute every column of every cluster from its members alone."""
    columns = scene.index.clusters
    for cluster, slots in scene.members.items():
        total = summed([scene.placed[slot].vector for slot in slots], scene.terms)
        times = [time for slot in slots if not math.isnan(time := scene.placed[slot].time)]
        assert columns.members[cluster] == len(slots)
        assert columns.squared[cluster] == total @ total
        assert columns.dated[cluster] == len(times)
        assert np.array_equal(columns.newest[cluster], max(times, default=math.nan), equal_nan=True)
        assert np.array_equal(columns.oldest[cluster], min(times, default=math.nan), equal_nan=True)
        assert scene.index.newest_members(cluster, 10_000) == slots[::-1]
        assert all(scene.index.cluster_of(slot) == cluster for slot in slots)


@pytest.mark.parametrize("seed", range(6))
def test_sums_are_exact_after_any_history(seed: int) -> None:
    scene = Scene(seed)
    scene.populate(6, 20)
    for _ in range(80):
        draw = scene.rng.random()
        if draw < 0.45:
            scene.place(int(scene.rng.choice(list(scene.members))))
        elif draw < 0.85 and scene.placed:
            scene.remove(int(scene.rng.choice(list(scene.placed))))
        elif len(scene.members) > 2:
            absorbed, survivor = map(int, scene.rng.choice(list(scene.members), 2, replace=False))
            scene.unite(absorbed, survivor)
        else:
            scene.place(scene.cluster())
    assert_sums_follow_from_members(scene)


def test_an_absorbed_cluster_is_empty_and_leads_to_the_survivor() -> None:
    scene = Scene(1)
    scene.populate(3, 9)
    scene.unite(2, 1)
    scene.unite(1, 0)
    columns = scene.index.clusters

    assert columns.members[:3].tolist() == [9, 0, 0]
    assert columns.squared[1] == columns.squared[2] == columns.dated[2] == 0
    assert [scene.index.survivor(cluster) for cluster in (0, 1, 2, -1)] == [0, 0, 0, -1]


def test_a_cluster_that_lost_everyone_can_be_joined_again() -> None:
    scene = Scene(3)
    slot = scene.place(scene.cluster())
    scene.remove(slot)
    assert_sums_follow_from_members(scene)
    assert scene.index.cluster_of(slot) == -1

    scene.place(0)
    assert_sums_follow_from_members(scene)
