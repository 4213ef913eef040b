"""A small cluster index with random members, and the same members in plain Python."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.features import Probe
from dedupe.clusters.index import ClusterIndex
from dedupe.clusters.membership import Arrival
from dedupe.clusters.terms import UNIT, Vector, rarities_of

DAY = 86_400.0


@dataclass
class Member:
    """What an article brings along; ``time`` is NaN when unknown."""

    vector: Vector
    title: Vector
    shingles: NDArray[np.uint32]
    tokens: int
    time: float
    rarities: NDArray[np.float32]

    def probe(self, known: int = 0, base_rate: float = 0.5) -> Probe:
        words = self.vector.terms, self.vector, self.rarities, self.title, self.shingles
        return Probe(*words, self.tokens, self.time, known, base_rate)


@dataclass
class Scene:
    """An index over ``terms`` terms; ``members`` lists what is in each cluster, oldest first."""

    seed: int
    terms: int = 40
    index: ClusterIndex = field(default_factory=lambda: ClusterIndex({}, 4096))
    members: dict[int, list[int]] = field(default_factory=dict)
    placed: dict[int, Member] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        numbers = self.index.vocabulary.intern(np.arange(1, self.terms + 1, dtype=np.uint64), 0)
        self.index.vocabulary.terms.idf[numbers] = self.rng.uniform(0.5, 9.0, self.terms)

    @property
    def idf(self) -> NDArray[np.float32]:
        """Return how rare each term is."""
        return self.index.vocabulary.terms.idf

    def vector(self, most: int = 12, among: int | None = None) -> Vector:
        """Return a random vector of unit length."""
        size = int(self.rng.integers(1, most + 1))
        terms = np.sort(self.rng.choice(among or self.terms, size, replace=False)).astype(np.int32)
        weights = self.rng.uniform(0.1, 1.0, size)
        return Vector(terms, np.maximum(weights / np.linalg.norm(weights) * UNIT, 1).astype(np.uint16))

    def member(self) -> Member:
        """Return a random article."""
        shingles = np.unique(self.rng.integers(0, 60, int(self.rng.integers(0, 30))).astype(np.uint32))
        time = float(self.rng.integers(0, 20)) * DAY if self.rng.random() < 0.8 else math.nan
        tokens, vector, title = int(self.rng.integers(1, 400)), self.vector(), self.vector(4)
        return Member(vector, title, shingles, tokens, time, rarities_of(vector.terms, self.idf))

    def cluster(self) -> int:
        """Open a cluster."""
        number = self.index.new_cluster(self.index.count + 1)
        self.members[number] = []
        return number

    def place(self, cluster: int, member: Member | None = None) -> int:
        """Put an article into a cluster; return its slot."""
        member = member or self.member()
        slot = self.index.new_slot(self.index.slots + 1, member.time, 0.0)
        kept = member.shingles, np.empty(0, np.uint32), member.tokens
        self.index.place(Arrival(slot, cluster, member.vector, member.title, kept))
        self.members[cluster].append(slot)
        self.placed[slot] = member
        return slot

    def remove(self, slot: int) -> None:
        """Take an article out again."""
        self.index.leave(slot)
        self.index.erase(slot)
        next(slots for slots in self.members.values() if slot in slots).remove(slot)
        del self.placed[slot]

    def unite(self, absorbed: int, survivor: int) -> None:
        """Merge one cluster into another."""
        self.index.unite(absorbed, survivor)
        self.members[survivor] += self.members.pop(absorbed)

    def populate(self, clusters: int, articles: int) -> None:
        """Open clusters and spread articles over them; each gets at least one."""
        for _ in range(clusters):
            self.place(self.cluster())
        for _ in range(articles - clusters):
            self.place(int(self.rng.choice(list(self.members))))


def as_dict(vector: Vector) -> dict[int, int]:
    """Return the weight of each term."""
    return {int(term): int(weight) for term, weight in zip(*vector, strict=True)}


def product(left: Vector, right: Vector) -> int:
    """Return the dot product."""
    theirs = as_dict(right)
    return sum(weight * theirs.get(term, 0) for term, weight in as_dict(left).items())


def summed(vectors: list[Vector], terms: int) -> NDArray[np.int64]:
    """Return the sum of vectors as one dense array."""
    total = np.zeros(terms, np.int64)
    for vector in vectors:
        np.add.at(total, vector.terms, vector.weights.astype(np.int64))
    return total
