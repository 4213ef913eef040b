from __future__ import annotations

import math

import numpy as np
import pytest

from dedupe.clusters.candidates import (
    BACKGROUND_RANK,
    CANDIDATES,
    DAY,
    ENOUGH,
    MISSING,
    SIGMA_DAYS,
    UNKNOWN_BACKGROUND,
    UNKNOWN_OTHERS,
    Surroundings,
    closeness,
    gap_seconds,
    member_sums,
)
from dedupe.clusters.similarity import UNIT_SQUARED
from dedupe.clusters.terms import UNIT
from tests.dedupe.clusters.scene import Member, Scene, product


def test_closeness_is_a_gaussian_of_days() -> None:
    assert closeness(0.0) == 1.0
    assert closeness(SIGMA_DAYS * DAY) == pytest.approx(math.exp(-0.5))
    assert closeness(-2 * DAY) == closeness(2 * DAY)


@pytest.mark.parametrize(("day", "gap"), [(1, 2), (3, 0), (4, 0), (6, 0), (9, 3)])
def test_a_gap_is_measured_to_the_nearer_end(day: int, gap: int) -> None:
    scene = Scene(1)
    cluster = scene.cluster()
    for time in (3 * DAY, 6 * DAY, math.nan):
        member = scene.member()
        member.time = time
        scene.place(cluster, member)

    assert gap_seconds(day * DAY, cluster, scene.index.space.clusters) == gap * DAY
    assert gap_seconds(math.nan, cluster, scene.index.space.clusters) == 0


def test_an_undated_cluster_has_no_gap() -> None:
    scene = Scene(1)
    member = scene.member()
    member.time = math.nan
    scene.place(scene.cluster(), member)

    assert gap_seconds(5 * DAY, 0, scene.index.space.clusters) == 0


def nearness(time: float, times: list[float]) -> float:
    known = [t for t in times if not math.isnan(t)]
    if math.isnan(time) or not known:
        return 1.0
    days = max(min(known) - time, time - max(known), 0) / DAY
    return math.exp(-days * days / (2 * SIGMA_DAYS**2))


def missing(scene: Scene, article: Member, cluster: int, known: int) -> float:
    """Return what a missing candidate counts: less the more is known, but all where a date is unknown."""
    times = [article.time, np.nanmin([[scene.placed[slot].time for slot in scene.members[cluster]]])]
    return MISSING if np.isnan(times).any() else MISSING * max(1 - known / ENOUGH, 0)


def ranked(scene: Scene, article: Member) -> list[tuple[float, int, int, int]]:
    """Return score, cluster, sum and best member of every cluster that shares a term, best first."""
    rows = []
    for cluster, slots in scene.members.items():
        products = {slot: product(article.vector, scene.placed[slot].vector) for slot in slots}
        total, best = sum(products.values()), max(products, key=lambda slot: products[slot])
        if total == 0:
            continue
        centroid = total / UNIT / math.sqrt(scene.index.clusters.squared[cluster])
        near = nearness(article.time, [scene.placed[slot].time for slot in slots])
        score = (centroid + products[best] / UNIT_SQUARED) * (0.3 + 0.7 * near)
        rows.append((score, cluster, total, products[best]))
    return sorted(rows, reverse=True)


@pytest.mark.parametrize("seed", range(25))
def test_the_most_similar_clusters_are_found(seed: int) -> None:
    scene, known = Scene(seed), (0, 10, 10_000)[seed % 3]
    scene.populate(3 + seed, 80)
    article = scene.member()
    found, features, *_ = scene.index.search(article.probe(known))
    expected = ranked(scene, article)

    assert found.clusters.tolist() == [row[1] for row in expected[:CANDIDATES]]
    assert found.sums.tolist() == [row[2] for row in expected[:CANDIDATES]]
    best = [product(article.vector, scene.placed[slot].vector) for slot in found.best.tolist()]
    assert best == [row[3] for row in expected[:CANDIDATES]]
    means = sorted((row[2] / len(scene.members[row[1]]) / UNIT_SQUARED for row in expected), reverse=True)
    background = max([UNKNOWN_BACKGROUND, *means[BACKGROUND_RANK - 1 : BACKGROUND_RANK]])
    assert found.around.background == pytest.approx(background)
    others = [row[3] / UNIT_SQUARED for row in expected[1:CANDIDATES]]
    others += [missing(scene, article, expected[0][1], known)] * (CANDIDATES - 1 - len(others))
    assert found.around.others == pytest.approx(max(sum(others) / len(others), UNKNOWN_OTHERS))
    assert len(features) == len(found.clusters)


def test_a_search_leaves_no_trace() -> None:
    scene = Scene(7)
    scene.populate(10, 60)
    article = scene.member()
    first, first_features, *_ = scene.index.search(article.probe())
    second, second_features, *_ = scene.index.search(article.probe())

    assert first.sums.tolist() == second.sums.tolist()
    assert np.array_equal(first_features, second_features)


def test_an_article_that_shares_no_term_has_no_candidates() -> None:
    scene = Scene(3)
    scene.place(scene.cluster())
    stranger = scene.member()
    number = scene.index.vocabulary.intern(np.array([10**6], np.uint64), 0)
    stranger.vector = stranger.vector._replace(terms=number, weights=np.array([UNIT], np.uint16))
    found, features, *_ = scene.index.search(stranger.probe())

    assert len(found.clusters) == len(features) == 0
    assert found.around == pytest.approx((UNKNOWN_BACKGROUND, MISSING, 0.5))


@pytest.mark.parametrize("seed", range(10))
def test_sums_over_one_cluster(seed: int) -> None:
    scene = Scene(seed)
    scene.populate(2, 25)
    article, dots = scene.member(), np.zeros(1024, np.int32)
    found = member_sums(article.vector, 1, Surroundings(0.05, 0.05, 0.5), scene.index.space, dots)
    products = {slot: product(article.vector, scene.placed[slot].vector) for slot in scene.members[1]}

    assert found.clusters.tolist() == [1]
    assert found.sums.tolist() == [sum(products.values())]
    assert products[int(found.best[0])] == max(products.values())
    assert {slot: int(dots[slot]) for slot in products} == products
