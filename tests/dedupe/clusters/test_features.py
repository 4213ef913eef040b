from __future__ import annotations

import math

import numpy as np
import pytest

from dedupe.clusters.candidates import CANDIDATES, DAY, FAINT, Surroundings
from dedupe.clusters.features import BRIEF, FEATURES, RECENT_MEMBERS
from dedupe.clusters.search import compare
from dedupe.clusters.similarity import UNIT_SQUARED
from dedupe.clusters.terms import COMMON, RARE, UNIT
from tests.dedupe.clusters.scene import Member, Scene, as_dict, product, summed
from tests.dedupe.clusters.test_candidates import nearness


def recomputed(scene: Scene, article: Member, cluster: int, around: Surroundings) -> dict[str, float]:
    """Compute every feature anew, in words close to its description."""
    slots = scene.members[cluster]
    members = [scene.placed[slot] for slot in slots]
    products = [product(article.vector, member.vector) for member in members]
    best = members[products.index(max(products))]
    total = summed([member.vector for member in members], scene.terms)
    titles = [product(article.title, member.title) / UNIT_SQUARED for member in members[-RECENT_MEMBERS:]]
    shared = len(set(article.shingles.tolist()) & set(best.shingles.tolist()))
    theirs = as_dict(best.vector)
    parts = [weight * theirs[term] for term, weight in as_dict(article.vector).items() if term in theirs]
    spread = sum(parts) ** 2 / sum(part**2 for part in parts)
    rarest = max(float(scene.idf[term]) for term in article.vector.terms)
    rare = sum(
        weight * theirs[term] * min(max((float(scene.idf[term]) / rarest - COMMON) / (RARE - COMMON), 0), 1)
        for term, weight in as_dict(article.vector).items()
        if term in theirs
    )
    when = times(article.time, [member.time for member in members])
    brevity = 1 / (1 + min(article.tokens, best.tokens) / BRIEF)
    mean = sum(products) / len(members) / UNIT_SQUARED
    centroid = sum(products) / UNIT / math.sqrt(total @ total)
    return {
        "centroid": centroid,
        "title_mean": float(np.mean(titles)),
        "title_best": max(titles),
        **when,
        "inverse_size": 1 / len(members),
        "log_size": math.log(len(members)),
        "log_length": math.log(1 + article.tokens),
        "log_length_best": math.log(1 + best.tokens),
        "mean": mean,
        "background": around.background,
        "breadth": math.log(1 + spread),
        "rare": rare / UNIT_SQUARED,
        "unshared": math.log(1 + min(len(article.shingles), len(best.shingles))) / (1 + shared),
        "brief_centroid": brevity * centroid,
        "brief_best": brevity * max(products) / UNIT_SQUARED,
        "brief_title": brevity * max(titles),
        "brief_breadth": brevity * math.log(1 + spread),
        "brief_undated": brevity * (1 - when["dated"]),
        "brief_rare": brevity * rare / UNIT_SQUARED,
        "prominence": math.log((max(products) / UNIT_SQUARED + FAINT) / (around.others + FAINT)),
        "base_rate": around.base_rate,
    }


def times(time: float, theirs: list[float]) -> dict[str, float]:
    known = [t for t in theirs if not math.isnan(t)]
    if math.isnan(time) or not known:
        return {"oldest": 0.5, "dated": 0.0, "gap": 0.0}
    gap = max(min(known) - time, time - max(known), 0) / DAY
    return {
        "oldest": nearness(time, [min(known)]),
        "dated": 1.0,
        "gap": math.log(1 + gap),
    }


@pytest.mark.parametrize("seed", range(25))
def test_features_are_what_they_are_called(seed: int) -> None:
    scene = Scene(seed)
    scene.populate(5, 60)
    article = scene.member()
    found, features, *_ = scene.index.search(article.probe(base_rate=seed / 25))

    assert found.around.base_rate == seed / 25
    assert 0 < len(features) <= CANDIDATES
    for cluster, row in zip(found.clusters.tolist(), features, strict=True):
        expected = recomputed(scene, article, cluster, found.around)
        assert dict(zip(FEATURES, row.tolist(), strict=True)) == pytest.approx(expected, rel=1e-5, abs=6e-5)


@pytest.mark.parametrize("seed", range(10))
def test_a_member_has_the_features_its_article_would_have(seed: int) -> None:
    scene = Scene(seed)
    scene.populate(2, 30)
    slot = scene.members[0][-1]
    around = Surroundings(background=0.05, others=0.2, base_rate=0.7)
    space, idf, dots = scene.index.space.arrays, scene.index.vocabulary.terms.idf, np.zeros(1024, np.int32)
    (row,) = compare(np.array([slot], np.int32), 1, around, idf, space, dots)
    expected = recomputed(scene, scene.placed[slot], 1, around)

    assert dict(zip(FEATURES, row.tolist(), strict=True)) == pytest.approx(expected, rel=1e-5, abs=6e-5)
    assert not dots.any(), "nothing is left behind"
    assert np.array_equal(scene.index.features_of((0, 1), 1, around), [row])


def test_every_feature_is_a_number() -> None:
    scene = Scene(1)
    scene.populate(1, 150)
    _, features, *_ = scene.index.search(scene.member().probe())

    assert np.isfinite(features).all()
