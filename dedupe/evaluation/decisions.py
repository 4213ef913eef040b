"""What the engine decided of each article, in the order in which it did: the events of one run, kept to be asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.events import DuplicateOf, Event, EventKind


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cluster that came into question, and how probable it was."""

    cluster_id: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Where one article went, and why.

    ``best`` is the most probable cluster, which it joined or did not, and ``features`` are that
    cluster's; ``runner_up`` came second. A copy has a ``duplicate_of`` instead.
    """

    seq: int
    article_id: str
    kind: EventKind
    cluster_id: str
    best: Candidate | None = None
    runner_up: Candidate | None = None
    duplicate_of: DuplicateOf | None = None
    features: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Two clusters that became one when ``article_id`` came, and belonged to both."""

    seq: int
    absorbed: str
    survivor: str
    article_id: str

    def follow(self, _article_id: str, cluster_id: str) -> str:
        """Return where an article of a cluster is now."""
        return self.survivor if cluster_id == self.absorbed else cluster_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Articles that left a cluster which had become two events, when ``article_id`` came."""

    seq: int
    source: str
    founded: str
    article_id: str
    leaving: frozenset[str]

    def follow(self, article_id: str, cluster_id: str) -> str:
        """Return where an article of a cluster is now."""
        return self.founded if cluster_id == self.source and article_id in self.leaving else cluster_id


class Decisions:
    """The decisions of one run, by article, and the merges and splits between them."""

    def __init__(self) -> None:
        self.feature_names: tuple[str, ...] = ()
        self._decided: dict[str, Decided] = {}
        self._merges: list[Merge] = []
        self._splits: list[Split] = []

    def note(self, event: Event, article_id: str, original_id: str | None) -> None:
        """Take note of an event about an article; the ids are those that the labels know."""
        if event.kind is EventKind.MERGED and event.from_cluster_id:
            self._merges.append(
                Merge(seq=event.seq, absorbed=event.from_cluster_id, survivor=event.cluster_id, article_id=article_id)
            )
            return
        features = event.detail.get("features")
        if features:
            self.feature_names = self.feature_names or tuple(features)
        self._decided[article_id] = Decided(
            seq=event.seq,
            article_id=article_id,
            kind=event.kind,
            cluster_id=event.cluster_id,
            **_candidates(event),
            duplicate_of=_original(event, original_id),
            # An array in place of a dictionary of Python numbers: a tenth of the memory.
            features=np.fromiter(features.values(), np.float64) if features else None,
        )

    def note_split(self, event: Event, article_id: str, leaving: Sequence[str]) -> None:
        """Take note of a split, to which an article gave occasion; the ids are those that the labels know."""
        source = event.from_cluster_id or ""
        parted = Split(
            seq=event.seq,
            source=source,
            founded=event.cluster_id,
            article_id=article_id,
            leaving=frozenset(leaving),
        )
        self._splits.append(parted)

    def of(self, article_id: str) -> Decided | None:
        """Return what was decided of an article; None when it had no words."""
        return self._decided.get(article_id)

    def in_order(self) -> Iterator[Decided | Merge | Split]:
        """Yield decisions, merges and splits in the order in which they were taken."""
        taken: list[Decided | Merge | Split] = [*self._decided.values(), *self._merges, *self._splits]
        yield from sorted(taken, key=lambda one: one.seq)

    def stream_order(self, article_ids: Sequence[str]) -> list[str]:
        """Return ids in the order in which their articles came, those without a decision last."""
        last = len(self._decided) + len(self._merges) + len(self._splits) + 1
        return sorted(article_ids, key=lambda i: self._decided[i].seq if i in self._decided else last)

    def cluster_at(self, article_id: str, seq: int) -> str:
        """Return the cluster that an article was in when ``seq`` came."""
        decided = self._decided[article_id]
        cluster_id = decided.cluster_id
        for change in self._changes(decided.seq):
            cluster_id = change.follow(article_id, cluster_id) if change.seq < seq else cluster_id
        return cluster_id

    def between(self, first: str, second: str) -> Merge | Split | None:
        """Return what brought two articles together, or parted them, last; the second came later. None for nothing."""
        seq = self._decided[second].seq
        ours, theirs = self.cluster_at(first, seq), self._decided[second].cluster_id
        last: Merge | Split | None = None
        for change in self._changes(seq):
            were_together = ours == theirs
            ours, theirs = change.follow(first, ours), change.follow(second, theirs)
            last = change if (ours == theirs) is not were_together else last
        return last

    def _changes(self, seq: int) -> Iterator[Merge | Split]:
        """Yield the merges and splits since ``seq``, in order."""
        changes: list[Merge | Split] = [*self._merges, *self._splits]
        yield from sorted((change for change in changes if change.seq > seq), key=lambda one: one.seq)


def _candidates(event: Event) -> dict[str, Candidate | None]:
    second = event.detail.get("runner_up")
    runner_up = Candidate(second["cluster_id"], second["confidence"]) if second else None
    if event.kind is EventKind.JOINED:
        return {"best": Candidate(event.cluster_id, event.detail["confidence"]), "runner_up": runner_up}
    return {"best": runner_up, "runner_up": None}


def _original(event: Event, original_id: str | None) -> DuplicateOf | None:
    copied = event.detail.get("duplicate_of")
    if copied is None or original_id is None:
        return None
    return DuplicateOf(article_id=original_id, jaccard=copied["jaccard"], containment=copied["containment"])
