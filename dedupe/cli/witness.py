"""A run of the engine, watched: its decisions, and its articles as they were weighed, for whoever asks why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupe import ids
from dedupe.article import EARLIEST_PLAUSIBLE
from dedupe.cli.batch import batch_order
from dedupe.cli.cluster import Line
from dedupe.clusters.similarity import UNIT_SQUARED, dot, shared_count
from dedupe.clusters.terms import Vector
from dedupe.duplicates.containment import containment
from dedupe.evaluation.decisions import Decisions
from dedupe.evaluation.likeness import Likeness
from dedupe.events import EventKind
from dedupe.index import Index
from dedupe.reading import Reading, read_again
from dedupe.settings import EngineSettings
from dedupe.settling import UNDETERMINED, read_submission
from dedupe.store.discard import DiscardStore
from dedupe.store.records import Change, VocabularySnapshot
from dedupe.submission import Submission

TOLD_TERMS: Final = 6
TERM_CHARACTERS: Final = 40
REMEMBERED: Final = 64


class Witness(DiscardStore):
    """A store that keeps of a batch what its decisions were, and by which counts terms were weighed in the end."""

    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__()
        self.decisions = Decisions()
        self.furniture: dict[str, Sequence[int]] = {}
        self.snapshots: dict[str, VocabularySnapshot] = {}
        order = batch_order([line.article for line in lines])
        self._names = {ids.encode("art", number): str(lines[at].id) for number, at in enumerate(order)}

    def commit(self, changes: Sequence[Change]) -> None:
        """Take note of what was decided."""
        super().commit(changes)
        for change in changes:
            event, copied = change.event, change.event.detail.get("duplicate_of")
            article_id = self._names[event.article_id or ""]
            if event.kind is EventKind.SPLIT:
                self.decisions.note_split(event, article_id, [self._names[moved] for moved in event.moved_articles])
                continue
            self.decisions.note(event, article_id, self._names[copied["article_id"]] if copied else None)
            if "furniture" in event.detail:
                self.furniture[article_id] = event.detail["furniture"]
            if change.vocabulary:
                self.snapshots[change.vocabulary.language] = change.vocabulary


class WeighedTexts:
    """Articles compared by the terms and weights that the engine went by at the end of a run."""

    def __init__(self, lines: Sequence[Line], witness: Witness, settings: EngineSettings) -> None:
        self._articles = {str(line.id): line.article for line in lines}
        self._furniture: Mapping[str, Sequence[int]] = witness.furniture
        self._settings = settings
        self._index = Index(settings)
        for snapshot in witness.snapshots.values():
            self._index.counts.thaw(snapshot)
        counted = {language: snapshot.articles for language, snapshot in sorted(witness.snapshots.items())}
        self._common_language = max(counted, key=counted.__getitem__, default=UNDETERMINED)
        self._weighed = lru_cache(REMEMBERED)(self._weigh)

    def cosine(self, left: str, right: str) -> float:
        """Return the cosine of the weighted terms of two articles; 0 where one has no words."""
        ours, theirs = self._weighed(left), self._weighed(right)
        return dot(ours[1], theirs[1]) / UNIT_SQUARED if ours and theirs else 0.0

    def likeness(self, left: str, right: str) -> Likeness:
        """Compare two articles that have words."""
        ours, theirs = self._weighed(left), self._weighed(right)
        if ours is None or theirs is None:
            return Likeness(cosine=0.0, jaccard=0.0, containment=0.0, terms=())
        a, b = ours[0].evidence.shingles, theirs[0].evidence.shingles
        shared = shared_count(a, b)
        return Likeness(
            cosine=round(dot(ours[1], theirs[1]) / UNIT_SQUARED, 4),
            jaccard=round(shared / max(len(a) + len(b) - shared, 1), 4),
            containment=round(containment(a, b), 4),
            terms=self._shared_terms(*ours, theirs[1]),
        )

    def _weigh(self, article_id: str) -> tuple[Reading, Vector] | None:
        article = self._articles[article_id]
        if article is None:
            return None
        # Only the terms are asked for here, and no term depends on when an article came.
        submission = Submission(article=article, article_id=ids.encode("art", 0), received_at=EARLIEST_PLAUSIBLE)
        reading = read_submission(submission, self._settings)
        language = self._common_language if reading.language == UNDETERMINED else reading.language
        dropped = self._furniture.get(article_id, ())
        if dropped or language != reading.language:
            reading = read_again(reading, language, self._settings, dropped)
        return reading, self._index.probe(reading).vector

    def _shared_terms(self, reading: Reading, ours: Vector, theirs: Vector) -> tuple[str, ...]:
        _, mine, other = np.intersect1d(ours.terms, theirs.terms, return_indices=True)
        products: NDArray[np.int64] = ours.weights[mine].astype(np.int64) * theirs.weights[other]
        heaviest = ours.terms[mine[np.argsort(-products, kind="stable")[:TOLD_TERMS]]].tolist()
        numbers = self._index.clusters.vocabulary.intern(reading.evidence.terms.hashes, reading.language_code)
        place_of = dict(zip(numbers.tolist(), range(len(numbers)), strict=True))
        return tuple(reading.word(place_of[term])[:TERM_CHARACTERS] for term in heaviest)
