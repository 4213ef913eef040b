"""What is like an article, and what came before a cluster: live articles by their terms, the archive by its titles.

The index holds the live articles and finds them by all that they say. What has left it is in the store,
where titles can be searched; what a search brings up is read again and compared like everything else,
weighed by how rare words are today. Each answer looks at a bounded number of articles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Final

from dedupe.archive import NOW, Archive, Placed
from dedupe.comparison import overlap
from dedupe.engine import Engine
from dedupe.errors import UnknownArticle, WithdrawnArticle
from dedupe.store.answers import ClusterRow, Page
from dedupe.store.cursor import read_cursor, write_cursor
from dedupe.store.queries import TitleQuery
from dedupe.store.records import StoredArticle
from dedupe.store.selection import after_cursor, page
from dedupe.store.titles import title_words
from dedupe.weighing import Weights, centroid, shared_weights, weigh_article

LIVE: Final = 64
MEMBERS: Final = 30
LOOK: Final = 2_000
FOUND: Final = 100
"""Of the newest 2,000 titles that have a telling term, the texts of so many are read."""
SAMPLE: Final = 8
TELLING: Final = 8
"""So many of the heaviest terms are looked for in titles."""
UNRELATED: Final = 0.15
"""Clusters that are less alike than this share a word and nothing else."""
SHOWN_TERMS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarArticle:
    """An article that is like another: cosine of the terms, and how far the texts are the same."""

    article_id: str
    cluster_id: str
    title: str
    source: str | None
    published_at: datetime | None
    similarity: float
    jaccard: float
    containment: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedCluster:
    """An earlier event that is like another: cosine of the sums of the terms of their articles."""

    cluster_id: str
    headline: str
    representative_id: str
    size: int
    source_count: int
    first_seen: datetime
    last_seen: datetime
    similarity: float
    terms: tuple[str, ...]


def similar(engine: Engine, archive: Archive, article_id: str, limit: int, cursor: str | None) -> Page[SimilarArticle]:
    """Return a page of the articles nearest to one, the most similar first.

    Raises `UnknownArticle`, `WithdrawnArticle`, or `InvalidQuery` for a cursor of another list.
    """
    placed = archive.placed(article_id)
    scope = ("similar", article_id)
    read_cursor(scope, cursor)
    ours = archive.weigh(placed.reading)
    snapshot = archive.catalogue.vocabulary(placed.reading.language, NOW)
    rows = []
    for other in _candidates(engine, archive, placed, ours):
        theirs = weigh_article(other.reading, snapshot)
        found = _similar(placed, other, sum(shared_weights(ours, theirs).values()))
        if max(found.similarity, found.containment) > 0:
            rows.append((found.similarity, other.event.seq, found))
    return page(scope, after_cursor(scope, rows, cursor, is_descending=True), limit)


def _candidates(engine: Engine, archive: Archive, placed: Placed, weights: Weights) -> Iterable[Placed]:
    """Yield what may be near an article, each once: live articles, its cluster's, and those that titles bring up."""
    catalogue, stored = archive.catalogue, placed.stored
    ids = dict.fromkeys(engine.nearest(placed.reading, LIVE))
    ids |= _ids(catalogue.members(stored.assignment.cluster_id, MEMBERS, None).rows)
    phrases = [[*one, *other] for one, other in combinations(_telling(weights.of_terms, weights.words()), 2)]
    titled = catalogue.titled(TitleQuery(phrases=phrases, look=LOOK, most=FOUND), None)
    ids |= _ids(stored for _, stored in titled.rows)
    for article_id in ids:
        if article_id == stored.article_id:
            continue
        try:
            yield archive.placed(article_id)
        except (UnknownArticle, WithdrawnArticle):  # taken down since it was found
            continue


def _ids(rows: Iterable[StoredArticle]) -> dict[str, None]:
    return dict.fromkeys(stored.article_id for stored in rows)


def _telling(weights: Mapping[int, float], words: Mapping[int, str]) -> list[list[str]]:
    """Return the heaviest terms, each as the words that titles are searched by."""
    heaviest = sorted(weights, key=lambda term: (-weights[term], term))
    found = (tuple(title_words(words[term])) for term in heaviest if term in words)
    return [list(phrase) for phrase in dict.fromkeys(found) if phrase][:TELLING]


def _similar(placed: Placed, other: Placed, similarity: float) -> SimilarArticle:
    jaccard, containment = overlap(placed.reading, other.reading)
    article = other.reading.article
    return SimilarArticle(
        article_id=other.stored.article_id,
        cluster_id=other.stored.assignment.cluster_id,
        title=other.stored.headline,
        source=article.source,
        published_at=article.published_at,
        similarity=round(similarity, 4),
        jaccard=jaccard,
        containment=containment,
    )


def related(archive: Archive, cluster_id: str, limit: int, cursor: str | None) -> Page[RelatedCluster]:
    """Return a page of earlier events that are like a cluster's, the newest arrival first.

    A page looks at a bounded part of the archive: it may hold less than ``limit``, even nothing, and still
    have a cursor to go on from. Raises `UnknownCluster`, or `InvalidQuery` for a cursor of another list.
    """
    scope = ("related", cluster_id)
    key = read_cursor(scope, cursor)
    row = archive.catalogue.cluster(cluster_id)
    comparing = _Comparing(archive, row)
    which = TitleQuery(phrases=comparing.phrases, look=LOOK, most=FOUND, seen_before=row.first_seen)
    titled = archive.catalogue.titled(which, int(key[0]) if key else None)
    found: list[RelatedCluster] = []
    before = titled.before
    for number, representative in titled.rows:
        if len(found) == limit:
            before = number + 1
            break
        if alike := comparing.with_cluster_of(representative):
            found.append(alike)
    return Page(rows=found, next_cursor=None if before is None else write_cursor(scope, (before, 0)))


class _Comparing:
    """Compares the sum of one cluster's articles with those of others, `SAMPLE` articles of each."""

    def __init__(self, archive: Archive, row: ClusterRow) -> None:
        self._archive = archive
        self._row = row
        self._snapshot = archive.catalogue.vocabulary(row.language, NOW)
        members = self._weigh(row.cluster_id)
        self._centroid = centroid(members)
        self._words = {term: word for member in reversed(members) for term, word in member.words().items()}
        self.phrases: Sequence[Sequence[str]] = _telling(self._centroid, self._words)

    def _weigh(self, cluster_id: str) -> list[Weights]:
        rows = self._archive.catalogue.members(cluster_id, SAMPLE, None).rows
        own = [stored for stored in rows if stored.assignment.duplicate_of is None]
        return [weigh_article(self._archive.read(stored).reading, self._snapshot) for stored in own or rows]

    def with_cluster_of(self, representative: StoredArticle) -> RelatedCluster | None:
        """Return the cluster that an article represents, None when it is not alike."""
        cluster_id = representative.assignment.cluster_id
        if representative.language != self._row.language:
            return None
        alone = weigh_article(self._archive.read(representative).reading, self._snapshot)
        if self._shared(alone.of_terms)[0] < UNRELATED / 2:
            return None
        row = self._archive.catalogue.cluster(cluster_id)
        similarity, terms = self._shared(centroid(self._weigh(cluster_id)))
        if similarity < UNRELATED:
            return None
        return RelatedCluster(
            cluster_id=cluster_id,
            headline=row.headline,
            representative_id=row.representative_id,
            size=row.size,
            source_count=row.source_count,
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            similarity=round(similarity, 4),
            terms=terms,
        )

    def _shared(self, theirs: Mapping[int, float]) -> tuple[float, tuple[str, ...]]:
        shared = {term: weight * theirs[term] for term, weight in self._centroid.items() if term in theirs}
        most = sorted(shared, key=lambda term: (-shared[term], term))[:SHOWN_TERMS]
        return sum(shared.values()), tuple(self._words[term] for term in most)
