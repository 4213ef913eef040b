from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dedupe.clusters.candidates import Surroundings
from dedupe.clusters.cohesion import MOST
from dedupe.clusters.maintenance import LOOKS, OCCASION, SAMPLE, Occasion, is_same_event, leaving, merge_partner
from tests.dedupe.clusters.scene import Scene
from tests.dedupe.models import alike


@pytest.fixture
def scene() -> Scene:
    """Cluster 0 holds one text over and over, cluster 1 half of it, cluster 2 none."""
    scene = Scene(5, terms=200)
    told, other = scene.member(), scene.member()
    told.vector, other.vector = scene.vector(among=100), scene.vector(among=100)
    while np.intersect1d(told.vector.terms, other.vector.terms).size:
        other.vector = scene.vector(among=100)
    for cluster, members in enumerate(([told] * 6, [told, told, other, other], [other] * 3)):
        assert scene.cluster() == cluster
        for member in members:
            scene.place(cluster, replace(member, tokens=50, time=0.0))
    return scene


def occasion(chosen: int, *rivals: tuple[int, float]) -> Occasion:
    return Occasion(chosen, rivals, Surroundings(0.01, 0.01, 0.5))


def test_half_of_the_smaller_cluster_is_a_quorum(scene: Scene) -> None:
    model = alike("brief_best", 0.49)

    assert is_same_event(scene.index, occasion(0), 1, model)
    assert is_same_event(scene.index, occasion(1), 0, model)
    assert is_same_event(scene.index, occasion(2), 1, model), "all of the smaller"
    assert not is_same_event(scene.index, occasion(0), 2, model)


def test_less_than_half_is_not(scene: Scene) -> None:
    scene.place(1, scene.placed[scene.members[2][0]])

    assert not is_same_event(scene.index, occasion(0), 1, alike("brief_best", 0.49))


def test_only_the_newest_members_vote(scene: Scene) -> None:
    told = scene.placed[scene.members[0][0]]
    for _ in range(40):
        scene.place(0, told)
    for _ in range(SAMPLE // 2):
        scene.place(1, told)

    assert is_same_event(scene.index, occasion(0), 1, alike("brief_best", 0.49))
    for _ in range(SAMPLE):
        scene.place(1, scene.placed[scene.members[2][0]])
    assert not is_same_event(scene.index, occasion(0), 1, alike("brief_best", 0.49))


def test_the_first_rival_that_is_the_same_event_is_the_partner(scene: Scene) -> None:
    model = alike("brief_best", 0.49)

    assert merge_partner(scene.index, occasion(0, (0, 0.99), (1, 0.8), (2, 0.7)), model) == 1
    assert merge_partner(scene.index, occasion(0, (0, 0.99), (2, 0.8), (1, 0.7)), model) == 1
    assert merge_partner(scene.index, occasion(0, (0, 0.99), (2, 0.8)), model) is None


def test_a_rival_that_hardly_fits_the_article_is_not_looked_at(scene: Scene) -> None:
    faint = OCCASION - 0.01

    assert merge_partner(scene.index, occasion(0, (0, 0.99), (1, faint)), alike("brief_best", 0.49)) is None
    assert merge_partner(scene.index, occasion(0), alike("brief_best", 0.49)) is None


def test_a_rival_that_the_article_would_not_join_may_merge_all_the_same(scene: Scene) -> None:
    model = alike("brief_best", 0.49)

    assert model.merge_threshold > OCCASION
    assert merge_partner(scene.index, occasion(0, (0, 0.99), (1, OCCASION)), model) == 1


def test_what_would_fall_apart_again_does_not_merge(scene: Scene) -> None:
    always = alike("brief_best", -1.0)

    assert is_same_event(scene.index, occasion(0), 1, always)
    assert not is_same_event(scene.index, occasion(0), 2, always), "they share no term"


def test_a_cluster_is_looked_at_when_it_has_grown_by_a_quarter(scene: Scene) -> None:
    cluster = scene.cluster()
    halves = scene.placed[scene.members[0][0]], scene.placed[scene.members[2][0]]
    looked_at = []
    for size in range(1, 2 * MOST):
        scene.place(cluster, halves[size % 2])
        if leaving(scene.index, cluster):
            looked_at.append(size)

    assert looked_at == sorted(LOOKS) == [4, 5, 6, 8, 10, 12, 15, 19, 24, 30, 37, 47, 58]


def test_an_emptied_cluster_is_no_partner(scene: Scene) -> None:
    for slot in list(scene.members[2]):
        scene.remove(slot)

    assert not is_same_event(scene.index, occasion(0), 2, alike("brief_best", 0.0))
