"""What the engine and the service ask of storage, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, NamedTuple, Protocol, TypeVar

from dedupe.article import Article
from dedupe.constraints import Constraint
from dedupe.events import Assignment, Decision, Event, EventKind
from dedupe.store.queries import Hour, TitleQuery

Row = TypeVar("Row", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article as the log left it. ``article`` is None once it was taken down."""

    article_id: str
    article: Article | None
    received_at: datetime
    revision: int
    language: str
    assignment: Assignment
    content_digest: bytes
    top_terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VocabularySnapshot:
    """Document frequencies of one language from event ``seq`` on, so that replay weighs terms as the first run did.

    ``terms`` holds little-endian unsigned 64-bit term hashes, ``counts`` as many unsigned 32-bit
    document counts; ``articles`` is the number of articles counted.
    """

    seq: int
    language: str
    articles: int
    terms: bytes
    counts: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One event with all it writes: committed whole or not at all.

    ``stored`` is the article's new row for an event that places one (its ``assignment`` says
    where); ``identities`` are the digests it is recognised by. ``vocabulary`` is a snapshot taken
    right after the event, where one was due.
    """

    event: Event
    stored: StoredArticle | None = None
    identities: tuple[bytes, ...] = ()
    vocabulary: VocabularySnapshot | None = None


class Name(NamedTuple):
    """A public id in a new generation: of what was built under ``built_id``, or leading to another, or to nothing."""

    public_id: str
    built_id: str | None = None
    leads_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One event as replay needs it.

    ``article`` is the text that the event placed; None when the event placed none, or when a later
    revision or a takedown replaced that text (its slot in the index stays empty then). ``names`` come with
    the event that activates a generation. An event ``aside`` happened to another generation: of it, only
    what editors decided counts.
    """

    event: Event
    article: Article | None
    language: str | None
    vocabulary: VocabularySnapshot | None
    revision: int = 0
    names: Sequence[Name] = ()
    aside: bool = False


class Store(Protocol):
    """The log and its rows, as the engine uses them: one writer at a time.

    A store that does not keep articles is not given any: `Change.stored` is None there.
    """

    @property
    def keeps_articles(self) -> bool:
        """Whether articles can be asked for again."""
        ...

    def last_seq(self) -> int:
        """Return the number of the newest event, 0 for an empty log."""
        ...

    def find(self, identities: Sequence[bytes]) -> Mapping[bytes, str]:
        """Return the article id recognised by each digest that is known."""
        ...

    def article(self, article_id: str) -> StoredArticle:
        """Return one article; raise `UnknownArticle`. A taken-down one has ``article=None``."""
        ...

    def commit(self, changes: Sequence[Change]) -> None:
        """Write all changes in one transaction, durable on return; raise `StoreError` having written none."""
        ...

    def replay(self) -> Iterator[Replayed]:
        """Yield the whole log in order."""
        ...

    def check_writable(self) -> None:
        """Raise `StoreUnavailable` when a commit would fail now."""
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...


class ClusterSort(StrEnum):
    """Orders of a cluster list, each descending."""

    UPDATED = "updated"
    FIRST_SEEN = "first_seen"
    SIZE = "size"
    SOURCES = "sources"
    VELOCITY = "velocity"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterFilter:
    """Which clusters to list.

    ``source`` and ``language`` may start with ``!`` to exclude. A cluster lies within ``seen_from``
    and ``seen_to`` (exclusive) when part of its life does. ``q`` holds words of one member's title,
    the last perhaps unfinished.
    """

    updated_since: datetime | None = None
    seen_from: datetime | None = None
    seen_to: datetime | None = None
    min_size: int = 1
    min_sources: int = 0
    source: str | None = None
    language: str | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRow:
    """A cluster as lists show it. Times are publication times where known, else of receipt.

    ``independent_count`` counts the articles that are nobody's copy, and a duplicate group whose
    original is gone as one; ``heat`` is
    log2 of the sum of 2^(t/half-life) over its articles, an order that does not change with time
    (see `velocity`); ``merged_into`` is set once the cluster was merged away.
    """

    cluster_id: str
    headline: str
    representative_id: str
    language: str
    size: int
    source_count: int
    independent_count: int
    first_seen: datetime
    last_seen: datetime
    updated_at: datetime
    updated_seq: int
    heat: float
    sources: tuple[str, ...] = ()
    top_terms: tuple[str, ...] = ()
    merged_into: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """One page of a list; ``next_cursor`` is None on the last."""

    rows: Sequence[Row]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Titled:
    """Articles that represent their clusters and were found by their titles, the newest arrival first, by number.

    ``before`` is the number to go on from, None when there are no more titles to look at.
    """

    rows: Sequence[tuple[int, StoredArticle]]
    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How much the store holds."""

    articles: int
    clusters: int
    duplicate_groups: int
    last_seq: int


class Catalogue(Protocol):
    """What readers ask: consistent reads beside the writer. Pages are found by key, never by offset."""

    def article(self, article_id: str) -> StoredArticle:
        """Return one article; raise `UnknownArticle`."""
        ...

    def cluster(self, cluster_id: str) -> ClusterRow:
        """Return one cluster, a merged one with the final survivor in ``merged_into``; raise `UnknownCluster`."""
        ...

    def clusters(self, which: ClusterFilter, sort: ClusterSort, limit: int, cursor: str | None) -> Page[ClusterRow]:
        """List clusters that are not merged away; raise `InvalidQuery` for a cursor of another list."""
        ...

    def members(self, cluster_id: str, limit: int, cursor: str | None) -> Page[StoredArticle]:
        """List a cluster's articles, oldest first; raise `UnknownCluster`."""
        ...

    def hours(self, cluster_id: str, limit: int, cursor: str | None) -> Page[Hour]:
        """List the hours in which a cluster's articles were first seen, oldest first; raise `UnknownCluster`."""
        ...

    def changes(self, after: int, limit: int, kinds: frozenset[EventKind] = frozenset()) -> Sequence[Event]:
        """Return up to ``limit`` events with ``seq > after`` in order, all kinds when none is named."""
        ...

    def lineage(self, cluster_id: str, limit: int, cursor: str | None) -> Page[Event]:
        """List what happened to a cluster, merged away or not, oldest first; raise `UnknownCluster`.

        That is how it was founded, and every later event that names it but for those that placed an
        article in it, which `arrival_counts` counts.
        """
        ...

    def arrival_counts(self, cluster_id: str) -> Mapping[Decision, int]:
        """Count the articles that are in a cluster by how they were placed; raise `UnknownCluster`."""
        ...

    def constraints(self, limit: int, cursor: str | None, *, in_force: bool = True) -> Page[Constraint]:
        """List editors' decisions, oldest first, those that were undone only when ``in_force`` is False."""
        ...

    def constraint(self, seq: int) -> Constraint:
        """Return one editor's decision; raise `UnknownConstraint`."""
        ...

    def titled(self, which: TitleQuery, before: int | None) -> Titled:
        """Find articles by their titles among those that represent their clusters, from before a number on."""
        ...

    def placing(self, article_id: str, seq: int) -> Event:
        """Return the event with the number ``seq``, as it placed an article if it activated a generation."""
        ...

    def vocabulary(self, language: str, before: int) -> VocabularySnapshot | None:
        """Return the newest snapshot of a language taken by an event with ``seq < before``, None where none was."""
        ...

    def totals(self) -> Totals:
        """Count what there is."""
        ...
