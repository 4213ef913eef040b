from __future__ import annotations

import numpy as np
import pytest

from dedupe.clusters.candidates import CANDIDATES
from dedupe.clusters.features import FEATURES
from dedupe.clusters.index import ClusterIndex
from dedupe.clusters.similarity import numbers_of, shingles_of, title_of, vector_of
from tests.dedupe.clusters.scene import Scene


@pytest.mark.compiled
def test_every_article_there_is_room_for_may_be_found() -> None:
    scene = Scene(7)
    member, cluster = scene.member(), scene.cluster()
    for _ in range(len(scene.index.articles.bits)):
        scene.place(cluster, member)
        if scene.index.count < 40:
            cluster = scene.cluster()

    found, *_ = scene.index.search(member.probe())
    assert scene.index.slots == len(scene.index.articles.bits)
    assert len(found.clusters) == CANDIDATES


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_left_of_an_erased_article(seed: int) -> None:
    scene = Scene(seed)
    scene.populate(3, 30)
    victim, probe = int(scene.rng.choice(list(scene.placed))), scene.member().probe()
    scene.index.keep_dropped(victim, [1, 4])
    cells = [vector_of(victim, scene.index.space), title_of(victim, scene.index.space)]
    shingles = shingles_of(victim, scene.index.space)
    scene.remove(victim)
    space = scene.index.space

    assert not any(array.any() for vector in cells for array in vector), "the text columns hold zeros"
    assert not shingles.any()
    assert len(vector_of(victim, space).terms) == len(title_of(victim, space).terms) == 0
    assert len(shingles_of(victim, space)) == len(numbers_of(victim, space)) == 0
    assert np.isnan(space.articles.time[victim])
    assert victim not in scene.index.search(probe)[0].best.tolist()


def test_dropped_lines_are_remembered() -> None:
    scene = Scene(1)
    scene.populate(1, 3)
    for slot, lines in enumerate(([], [0, 7], [2])):
        scene.index.keep_dropped(slot, lines)

    assert [scene.index.dropped(slot) for slot in range(3)] == [[], [0, 7], [2]]


@pytest.mark.compiled
def test_there_is_room_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wide columns begin to grow in place, and by other steps, long before narrow ones do."""
    monkeypatch.setattr("dedupe.columns.LARGE", 1 << 17)
    index = ClusterIndex({}, posting_cap=64)
    for number in range(80_000):
        assert index.new_slot(number, 0.0, 0.0) == index.new_cluster(number) == number
    index.vocabulary.intern(np.arange(80_000, dtype=np.uint64), 0)

    assert index.articles.bits[:80_000].tolist() == index.clusters.bits[:80_000].tolist() == list(range(80_000))
    assert (index.space.membership[:80_000] == -1).all()
    assert index.vocabulary.terms.heads[:80_000].tolist() == [-1] * 80_000


def test_old_articles_are_not_found_but_their_cluster_is_by_newer_ones() -> None:
    scene = Scene(4)
    old, new = scene.cluster(), scene.cluster()
    member = scene.member()
    for cluster in (old, old, new):
        scene.place(cluster, member)
    scene.index.oldest = 2
    found, *_ = scene.index.search(member.probe())
    assert found.clusters.tolist() == [new]

    scene.place(old, member)
    found, features, *_ = scene.index.search(member.probe())
    assert sorted(found.clusters.tolist()) == [old, new]
    sizes = np.exp(features[:, FEATURES.index("log_size")]).round().tolist()
    assert dict(zip(found.clusters.tolist(), sizes, strict=True)) == {old: 3, new: 1}


@pytest.mark.compiled
def test_arrays_grow_with_the_stream() -> None:
    scene = Scene(2, terms=300)
    scene.populate(1_500, 3_000)

    assert scene.index.slots == 3_000
    assert scene.index.count == 1_500
    found, *_ = scene.index.search(scene.placed[2_999].probe())
    assert scene.index.cluster_of(2_999) in found.clusters.tolist()
