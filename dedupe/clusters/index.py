"""The live clusters: who is in them, and which of them an article might belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.features import (
    ArticleColumns,
    ClusterColumns,
    Probe,
    VectorColumns,
    cluster_candidates,
    measure,
    member_dots,
)
from dedupe.clusters.membership import join, leave, unite
from dedupe.clusters.postings import Postings, accumulate
from dedupe.clusters.terms import MAX_TERMS, MAX_TITLE_TERMS, TITLE_WEIGHT, Terms, weigh
from dedupe.clusters.vocabulary import Prior, Vocabulary
from dedupe.columns import Arena, grow


@dataclass(frozen=True, slots=True)
class Candidates:
    """The clusters an article might belong to, most similar first, with a row of features each."""

    clusters: NDArray[np.int32]
    best_slots: NDArray[np.int32]
    features: NDArray[np.float64]
    background: float


class ClusterIndex:
    """Vectors, posting lists and clusters of the live articles, in arrays."""

    def __init__(self, priors: Mapping[int, Prior], posting_cap: int) -> None:
        self.vocabulary = Vocabulary(priors)
        self.postings = Postings()
        self.posting_cap = posting_cap
        self.oldest = 0
        self.slots = 0
        self.count = 0
        self.articles = _article_columns(1024)
        self.clusters = _cluster_columns(1024)
        self._terms, self._weights = Arena(np.int32), Arena(np.uint16)
        self._title_terms, self._title_weights = Arena(np.int32), Arena(np.uint16)
        self._shingles, self._numbers = Arena(np.uint32), Arena(np.uint32)
        self._dots = np.zeros(1024, dtype=np.int32)
        self._touched = np.zeros(1024, dtype=np.int32)
        self._sums = np.zeros(1024, dtype=np.int64)
        self._bests = np.zeros(1024, dtype=np.int32)
        self._scratch = np.zeros(1024, dtype=np.int64)

    @property
    def vectors(self) -> VectorColumns:
        """The forward vectors, as kernels read them."""
        return VectorColumns(
            self._terms.cells,
            self._weights.cells,
            self._title_terms.cells,
            self._title_weights.cells,
            self._shingles.cells,
            self._numbers.cells,
        )

    def probe(
        self, terms: Terms, language: int, shingles: NDArray[np.uint32], tokens: int, time: float, title: Terms
    ) -> Probe:
        """Weigh an article's terms as of now."""
        numbers = self.vocabulary.intern(terms.hashes, language)
        frozen, articles = self.vocabulary.terms.frozen, self.vocabulary.frozen_articles(language)
        vector = weigh(numbers, terms.body, terms.title, terms.names, frozen, articles, TITLE_WEIGHT, MAX_TERMS)
        numbers = self.vocabulary.intern(title.hashes, language)
        heading = weigh(numbers, title.body, title.title, title.names, frozen, articles, 1.0, MAX_TITLE_TERMS)
        return Probe(*vector, *heading, shingles, tokens, time)

    def candidates(self, probe: Probe) -> Candidates:
        """Find the clusters that share most with an article."""
        heads = self.vocabulary.terms.heads
        blocks = self.postings.blocks
        cap = self.posting_cap
        count = accumulate(blocks, heads, probe.terms, probe.weights, self.oldest, cap, self._dots, self._touched)
        touched = self._touched[:count]
        kept, sums, bests, background = cluster_candidates(
            touched, self._dots, self.articles, self.clusters, probe.time, self._sums, self._bests
        )
        features = measure(probe, kept, sums, bests, background, self._dots, self.articles, self.clusters, self.vectors)
        self._dots[touched] = 0
        return Candidates(kept, bests, features, background)

    def features_of(self, slot: int, cluster: int) -> NDArray[np.float64]:
        """Return the features that an article already placed would have for another cluster."""
        articles, vectors = self.articles, self.vectors
        start, end = articles.vector_start[slot], articles.vector_start[slot] + articles.vector_length[slot]
        first, last = articles.title_start[slot], articles.title_start[slot] + articles.title_length[slot]
        shingle, count = articles.shingle_start[slot], articles.shingle_count[slot]
        probe = Probe(
            vectors.terms[start:end],
            vectors.weights[start:end],
            vectors.title_terms[first:last],
            vectors.title_weights[first:last],
            vectors.shingles[shingle : shingle + count],
            int(articles.tokens[slot]),
            float(articles.time[slot]),
        )
        total, best = member_dots(probe, cluster, articles, self.clusters, vectors, self._dots)
        kept, sums, bests = np.array([cluster], np.int32), np.array([total]), np.array([best], np.int32)
        rows = measure(probe, kept, sums, bests, 0.0, self._dots, articles, self.clusters, vectors)
        self._dots[self.newest_members(cluster, int(self.clusters.size[cluster]))] = 0
        features: NDArray[np.float64] = rows[0]
        return features

    def newest_members(self, cluster: int, most: int) -> list[int]:
        """Return the slots of a cluster's newest members, newest first."""
        members: list[int] = []
        slot = int(self.clusters.last[cluster])
        while slot >= 0 and len(members) < most:
            members.append(slot)
            slot = int(self.articles.previous[slot])
        return members

    def new_slot(self, bits: int, time: float, received: float) -> int:
        """Take the next slot for an article."""
        slot = self.slots
        self.slots += 1
        self.articles = grow(self.articles, self.slots)
        if len(self._dots) < len(self.articles.bits):
            self._dots = np.zeros(len(self.articles.bits), dtype=np.int32)
            self._touched = np.zeros(len(self.articles.bits), dtype=np.int32)
        articles = self.articles
        articles.bits[slot] = bits
        articles.cluster[slot] = articles.previous[slot] = articles.original[slot] = articles.group[slot] = -1
        articles.time[slot] = time
        articles.received[slot] = received
        return slot

    def new_cluster(self, bits: int) -> int:
        """Take the next cluster number."""
        cluster = self.count
        self.count += 1
        self.clusters = grow(self.clusters, self.count)
        if len(self._sums) < len(self.clusters.bits):
            self._sums = np.zeros(len(self.clusters.bits), dtype=np.int64)
            self._bests = np.zeros(len(self.clusters.bits), dtype=np.int32)
        self.clusters.bits[cluster] = bits
        self.clusters.last[cluster] = self.clusters.merged[cluster] = -1
        self.clusters.newest[cluster] = self.clusters.oldest[cluster] = np.nan
        return cluster

    def keep(self, slot: int, probe: Probe) -> None:
        """Keep an article's vectors and enter it into the posting lists."""
        articles = self.articles
        articles.vector_start[slot] = self._terms.append(probe.terms)
        self._weights.append(probe.weights)
        articles.vector_length[slot] = len(probe.terms)
        articles.title_start[slot] = self._title_terms.append(probe.title_terms)
        self._title_weights.append(probe.title_weights)
        articles.title_length[slot] = len(probe.title_terms)
        self.postings.add(self.vocabulary.terms.heads, probe.terms, probe.weights, slot)

    def keep_shingles(self, slot: int, shingles: NDArray[np.uint32], numbers: NDArray[np.uint32]) -> None:
        """Keep the shingles and numbers by which copies are confirmed."""
        articles = self.articles
        articles.shingle_start[slot] = self._shingles.append(shingles)
        articles.shingle_count[slot] = len(shingles)
        articles.number_start[slot] = self._numbers.append(numbers)
        articles.number_count[slot] = len(numbers)

    def erase(self, slot: int) -> None:
        """Forget all that was kept of an article's text; it must have left its cluster."""
        articles, vectors = self.articles, self.vectors
        start, count = articles.vector_start[slot], articles.vector_length[slot]
        self.postings.remove(self.vocabulary.terms.heads, vectors.terms[start : start + count], slot)
        vectors.terms[start : start + count] = 0
        vectors.weights[start : start + count] = 0
        start, count = articles.title_start[slot], articles.title_length[slot]
        vectors.title_terms[start : start + count] = 0
        vectors.title_weights[start : start + count] = 0
        start, count = articles.shingle_start[slot], articles.shingle_count[slot]
        vectors.shingles[start : start + count] = 0
        start, count = articles.number_start[slot], articles.number_count[slot]
        vectors.numbers[start : start + count] = 0
        for lengths in (articles.vector_length, articles.title_length, articles.shingle_count, articles.number_count):
            lengths[slot] = 0
        articles.tokens[slot] = 0
        articles.time[slot] = np.nan
        articles.cluster[slot] = -1

    def join(self, slot: int, cluster: int) -> None:
        """Make an article a member of a cluster, with weight."""
        self._make_scratch()
        join(slot, cluster, self.articles, self.clusters, self.vectors, self._scratch)

    def leave(self, slot: int) -> None:
        """Take a member out of its cluster."""
        self._make_scratch()
        leave(slot, self.articles, self.clusters, self.vectors, self._scratch)

    def unite(self, absorbed: int, survivor: int) -> None:
        """Move all members of one cluster into another."""
        self._make_scratch()
        unite(absorbed, survivor, self.articles, self.clusters, self.vectors, self._scratch)
        self.clusters.merged[absorbed] = survivor

    def cluster_of(self, slot: int) -> int:
        """Return the cluster an article is in; -1 for an emptied slot."""
        return self.survivor(int(self.articles.cluster[slot]))

    def survivor(self, cluster: int) -> int:
        """Return the cluster that ``cluster`` was merged into in the end; itself when it was not."""
        while cluster >= 0 and self.clusters.merged[cluster] >= 0:
            cluster = int(self.clusters.merged[cluster])
        return cluster

    def _make_scratch(self) -> None:
        if len(self._scratch) < len(self.vocabulary.terms.heads):
            self._scratch = np.zeros(len(self.vocabulary.terms.heads), dtype=np.int64)


def _article_columns(rows: int) -> ArticleColumns:
    slices = (np.int64, np.int32) * 4
    types = (np.uint64, *(np.int32,) * 4, np.float64, np.float64, np.int32, *slices)
    return ArticleColumns(*(np.zeros(rows, dtype=kind) for kind in types))


def _cluster_columns(rows: int) -> ClusterColumns:
    types = (np.uint64, np.int32, np.int32, np.int64, np.float64, np.float64, np.float64, np.int32, np.int32)
    return ClusterColumns(*(np.zeros(rows, dtype=kind) for kind in types))
