from __future__ import annotations

import numpy as np
import pytest

from dedupe.clusters.postings import LEADING, SMALLEST, Lists, Postings, Reach, accumulate, enter
from dedupe.clusters.terms import Vector
from tests.dedupe.clusters.scene import Scene, as_dict

ALL = Reach(oldest=0, cap=10_000)


REACHES = [ALL, Reach(60, 10_000), Reach(0, 1), Reach(0, SMALLEST), Reach(50, 9), Reach(200, 5)]


class Scenery:
    """Posting lists beside the vectors they were made from."""

    def __init__(self, seed: int, articles: int) -> None:
        self.scene = Scene(seed, terms=20)
        self.postings = Postings()
        self.heads = np.full(20, -1, np.int32)
        self.vectors = {slot: self.scene.vector() for slot in range(articles)}
        for slot, vector in self.vectors.items():
            self.add(slot, vector)

    def add(self, slot: int, vector: Vector) -> None:
        self.postings.make_room(len(vector.terms))
        self.postings.count = enter(Lists(self.postings.cells, self.heads, self.postings.count), vector, slot)

    def search(self, vector: Vector, reach: Reach) -> dict[int, int]:
        dots, touched = np.zeros(500, np.int32), np.zeros(500, np.int32)
        count = accumulate(self.postings.cells, self.heads, vector, reach, dots, touched)
        assert np.array_equal(np.sort(touched[:count]), np.flatnonzero(dots)), "each article is listed once"
        return {int(slot): int(dots[slot]) for slot in touched[:count]}

    def expected(self, vector: Vector, reach: Reach) -> dict[int, int]:
        """Add up products over the newest ``cap`` articles of each term; sharing a lighter one alone does not count."""
        products: dict[int, int] = {}
        for rank, (term, weight) in enumerate(sorted(as_dict(vector).items(), key=lambda entry: -entry[1])):
            having = [slot for slot in sorted(self.vectors, reverse=True) if term in as_dict(self.vectors[slot])]
            for slot in having[: reach.cap]:
                if slot >= reach.oldest and (rank < LEADING or slot in products):
                    products[slot] = products.get(slot, 0) + weight * as_dict(self.vectors[slot])[term]
        return products


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    "reach", [ALL, Reach(60, 10_000), Reach(0, 1), Reach(0, SMALLEST), Reach(50, 9), Reach(200, 5)]
)
def test_products_are_those_of_the_vectors(seed: int, reach: Reach) -> None:
    lists = Scenery(seed, 120)
    for _ in range(4):
        vector = lists.scene.vector()
        assert lists.search(vector, reach) == lists.expected(vector, reach)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("reach", [ALL, Reach(60, 10_000), Reach(0, 5)])
def test_what_shares_none_of_the_heaviest_terms_does_not_count(seed: int, reach: Reach) -> None:
    lists = Scenery(seed, 120)
    terms = lists.scene.rng.permutation(20).astype(np.int32)
    weights = np.arange(40, 20, -1, dtype=np.uint16)
    order = np.argsort(terms)
    vector = Vector(terms[order], weights[order])
    for slot in range(120, 140):
        lists.vectors[slot] = Vector(np.sort(terms[LEADING:]), np.full(20 - LEADING, 5, np.uint16))
        lists.add(slot, lists.vectors[slot])

    found = lists.search(vector, reach)
    assert found == lists.expected(vector, reach)
    assert max(found) < 120


@pytest.mark.parametrize("seed", range(8))
def test_a_removed_article_is_as_if_it_had_never_been(seed: int) -> None:
    lists = Scenery(seed, 60)
    for slot in map(int, lists.scene.rng.choice(60, 20, replace=False)):
        lists.postings.remove(lists.heads, lists.vectors.pop(slot).terms, slot)
    late = lists.scene.vector()
    lists.vectors[60] = late
    lists.add(60, late)

    vector = lists.scene.vector()
    for reach in (ALL, Reach(0, 7)):
        assert lists.search(vector, reach) == lists.expected(vector, reach)


def test_a_term_of_every_article_costs_no_more_than_the_cap() -> None:
    lists = Scenery(1, 0)
    everywhere = Vector(np.zeros(1, np.int32), np.ones(1, np.uint16))
    for slot in range(400):
        lists.add(slot, everywhere)
    dots, touched = np.zeros(400, np.int32), np.zeros(401, np.int32)

    assert accumulate(lists.postings.cells, lists.heads, everywhere, Reach(0, 32), dots, touched) == 32
    assert touched[:32].tolist() == list(range(399, 367, -1))


def test_all_articles_there_is_room_for_may_share_a_term() -> None:
    lists = Scenery(1, 0)
    everywhere = Vector(np.arange(2, dtype=np.int32), np.ones(2, np.uint16))
    for slot in range(40):
        lists.add(slot, everywhere)
    dots, touched = np.zeros(40, np.int32), np.zeros(41, np.int32)

    assert accumulate(lists.postings.cells, lists.heads, everywhere, ALL, dots, touched) == 40
    assert dots.tolist() == [2] * 40


def test_a_long_list_takes_little_more_room_than_its_postings() -> None:
    lists = Scenery(1, 0)
    everywhere = Vector(np.zeros(1, np.int32), np.ones(1, np.uint16))
    for slot in range(10_000):
        lists.add(slot, everywhere)

    assert lists.postings.count < 1.3 * 10_000


def test_what_was_entered_later_is_cut_off() -> None:
    """As when the two arrays of a snapshot were written a moment apart: one has a posting, the other not yet."""
    for half in ("articles", "weights"):
        lists = Scenery(3, 50)
        earlier = {slot: vector for slot, vector in lists.vectors.items() if slot < 30}
        old = lists.postings.cells._replace(**{half: Scenery(3, 40).postings.cells._asdict()[half].copy()})
        filled = Scenery(3, 30)
        for name, cells in old._asdict().items():
            filled.postings.cells._asdict()[name][: filled.postings.count] = cells[: filled.postings.count]
        filled.postings.cut_off(filled.heads, 30)
        vector = lists.scene.vector()
        lists.vectors = earlier
        assert filled.search(vector, ALL) == lists.expected(vector, ALL)
