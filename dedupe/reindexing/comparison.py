"""What a generation would change: counts, churn, agreement, and the changes that would be seen most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any, Final

import numpy as np

from dedupe import ids
from dedupe.index import Index
from dedupe.reindexing.clustering import Overlap, Side, aligned, ids_of, survivors_of
from dedupe.reindexing.naming import overlap_of
from dedupe.store.records import Name

SHOWN: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Articles that go together from one cluster to another: to one that is there, or to a new one.

    ``example_id`` is one of them, ``into_id`` None for a new cluster.
    """

    from_id: str
    into_id: str | None
    article_count: int
    example_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How a generation differs from the present one, as of an event of the log.

    ``moved_count`` articles would be in a cluster of another id; ``merged_count`` clusters would lead to
    another, ``split_count`` have their articles in several; ``agreement`` is the adjusted Rand index.
    """

    as_of_seq: int
    article_count: int
    moved_count: int
    cluster_count: int
    former_cluster_count: int
    merged_count: int
    split_count: int
    opened_count: int
    agreement: float
    shifts: tuple[Shift, ...] = ()

    @property
    def churn(self) -> float:
        """Return the share of articles whose cluster would change."""
        return self.moved_count / self.article_count if self.article_count else 0.0

    def values(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        counts = ("article", "moved", "cluster", "former_cluster", "merged", "split", "opened")
        figures: dict[str, Any] = {f"{name}_count": getattr(self, f"{name}_count") for name in counts}
        return figures | {"churn": round(self.churn, 6), "agreement": round(self.agreement, 6)}


def difference_of(present: Side, built: Side, names: Sequence[Name]) -> Difference:
    """Compare the generation with these names to the present one."""
    overlap = overlap_of(present.clustering, built.clustering)
    kept = _kept(present.index, built.index, names)
    rows = list(zip(*(column.tolist() for column in overlap), strict=True))
    moved = [(left, right, count) for left, right, count in rows if kept.get(right) != left]
    parts = Counter(left for left, _, _ in rows)
    after = {right for _, right, _ in rows}
    shifts = _Shifts(present, built, kept)
    largest = sorted(moved, key=lambda row: (-row[2], row[0], row[1]))[:SHOWN]
    return Difference(
        as_of_seq=present.index.seq,
        article_count=int(overlap.counts.sum()),
        moved_count=sum(count for _, _, count in moved),
        cluster_count=len(after),
        former_cluster_count=len(parts),
        merged_count=len(parts.keys() - set(kept.values())),
        split_count=sum(count > 1 for count in parts.values()),
        opened_count=len(after - kept.keys()),
        agreement=adjusted_rand_index(overlap),
        shifts=tuple(shifts.shift(*row) for row in largest),
    )


def adjusted_rand_index(overlap: Overlap) -> float:
    """Return how far two clusterings agree, 1 for equal ones and about 0 for unrelated ones (Hubert, Arabie 1985)."""
    left: dict[int, int] = {}
    right: dict[int, int] = {}
    together = 0
    for one, other, count in zip(*(column.tolist() for column in overlap), strict=True):
        left[one] = left.get(one, 0) + count
        right[other] = right.get(other, 0) + count
        together += comb(count, 2)
    ours, theirs = (sum(comb(count, 2) for count in sizes.values()) for sizes in (left, right))
    pairs = comb(int(overlap.counts.sum()), 2)
    expected = ours * theirs / pairs if pairs else 0.0
    most = (ours + theirs) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def _kept(present: Index, built: Index, names: Sequence[Name]) -> dict[int, int]:
    """Return, for each cluster of the generation that has the id of a present one, the number of that."""
    led = {ids.decode("clu", name.public_id) for name in names if name.built_id is None}
    own = ids_of(present)
    known = built.numbered(own)
    leads = survivors_of(built)
    kept = {
        number: cluster
        for cluster, (bits, number) in enumerate(zip(own.tolist(), known.tolist(), strict=True))
        if number >= 0 and leads[number] == number and bits not in led
    }
    carried = [name for name in names if name.built_id and name.public_id.startswith("clu")]
    for name in carried:
        cluster = present.cluster_number(name.public_id)
        if cluster >= 0:
            kept[built.cluster_number(name.built_id or "")] = cluster
    return kept


class _Shifts:
    """Finds an example of the articles that go from one cluster to another."""

    def __init__(self, present: Side, built: Side, kept: Mapping[int, int]) -> None:
        ours, theirs = aligned(present.clustering, built.clustering)
        self._index = present.index
        self._kept = kept
        self._slots = present.clustering.slots[ours]
        self._left = present.clustering.clusters[ours]
        self._right = built.clustering.clusters[theirs]

    def shift(self, left: int, right: int, count: int) -> Shift:
        """Return what so many articles do together."""
        example = int(self._slots[np.argmax((self._left == left) & (self._right == right))])
        return Shift(
            from_id=self._index.cluster_id(left),
            into_id=self._index.cluster_id(self._kept[right]) if right in self._kept else None,
            article_count=count,
            example_id=self._index.article_id(example),
        )
