"""The live clusters: who is in them, and which of them an article might belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.candidates import Sums, Surroundings
from dedupe.clusters.cohesion import hold_together, smaller_half
from dedupe.clusters.features import Probe
from dedupe.clusters.membership import Arrival, Kept, join, keep_copy_evidence, leave, place, unite
from dedupe.clusters.nearest import nearest
from dedupe.clusters.postings import Lists, Postings, Reach
from dedupe.clusters.round_ups import parts_of
from dedupe.clusters.search import Found, Scratch, compare_newest, newest_members, search
from dedupe.clusters.similarity import shingles_of, title_of, vector_of
from dedupe.clusters.space import (
    ArticleColumns,
    ClusterColumns,
    Space,
    article_rows,
    cluster_rows,
    columns_of,
    longer,
    text_columns,
)
from dedupe.clusters.terms import Vector
from dedupe.clusters.vocabulary import Prior, Vocabulary
from dedupe.columns import Arena, grow, zeros_like


class ClusterIndex:
    """Vectors, posting lists and clusters of the live articles, in arrays.

    ``space`` holds the arrays as kernels read them, ``articles`` and ``clusters`` the same memory as plain
    columns; all are valid until the next article is placed. Shingles, when they are many, lie in a file without a
    name in ``folder``, if one is given.
    """

    def __init__(self, priors: Mapping[int, Prior], posting_cap: int, folder: Path | None = None) -> None:
        self.vocabulary = Vocabulary(priors)
        self.oldest = 0
        self.slots = 0
        self.count = 0
        self.space = Space(article_rows(1024), np.empty(1024, np.int32), cluster_rows(1024), text_columns(1024))
        self.articles = columns_of(self.space.articles, ArticleColumns)
        self.clusters = columns_of(self.space.clusters, ClusterColumns)
        self._postings = Postings()
        self._posting_cap = posting_cap
        self._folder = folder
        self._dropped = Arena(np.int32)
        rows, sums = np.zeros(1024 + 1, dtype=np.int32), np.zeros(1024, dtype=np.int64)
        self._scratch = Scratch(rows, rows.copy(), Sums(sums, rows[:-1].copy()))
        self._term_scratch = np.zeros(1024, dtype=np.uint16)

    def search(self, probe: Probe) -> Found:
        """Find the clusters that share most with an article, with a row of features each."""
        return search(probe, self._lists, Reach(self.oldest, self._posting_cap), self.space, self._scratch)

    def nearest(self, vector: Vector, most: int) -> NDArray[np.int32]:
        """Return the slots of up to ``most`` live articles, the most similar to ``vector`` first."""
        cells, heads = self._postings.cells, self.vocabulary.terms.heads
        return nearest(vector, cells, heads, Reach(self.oldest, self._posting_cap), self._scratch, most)

    def features_of(self, pair: tuple[int, int], most: int, around: Surroundings) -> NDArray[np.float64]:
        """Return the features that the first cluster's newest articles, up to ``most``, would have for the second."""
        idf, arrays = self.vocabulary.terms.idf, self.space.arrays
        return compare_newest((*pair, most), (*around,), idf, arrays, self._scratch.dots)

    def hold_together(self, one: int, other: int) -> bool:
        """Return whether the newest articles of two clusters are alike across them; see `cohesion`."""
        return bool(hold_together(one, other, self.space.arrays))

    def smaller_half(self, cluster: int) -> list[int]:
        """Return the slots of the smaller half of a cluster that falls apart, none of one that holds together."""
        slots: list[int] = smaller_half(cluster, self.space.arrays).tolist()
        return slots

    def told_apart(self, probe: Probe, first: NDArray[np.int32], slots: Sequence[int]) -> list[int]:
        """Return those of ``slots``, by place, of which a text tells in parts of their own; see `round_ups`."""
        told: list[int] = parts_of(probe.arrays, first, np.array(slots, dtype=np.int32), self.space.arrays).tolist()
        return told

    def newest_members(self, cluster: int, most: int) -> list[int]:
        """Return the slots of a cluster's newest members, newest first."""
        members: list[int] = newest_members(cluster, most, self.space.arrays).tolist()
        return members

    def members(self, cluster: int) -> list[int]:
        """Return the slots of all articles in a cluster, copies too, in the order in which they were placed."""
        merged = self.clusters.merged[: self.count]
        numbers = newest = np.array([cluster], dtype=np.int32)
        while len(newest):
            newest = np.flatnonzero(np.isin(merged, newest)).astype(np.int32)
            numbers = np.concatenate((numbers, newest))
        slots: list[int] = np.flatnonzero(np.isin(self.space.membership[: self.slots], numbers)).tolist()
        return slots

    def cluster_of(self, slot: int) -> int:
        """Return the cluster an article is in; -1 for an emptied slot, or none at all."""
        return self.survivor(int(self.space.membership[slot])) if slot >= 0 else -1

    def has_others(self, cluster: int, slot: int) -> bool:
        """Return whether an article that weighs is in a cluster, besides the one in ``slot``, -1 for none."""
        is_own = slot >= 0 and self.articles.original[slot] < 0 and self.cluster_of(slot) == cluster
        return int(self.clusters.members[cluster]) > is_own

    def survivor(self, cluster: int) -> int:
        """Return the cluster that ``cluster`` was merged into in the end; itself when it was not."""
        while cluster >= 0 and self.clusters.merged[cluster] >= 0:
            cluster = int(self.clusters.merged[cluster])
        return cluster

    def new_slot(self, bits: int, time: float, received: float) -> int:
        """Take the next slot for an article."""
        slot = self.slots
        self.slots += 1
        if self.slots > len(self.articles.bits):
            records = longer(self.space.articles, self.slots)
            self.articles = columns_of(records, ArticleColumns)
            rows = len(self.articles.bits)
            (membership,) = grow((self.space.membership,), rows)
            self.space = self.space._replace(articles=records, membership=membership)
            dots, touched = grow((self._scratch.dots, self._scratch.touched), rows + 1)
            self._scratch = self._scratch._replace(dots=dots, touched=touched)
        articles = self.articles
        articles.bits[slot] = bits
        self.space.membership[slot] = -1
        articles.previous[slot] = articles.original[slot] = articles.group[slot] = -1
        articles.time[slot] = time
        articles.received[slot] = received
        return slot

    def new_cluster(self, bits: int) -> int:
        """Take the next cluster number."""
        cluster = self.count
        self.count += 1
        if self.count > len(self.clusters.bits):
            self.space = self.space._replace(clusters=longer(self.space.clusters, self.count))
            self.clusters = columns_of(self.space.clusters, ClusterColumns)
            self._scratch = self._scratch._replace(sums=grow(self._scratch.sums, len(self.clusters.bits)))
        self.clusters.bits[cluster] = bits
        self.clusters.last[cluster] = self.clusters.merged[cluster] = -1
        self.clusters.newest[cluster] = self.clusters.oldest[cluster] = np.nan
        return cluster

    def keep_copy_evidence(self, slot: int, kept: Kept) -> None:
        """Keep what copies are confirmed by."""
        self._make_room_for_text(kept)
        keep_copy_evidence(slot, *kept, self.space.arrays)

    def _make_room_for_text(self, kept: Kept) -> None:
        shingles, numbers = len(kept[0]), len(kept[1])
        if not self.space.texts.has_room(shingles, numbers):
            self.space = self.space._replace(texts=self.space.texts.longer(shingles, numbers, self._folder))

    def keep_dropped(self, slot: int, lines: Sequence[int]) -> None:
        """Keep which lines of an article were left out, so that it can be read the same way again."""
        self.articles.dropped_start[slot] = self._dropped.append(np.array(lines, dtype=np.int32))
        self.articles.dropped_count[slot] = len(lines)

    def dropped(self, slot: int) -> list[int]:
        """Return which lines of an article were left out."""
        start = int(self.articles.dropped_start[slot])
        lines: list[int] = self._dropped.cells[start : start + self.articles.dropped_count[slot]].tolist()
        return lines

    def place(self, arrival: Arrival) -> None:
        """Make an article a member of a cluster, with weight: keep it and enter it into the posting lists."""
        self._postings.make_room(len(arrival.vector.terms))
        self._make_room_for_text(arrival.kept)
        self._postings.count = place(arrival, self._lists, self.space, self._room_for_terms())

    def erase(self, slot: int) -> None:
        """Forget all that was kept of an article's text; it must have left its cluster."""
        space, articles = self.space, self.articles
        vector, title = vector_of(slot, space), title_of(slot, space)
        self._postings.remove(self.vocabulary.terms.heads, vector.terms, slot)
        start, count = articles.number_start[slot], articles.number_count[slot]
        numbers = space.texts.numbers[start : start + count]
        dropped = self._dropped.cells[articles.dropped_start[slot] :][: articles.dropped_count[slot]]
        for cells in (*vector, *title, shingles_of(slot, space), numbers, dropped):
            cells[:] = 0
        lengths = (articles.vector_length, articles.title_length, articles.shingle_count, articles.number_count)
        for length in (*lengths, articles.dropped_count):
            length[slot] = 0
        articles.tokens[slot] = articles.source[slot] = 0
        articles.counted[slot] = articles.joined[slot] = False
        articles.time[slot] = np.nan
        space.membership[slot] = -1

    def rebuild(self) -> None:
        """Make what follows from the arrays again after they were put in the place of others."""
        self.articles = columns_of(self.space.articles, ArticleColumns)
        self.clusters = columns_of(self.space.clusters, ClusterColumns)
        rows, count = np.zeros(0, np.int32), len(self.clusters.bits)
        sums = Sums(zeros_like(np.zeros(0, np.int64), count), zeros_like(rows, count))
        dots, touched = (zeros_like(rows, len(self.articles.bits) + 1) for _ in range(2))
        self._scratch = Scratch(dots, touched, sums)
        self._postings.cut_off(self.vocabulary.terms.heads[: self.vocabulary.count], self.slots)

    def leave(self, slot: int) -> None:
        """Take a member out of its cluster."""
        leave(slot, self.space, self._room_for_terms())

    def stand_by(self, slot: int, cluster: int, original: int) -> None:
        """Make an article a member of a cluster, without weight: a copy of another, or a round-up, its own original."""
        self.space.membership[slot] = cluster
        self.articles.original[slot] = original

    def move(self, slot: int, cluster: int) -> None:
        """Take an article out of its cluster and into another; one without weight has none in either."""
        if self.articles.original[slot] >= 0:
            self.space.membership[slot] = cluster
            return
        self.leave(slot)
        join(slot, cluster, self.space, self._room_for_terms())

    def unite(self, absorbed: int, survivor: int) -> None:
        """Move all members of one cluster into another."""
        unite(absorbed, survivor, self.space, self._room_for_terms())

    @property
    def _lists(self) -> Lists:
        return Lists(self._postings.cells, self.vocabulary.terms.heads, self._postings.count)

    def _room_for_terms(self) -> NDArray[np.uint16]:
        (self._term_scratch,) = grow((self._term_scratch,), len(self.vocabulary.terms.heads))
        return self._term_scratch
