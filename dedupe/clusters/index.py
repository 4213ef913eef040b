"""The live clusters: who is in them, and which of them an article might belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.candidates import Candidates, Sums, member_sums, rank_clusters
from dedupe.clusters.features import Probe, measure
from dedupe.clusters.membership import join, leave, unite
from dedupe.clusters.postings import Postings, Reach, accumulate, clear
from dedupe.clusters.similarity import shingles_of, title_of, vector_of
from dedupe.clusters.space import ArticleColumns, ClusterColumns, Space, TextColumns, article_columns, cluster_columns
from dedupe.clusters.terms import MAX_TERMS, MAX_TITLE_TERMS, TITLE_WEIGHT, Terms, Vector, weigh
from dedupe.clusters.vocabulary import Prior, Vocabulary
from dedupe.columns import Arena, grow


class ClusterIndex:
    """Vectors, posting lists and clusters of the live articles, in arrays."""

    def __init__(self, priors: Mapping[int, Prior], posting_cap: int) -> None:
        self.vocabulary = Vocabulary(priors)
        self.oldest = 0
        self.slots = 0
        self.count = 0
        self._postings = Postings()
        self._posting_cap = posting_cap
        self._terms, self._weights = Arena(np.int32), Arena(np.uint16)
        self._title_terms, self._title_weights = Arena(np.int32), Arena(np.uint16)
        self._shingles, self._numbers = Arena(np.uint32), Arena(np.uint32)
        self._arenas = (
            *(self._terms, self._weights, self._title_terms, self._title_weights),
            *(self._shingles, self._numbers),
        )
        texts = TextColumns(*(arena.cells for arena in self._arenas))
        self._space = Space(article_columns(1024), cluster_columns(1024), texts)
        self._dropped = Arena(np.int32)
        self._dots, self._touched = np.zeros(1024, dtype=np.int32), np.zeros(1024, dtype=np.int32)
        self._sums = Sums(np.zeros(1024, dtype=np.int64), np.zeros(1024, dtype=np.int32))
        self._term_scratch = np.zeros(1024, dtype=np.int64)

    @property
    def space(self) -> Space:
        """The arrays, as kernels read them; valid until the next article is placed."""
        texts = self._space.texts
        if any(arena.cells is not cells for arena, cells in zip(self._arenas, texts, strict=True)):
            texts = TextColumns(*(arena.cells for arena in self._arenas))
            self._space = self._space._replace(texts=texts)
        return self._space

    @property
    def _articles(self) -> ArticleColumns:
        return self._space.articles

    @property
    def _clusters(self) -> ClusterColumns:
        return self._space.clusters

    def weigh(self, terms: Terms, title: Terms, language: int) -> tuple[Vector, Vector]:
        """Weigh the terms of an article and of its title as of now."""
        numbers, title_numbers = (self.vocabulary.intern(part.hashes, language) for part in (terms, title))
        idf = self.vocabulary.terms.idf
        return (
            weigh(numbers, terms, idf, TITLE_WEIGHT, MAX_TERMS),
            weigh(title_numbers, title, idf, 1.0, MAX_TITLE_TERMS),
        )

    def candidates(self, probe: Probe) -> tuple[Candidates, NDArray[np.float64]]:
        """Find the clusters that share most with an article, with a row of features each."""
        reach = Reach(self.oldest, self._posting_cap)
        heads, space = self.vocabulary.terms.heads, self.space
        count = accumulate(self._postings.blocks, heads, probe.vector, reach, self._dots, self._touched)
        touched = self._touched[:count]
        found = rank_clusters(touched, self._dots, probe.time, space, self._sums)
        features = measure(probe, found, self._dots, self.vocabulary.terms.idf, space)
        clear(self._dots, touched)
        return found, features

    def features_of(self, slot: int, cluster: int, background: float) -> NDArray[np.float64]:
        """Return the features that an article already placed would have for another cluster."""
        space = self.space
        tokens, time = int(self._articles.tokens[slot]), float(self._articles.time[slot])
        probe = Probe(vector_of(slot, space), title_of(slot, space), shingles_of(slot, space), tokens, time)
        found = member_sums(probe.vector, cluster, space, self._dots)._replace(background=background)
        features: NDArray[np.float64] = measure(probe, found, self._dots, self.vocabulary.terms.idf, space)[0]
        self._dots[self.newest_members(cluster, int(self._clusters.size[cluster]))] = 0
        return features

    def newest_members(self, cluster: int, most: int) -> list[int]:
        """Return the slots of a cluster's newest members, newest first."""
        members: list[int] = []
        slot = int(self._clusters.last[cluster])
        while slot >= 0 and len(members) < most:
            members.append(slot)
            slot = int(self._articles.previous[slot])
        return members

    def cluster_of(self, slot: int) -> int:
        """Return the cluster an article is in; -1 for an emptied slot."""
        return self.survivor(int(self._articles.cluster[slot]))

    def survivor(self, cluster: int) -> int:
        """Return the cluster that ``cluster`` was merged into in the end; itself when it was not."""
        while cluster >= 0 and self._clusters.merged[cluster] >= 0:
            cluster = int(self._clusters.merged[cluster])
        return cluster

    def new_slot(self, bits: int, time: float, received: float) -> int:
        """Take the next slot for an article."""
        slot = self.slots
        self.slots += 1
        self._space = self._space._replace(articles=grow(self._articles, self.slots))
        if len(self._dots) < len(self._articles.bits):
            self._dots = np.zeros(len(self._articles.bits), dtype=np.int32)
            self._touched = np.zeros(len(self._articles.bits), dtype=np.int32)
        articles = self._articles
        articles.bits[slot] = bits
        articles.cluster[slot] = articles.previous[slot] = articles.original[slot] = articles.group[slot] = -1
        articles.time[slot] = time
        articles.received[slot] = received
        return slot

    def new_cluster(self, bits: int) -> int:
        """Take the next cluster number."""
        cluster = self.count
        self.count += 1
        self._space = self._space._replace(clusters=grow(self._clusters, self.count))
        self._sums = grow(self._sums, len(self._clusters.bits))
        self._clusters.bits[cluster] = bits
        self._clusters.last[cluster] = self._clusters.merged[cluster] = -1
        self._clusters.newest[cluster] = self._clusters.oldest[cluster] = np.nan
        return cluster

    def keep_copy_evidence(
        self, slot: int, shingles: NDArray[np.uint32], numbers: NDArray[np.uint32], tokens: int
    ) -> None:
        """Keep what copies are confirmed by."""
        articles = self._articles
        articles.tokens[slot] = tokens
        articles.shingle_start[slot] = self._shingles.append(shingles)
        articles.shingle_count[slot] = len(shingles)
        articles.number_start[slot] = self._numbers.append(numbers)
        articles.number_count[slot] = len(numbers)

    def keep_dropped(self, slot: int, lines: Sequence[int]) -> None:
        """Keep which lines of an article were left out, so that it can be read the same way again."""
        self._articles.dropped_start[slot] = self._dropped.append(np.array(lines, dtype=np.int32))
        self._articles.dropped_count[slot] = len(lines)

    def dropped(self, slot: int) -> list[int]:
        """Return which lines of an article were left out."""
        start = int(self._articles.dropped_start[slot])
        lines: list[int] = self._dropped.cells[start : start + self._articles.dropped_count[slot]].tolist()
        return lines

    def keep_vectors(self, slot: int, vector: Vector, title: Vector) -> None:
        """Keep an article's vectors and enter it into the posting lists."""
        articles = self._articles
        articles.vector_start[slot] = self._terms.append(vector.terms)
        self._weights.append(vector.weights)
        articles.vector_length[slot] = len(vector.terms)
        articles.title_start[slot] = self._title_terms.append(title.terms)
        self._title_weights.append(title.weights)
        articles.title_length[slot] = len(title.terms)
        self._postings.add(self.vocabulary.terms.heads, vector, slot)

    def erase(self, slot: int) -> None:
        """Forget all that was kept of an article's text; it must have left its cluster."""
        space, articles = self.space, self._articles
        vector, title = vector_of(slot, space), title_of(slot, space)
        self._postings.remove(self.vocabulary.terms.heads, vector.terms, slot)
        start, count = articles.number_start[slot], articles.number_count[slot]
        numbers = self._numbers.cells[start : start + count]
        for cells in (*vector, *title, shingles_of(slot, space), numbers):
            cells[:] = 0
        for lengths in (articles.vector_length, articles.title_length, articles.shingle_count, articles.number_count):
            lengths[slot] = 0
        articles.tokens[slot] = 0
        articles.time[slot] = np.nan
        articles.cluster[slot] = -1

    def join(self, slot: int, cluster: int) -> None:
        """Make an article a member of a cluster, with weight."""
        join(slot, cluster, self.space, self._scratch())

    def leave(self, slot: int) -> None:
        """Take a member out of its cluster."""
        leave(slot, self.space, self._scratch())

    def unite(self, absorbed: int, survivor: int) -> None:
        """Move all members of one cluster into another."""
        unite(absorbed, survivor, self.space, self._scratch())

    def _scratch(self) -> NDArray[np.int64]:
        if len(self._term_scratch) < len(self.vocabulary.terms.heads):
            self._term_scratch = np.zeros(len(self.vocabulary.terms.heads), dtype=np.int64)
        return self._term_scratch
