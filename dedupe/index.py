"""The state that follows from the log: what is live, which texts are alike, who is in which cluster.

`Index.apply` is the only way it changes, and it never decides: the same events in the same order
give the same state, on the first run and on every replay. A text that was revised or taken down
later is missing from a replay; its slot stays empty then, and all sums are exact integers, so that
what is left is the same as if the text had come and gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupe import ids
from dedupe.clusters.features import Probe
from dedupe.clusters.index import ClusterIndex
from dedupe.clusters.membership import Arrival, Kept
from dedupe.clusters.prior import shipped_priors
from dedupe.clusters.terms import Vector
from dedupe.columns import grow
from dedupe.constraints import GONE, Constraints
from dedupe.counting import Counts
from dedupe.duplicates.bands import Buckets
from dedupe.duplicates.containment import Copy, Rule, best_copy
from dedupe.duplicates.groups import Groups
from dedupe.duplicates.passages import Text
from dedupe.embargoes import Embargoes
from dedupe.events import PLACING, Event, EventKind
from dedupe.forgetting import expire
from dedupe.interner import Interner
from dedupe.reading import Reading
from dedupe.settings import EngineSettings
from dedupe.store.records import Name, VocabularySnapshot

NOBODY: Final = np.empty(0, dtype=np.int32)
NOTHING_KEPT: Final[Kept] = (np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.uint32), 0)
NO_TERMS: Final = Vector(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.uint16))


class Index:
    """Everything decisions are made from, in arrays; one slot for each text that was ever placed.

    What is large and seldom looked at lies in a file without a name in ``folder``, if one is given.
    """

    def __init__(self, settings: EngineSettings, folder: Path | None = None) -> None:
        priors = shipped_priors() if settings.prior else {}
        self.clusters = ClusterIndex(priors, settings.posting_cap, folder)
        self.buckets = Buckets(settings.bands, settings.rows, settings.bucket_cap)
        self.groups = Groups()
        self.counts = Counts(self.clusters)
        self.constraints = Constraints()
        self.embargoes = Embargoes()
        self.seq = 0
        self._settings = settings
        self._articles = Interner()
        self._slots = np.zeros(1024, dtype=np.int32)
        self._clusters = Interner()
        self._rule = Rule(settings.coverage, settings.length_ratio, settings.copy_window.total_seconds())

    def slot_of(self, article_id: str) -> int:
        """Return the slot of an article's present text, -1 when the index never had it."""
        number = self._articles.find(ids.decode("art", article_id))
        return int(self._slots[number]) if number >= 0 else -1

    def whereabouts(self, article_id: str) -> int:
        """Return the number of an article's cluster, -1 when it was taken down or never came."""
        slot = self.slot_of(article_id)
        return self.clusters.cluster_of(slot) if slot >= 0 else GONE

    def is_alone(self, article_id: str) -> bool:
        """Return whether an article's cluster holds no other."""
        return len(self.clusters.members(self.whereabouts(article_id))) == 1

    def cluster_number(self, cluster_id: str) -> int:
        """Return the number of a cluster, -1 when the index never had it; merges are followed."""
        number = self._clusters.find(ids.decode("clu", cluster_id))
        return self.clusters.survivor(number)

    def cluster_id(self, cluster: int) -> str:
        """Return the public id of a cluster."""
        return ids.encode("clu", int(self.clusters.clusters.bits[cluster]))

    def article_id(self, slot: int) -> str:
        """Return the public id of the article in a slot."""
        return ids.encode("art", int(self.clusters.articles.bits[slot]))

    def group_id(self, slot: int) -> str | None:
        """Return the public id of the duplicate group of the article in a slot."""
        group = int(self.clusters.articles.group[slot])
        return ids.encode("dup", self.groups.bits(group)) if group >= 0 else None

    def copy_among(self, reading: Reading, slots: NDArray[np.int32]) -> Copy | None:
        """Return which of ``slots`` a text copies, and how much of it; None for none."""
        if not len(slots):
            return None
        evidence = reading.evidence
        shingled = evidence.shingles, evidence.windows, evidence.numbered, evidence.numbers
        text = Text(*shingled, reading.time, reading.source_mark)
        copy = best_copy(text, slots, self.groups.founders, self.clusters.space, self._rule)
        return copy if copy.slot >= 0 else None

    def copy_candidates(self, reading: Reading) -> NDArray[np.int32]:
        """Return the live articles that share buckets with a text."""
        if not len(reading.evidence.shingles):
            return NOBODY
        return self.buckets.candidates(reading.evidence.signature)

    def probe(self, reading: Reading) -> Probe:
        """Weigh the terms of an article as of now."""
        evidence = reading.evidence
        numbers, vector, title, rarities = self.clusters.vocabulary.weigh(evidence.terms, reading.language_code)
        known = self.clusters.vocabulary.articles.get(reading.language_code, 0)
        base_rate = self.counts.base_rate(reading.language)
        text = evidence.shingles, evidence.tokens, reading.time
        return Probe(numbers, vector, rarities, title, *text, known, base_rate)

    def top_terms(self, reading: Reading, probe: Probe, most: int) -> tuple[str, ...]:
        """Return the heaviest terms of an article, as it writes them."""
        heaviest = probe.vector.terms[np.argsort(-probe.vector.weights.astype(np.int32), kind="stable")]
        by_number = np.argsort(probe.terms)
        places = by_number[np.searchsorted(probe.terms, heaviest, sorter=by_number)]
        words = map(reading.word, places.tolist())
        return tuple(islice((word for word in words if any(map(str.isalpha, word))), most))

    def apply(
        self, event: Event, reading: Reading | None, replaced: Reading | None = None, probe: Probe | None = None
    ) -> None:
        """Change the state as ``event`` says.

        ``reading`` is the text that the event places, ``replaced`` the one that a revision or a
        takedown takes out; None where a replay has them no more. ``probe`` saves weighing again.
        """
        expire(self.clusters, self.buckets, self._settings, event.at)
        self.seq = event.seq
        self.embargoes.record(event)
        if event.article_id is not None and event.kind in PLACING:
            before = self.slot_of(event.article_id) if event.kind is EventKind.REVISED else -1
            self._place(event, event.article_id, reading, probe, before)
            self._remove(before, replaced)
        elif event.article_id is not None and event.kind is EventKind.WITHDRAWN:
            self._remove(self.slot_of(event.article_id), replaced)
        elif event.from_cluster_id is not None and event.unites:
            self._unite(self.cluster_number(event.from_cluster_id), self.cluster_number(event.cluster_id))
        elif event.regroups:
            self._regroup(event)
        if self.constraints or event.is_editorial:
            self.constraints.record(event)

    def note(self, event: Event) -> None:
        """Take in what happened to another generation: of that, only what editors decided counts."""
        self.constraints.record(event)

    def adopt(self, names: Sequence[Name]) -> None:
        """Give clusters and groups their public ids, and have old ids lead where they belong from now on."""
        groups = [name for name in names if name.public_id.startswith("dup")]
        self.groups.rename(
            {ids.decode("dup", name.built_id or ""): ids.decode("dup", name.public_id) for name in groups}
        )
        clusters = [name for name in names if name.public_id.startswith("clu")]
        built = [(self._clusters.find(ids.decode("clu", name.built_id)), name) for name in clusters if name.built_id]
        for number, name in built:
            self.clusters.clusters.bits[number] = ids.decode("clu", name.public_id)
        self._clusters = Interner()
        for bits in self.clusters.clusters.bits[: self.clusters.count].tolist():
            self._clusters.intern_one(bits)
        if self._clusters.count != self.clusters.count:
            raise ValueError("two clusters would have one id")
        for name in clusters:
            if name.built_id is None:
                self._lead(name)

    def _lead(self, name: Name) -> None:
        target = -1 if name.leads_to is None else self.cluster_number(name.leads_to)
        self._cluster_for(name.public_id)
        self.clusters.clusters.merged[self._clusters.find(ids.decode("clu", name.public_id))] = target

    def with_copies(self, slots: Sequence[int]) -> tuple[int, ...]:
        """Return slots with all that are in their duplicate groups, in the order in which they were placed."""
        of = self.clusters.articles.group[: self.clusters.slots]
        groups = {int(of[slot]) for slot in slots} - {-1}
        copies = np.flatnonzero(np.isin(of, sorted(groups))).tolist() if groups else []
        return tuple(sorted({*slots, *copies}))

    def numbered(self, bits: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the numbers of clusters by the bits of their ids, merges not followed; -1 for those never there."""
        return self._clusters.find_all(bits)

    def knows(self, cluster_id: str) -> bool:
        """Return whether there ever was a cluster of this id."""
        return self._clusters.find(ids.decode("clu", cluster_id)) >= 0

    def take_snapshot(self, reading: Reading) -> VocabularySnapshot | None:
        """Return the term counts of the language of the article just placed, where it is time to record them."""
        return self.counts.take_snapshot(reading, self.seq)

    def _place(self, event: Event, article_id: str, reading: Reading | None, probe: Probe | None, before: int) -> None:
        bits = ids.decode("art", article_id)
        slot = self.clusters.new_slot(bits, reading.time if reading else np.nan, event.at.timestamp())
        self._remember(bits, slot)
        cluster = self._cluster_for(event.cluster_id)
        kept = NOTHING_KEPT
        if reading:
            evidence = reading.evidence
            kept = evidence.shingles, evidence.numbers, evidence.shingle_tokens
            self.clusters.articles.source[slot] = reading.source_mark
            if reading.dropped:
                self.clusters.keep_dropped(slot, reading.dropped)
            if len(evidence.shingles):
                self.buckets.add(slot, evidence.signature)
        copied = event.detail.get("duplicate_of")
        original = self.slot_of(copied["article_id"]) if copied else slot
        if "duplicate_group_id" in event.detail:
            group = ids.decode("dup", event.detail["duplicate_group_id"])
            is_there = self.clusters.cluster_of(original) >= 0  # a revision may still name what was taken down
            self.groups.join(group, slot, original if is_there else slot, self.clusters.articles.group)
        if copied or event.detail.get("also_in"):
            self.clusters.keep_copy_evidence(slot, kept)
            self.clusters.stand_by(slot, cluster, original)
            return
        if reading:
            probe = probe or self.probe(reading)
            self.clusters.articles.joined[slot] = self.clusters.has_others(cluster, before)
            self.counts.add(reading, probe.terms, slot, cluster)
        vector, title = (probe.vector, probe.title) if probe else (NO_TERMS, NO_TERMS)
        self.clusters.place(Arrival(slot, cluster, vector, title, kept))

    def _unite(self, absorbed: int, survivor: int) -> None:
        self.clusters.unite(absorbed, survivor)
        self.constraints.unite(absorbed, survivor)

    def _regroup(self, event: Event) -> None:
        """Move articles as an editor decided, or as the engine did where a cluster fell apart."""
        cluster = self._cluster_for(event.cluster_id)
        for article_id in event.moved_articles:
            self.clusters.move(self.slot_of(article_id), cluster)
        for article_id in event.detail.get("unlinked", ()):
            self.groups.leave(self.slot_of(article_id), self.clusters.articles.group)

    def _remove(self, slot: int, reading: Reading | None) -> None:
        if slot < 0:
            return
        articles = self.clusters.articles
        weighs = articles.original[slot] < 0
        if weighs:
            self.clusters.leave(slot)
        if weighs and reading:
            self.counts.take_back(reading, slot)
        self.groups.leave(slot, articles.group)
        self.clusters.erase(slot)
        self.buckets.remove(slot)

    def _remember(self, bits: int, slot: int) -> None:
        number = self._articles.intern_one(bits)
        (self._slots,) = grow((self._slots,), number + 1)
        self._slots[number] = slot

    def _cluster_for(self, cluster_id: str) -> int:
        known, bits = self._clusters.count, ids.decode("clu", cluster_id)
        number = self._clusters.intern_one(bits)
        return self.clusters.survivor(number) if number < known else self.clusters.new_cluster(bits)
