"""An article placed in a generation that is being built: the decision of the engine, written into its own events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from dedupe import ids
from dedupe.article import Article
from dedupe.clusters.decision import JoinModel
from dedupe.decide import Verdict, decide, decide_merge, decide_split
from dedupe.duplicates.containment import containment
from dedupe.events import PLACING, Event, EventKind
from dedupe.index import Index
from dedupe.reading import Draft, Reading, read, read_again, read_ahead
from dedupe.recording import (
    considered,
    destination,
    elsewhere,
    merging_event,
    no_copy,
    placing_event,
    splitting_event,
)
from dedupe.settings import EngineSettings
from dedupe.store.generations import Step
from dedupe.store.records import Replayed
from dedupe.submission import Submission

READ_AT_ONCE: Final = 64
"""While so many texts are placed, as many more are read."""
SAME_TEXT: Final = 0.5
"""A revision that keeps this share of the shorter text stays where it is, as it does in the engine."""


@dataclass(frozen=True, slots=True)
class Placer:
    """Places articles in an index by some settings; ``born`` tells ids founded here from all others."""

    index: Index
    settings: EngineSettings
    model: JoinModel
    born: datetime

    def read(self, stretch: Sequence[Replayed]) -> Iterator[tuple[Replayed, Reading | None]]:
        """Yield the events of a stretch of the log, each with the text that it brought."""
        parts = (stretch[at : at + READ_AT_ONCE] for at in range(0, len(stretch), READ_AT_ONCE))
        groups = ((part, [draft for replayed in part if (draft := _draft(replayed))]) for part in parts)
        for part, readings in read_ahead(groups, self.settings):
            texts = iter(readings)
            for replayed in part:
                yield replayed, next(texts) if _draft(replayed) else None

    def place(self, replayed: Replayed, text: Reading, before: Reading | None) -> Iterator[Step]:
        """Place the text that an event of the log brought; ``before`` is the text of the article that it revises."""
        event = replayed.event
        article_id = event.article_id or ""
        slot = self.index.slot_of(article_id)
        reading = self._without_furniture(text)
        verdict = decide(self.index, reading, self.model, besides=slot)
        submission = Submission(article=reading.article, article_id=article_id, received_at=event.at)
        placed = replace(placing_event(self.index, verdict, submission, reading), hidden=False)
        placed = self._dated(placed, verdict)
        is_known = self.index.whereabouts(article_id) >= 0
        if is_known:
            placed = self._revised(placed, slot, same_text=_is_same_text(before, reading))
        self.index.apply(placed, reading, replaced=before, probe=verdict.probe)
        yield Step(event=placed, text_seq=event.seq, vocabulary=self.index.take_snapshot(reading))
        if not is_known:
            yield from self._consequences(placed, verdict)

    def read_placed(self, article: Article, language: str, received_at: datetime, slot: int) -> Reading:
        """Read a text once more as it was read when it was placed in a slot."""
        return read(article, language, received_at, self.settings, self.index.clusters.dropped(slot))

    def _without_furniture(self, reading: Reading) -> Reading:
        dropped = self.index.counts.furniture(reading)
        return read_again(reading, reading.language, self.settings, dropped) if dropped else reading

    def _consequences(self, placed: Event, verdict: Verdict) -> Iterator[Step]:
        """Merge and split clusters, as the engine does."""
        pair = decide_merge(self.index, verdict, self.model)
        if pair:
            yield self._regrouped(merging_event(self.index, placed, *pair))
        parting = decide_split(self.index, verdict)
        if parting:
            parted = splitting_event(self.index, placed, *parting)
            founder = ids.decode("art", parted.moved_articles[0])
            yield self._regrouped(replace(parted, cluster_id=self.founded(founder, parted.seq)))

    def _regrouped(self, event: Event) -> Step:
        self.index.apply(event, None)
        return Step(event=event)

    def _dated(self, placed: Event, verdict: Verdict) -> Event:
        """Give what is founded here an id that the same article founds in no other generation."""
        detail: dict[str, Any] = dict(placed.detail)
        bits = ids.decode("art", placed.article_id or "")
        if verdict.copy and self.index.group_id(verdict.copy.slot) is None:
            detail["duplicate_group_id"] = ids.encode("dup", ids.derive_dated("dup", bits, placed.seq, self.born))
        if placed.kind is not EventKind.OPENED:
            return replace(placed, detail=detail)
        return replace(placed, cluster_id=self.founded(bits, placed.seq), detail=detail)

    def founded(self, bits: int, seq: int) -> str:
        """Return the id of the cluster that an event of the generation founds on an article."""
        return ids.encode("clu", ids.derive_dated("clu", bits, seq, self.born))

    def _revised(self, placed: Event, slot: int, *, same_text: bool) -> Event:
        """Turn the placing of a text as new into the revision of a known article, as `revising_event` does."""
        home = self.index.cluster_id(self.index.clusters.cluster_of(slot))
        cluster_id = destination(self.index, placed, placed.article_id or "", same_text=same_text)
        detail = considered(placed, cluster_id)
        if cluster_id != placed.cluster_id:
            detail = no_copy(elsewhere(detail, placed, cluster_id))
        group = self.index.group_id(slot)
        is_copy = self.index.clusters.articles.original[slot] not in {-1, slot}
        if same_text and group and "duplicate_of" not in detail and not is_copy:
            detail["duplicate_group_id"] = group  # others were copied from it, and still are
        is_moved = cluster_id != home
        return replace(
            placed,
            kind=EventKind.REVISED,
            cluster_id=cluster_id,
            from_cluster_id=home if is_moved else None,
            detail=detail,
        )


def _draft(replayed: Replayed) -> Draft | None:
    """Return the text that an event placed, None for none."""
    if replayed.event.kind not in PLACING or replayed.article is None:
        return None
    return Draft(replayed.article, replayed.language or "", replayed.event.at)


def _is_same_text(before: Reading | None, reading: Reading) -> bool:
    return before is not None and containment(before.evidence.shingles, reading.evidence.shingles) >= SAME_TEXT
