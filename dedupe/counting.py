"""What live articles are counted for: their languages, the lines that their sources repeat, the terms that they use."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.index import ClusterIndex
from dedupe.language_code import language_code
from dedupe.reading import Reading
from dedupe.store.records import VocabularySnapshot
from dedupe.text.source_lines import SourceLines

COUNTED_MEMBERS: Final = 12
"""So many articles of a cluster count for how rare terms are: what one event says a hundred times is no common word."""
USUAL_RATE: Final = 0.6
AS_GOOD_AS: Final = 200
"""Of a language that little has come in, so many articles are taken to join, as if that were seen of `AS_GOOD_AS`:
about as many as of labelled streams. In the first hours of any feed most open a cluster, whatever comes later."""


class Counts:
    """The counts of one index; those of terms lie with the clusters, where terms are weighed."""

    def __init__(self, clusters: ClusterIndex) -> None:
        self.source_lines = SourceLines()
        self._clusters = clusters
        self._languages: dict[str, int] = {}
        self._joined: dict[str, int] = {}
        self._counted_from: dict[int, int] = {}

    @property
    def common_language(self) -> str | None:
        """Return the language of most articles so far, None where there are none."""
        present = sorted(language for language, count in self._languages.items() if count > 0)
        return max(present, key=self._languages.__getitem__, default=None)

    def furniture(self, reading: Reading) -> tuple[int, ...]:
        """Return the lines of an article that stand in many articles of its source."""
        source, lines = reading.source_number, reading.page.lines
        if source is None or not len(lines.hashes):
            return ()
        found = self.source_lines.furniture(source, lines.hashes, lines.weights)
        return tuple(found.nonzero()[0].tolist())

    def base_rate(self, language: str) -> float:
        """Return the share of a language's articles that joined a cluster when they came, the others having opened one.

        Copies are not asked where they belong, and do not count.
        """
        joined, articles = self._joined.get(language, 0), self._languages.get(language, 0)
        return (joined + USUAL_RATE * AS_GOOD_AS) / (articles + AS_GOOD_AS)

    def add(self, reading: Reading, terms: NDArray[np.int32], slot: int, cluster: int) -> None:
        """Count an article's language and lines, and its terms if the cluster that it is to join has few members."""
        articles, language = self._clusters.articles, reading.language
        self._languages[language] = self._languages.get(language, 0) + 1
        self._joined[language] = self._joined.get(language, 0) + int(articles.joined[slot])
        source = reading.source_number
        if source is not None:
            self.source_lines.add(source, reading.page.lines.hashes)
        if self._clusters.clusters.members[cluster] < COUNTED_MEMBERS:
            articles.counted[slot] = True
            self._clusters.vocabulary.add(terms, reading.language_code)

    def take_back(self, reading: Reading, slot: int) -> None:
        """Take back what the article in a slot counted, but for its terms where they are in a recorded snapshot."""
        articles = self._clusters.articles
        self._languages[reading.language] -= 1
        self._joined[reading.language] -= int(articles.joined[slot])
        if reading.source_number is not None:
            self.source_lines.remove(reading.source_number, reading.page.lines.hashes)
        is_recorded = slot < self._counted_from.get(reading.language_code, 0)
        if articles.counted[slot] and not is_recorded:
            terms = self._clusters.vocabulary.intern(reading.evidence.terms.hashes, reading.language_code)
            self._clusters.vocabulary.add(terms, reading.language_code, -1)

    def take_snapshot(self, reading: Reading, seq: int) -> VocabularySnapshot | None:
        """Return the term counts of the language of the article just placed, and weigh by them, where it is time to."""
        code = reading.language_code
        if not self._clusters.vocabulary.snapshot_due(code):
            return None
        articles, terms, counts = self._clusters.vocabulary.freeze(code)
        self._counted_from[code] = self._clusters.slots
        return VocabularySnapshot(
            seq=seq,
            language=reading.language,
            articles=articles,
            terms=terms.astype("<u8").tobytes(),
            counts=counts.astype("<u4").tobytes(),
        )

    def thaw(self, snapshot: VocabularySnapshot) -> None:
        """Weigh terms from here on as a recorded snapshot says."""
        code = language_code(snapshot.language)
        self._counted_from[code] = self._clusters.slots
        # Copied, because kernels are compiled once more for arrays that cannot be written.
        terms = np.frombuffer(snapshot.terms, dtype="<u8").astype(np.uint64)
        counts = np.frombuffer(snapshot.counts, dtype="<u4").astype(np.uint32)
        self._clusters.vocabulary.thaw(code, snapshot.articles, terms, counts)
