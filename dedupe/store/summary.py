"""A cluster's row, from its articles: all at once, or one more at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dedupe.article import Article
from dedupe.store.answers import ClusterRow
from dedupe.store.records import StoredArticle
from dedupe.store.times import microseconds, moment
from dedupe.store.velocity import combined, heat

SHOWN_SOURCES: Final = 20
SHOWN_TERMS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What one article contributes to the row of its cluster. ``ordinal`` is its place in order of arrival."""

    ordinal: int
    article_id: str
    headline: str
    is_titled: bool
    source: str | None
    language: str
    seen_us: int
    received_us: int
    duplicate_of: str | None
    duplicate_group_id: str | None
    top_terms: tuple[str, ...]
    hidden: bool = False

    @classmethod
    def of(cls, stored: StoredArticle, article: Article, ordinal: int) -> Member:
        """Return what an article contributes, ``article`` being its text."""
        assignment = stored.assignment
        return cls(
            ordinal=ordinal,
            article_id=stored.article_id,
            headline=stored.headline,
            is_titled=bool(article.title.strip()),
            source=article.source,
            language=stored.language,
            seen_us=seen_us(article, stored.received_at),
            received_us=microseconds(stored.received_at),
            duplicate_of=assignment.duplicate_of.article_id if assignment.duplicate_of else None,
            duplicate_group_id=assignment.duplicate_group_id,
            top_terms=stored.top_terms,
            hidden=stored.hidden,
        )

    @property
    def rank(self) -> tuple[bool, int, int]:
        """Order in which members may represent: originals with a title before all others, then the earliest."""
        return (not (self.is_titled and self.duplicate_of is None), self.seen_us, self.ordinal)


def seen_us(article: Article, received_at: datetime) -> int:
    """Return when an article was first seen: published where known, else received."""
    return microseconds(article.decision_time(received_at) or received_at)


@dataclass(slots=True, kw_only=True)
class Summary:
    """What a cluster's row says about its articles, open to one article more.

    ``independent_count`` counts texts: articles that are nobody's copy, and a duplicate group
    whose original is gone as one.
    """

    size: int = 0
    independent_count: int = 0
    headline: str = ""
    representative_id: str = ""
    representative_rank: tuple[bool, int, int] = (True, 0, 0)
    language: str = ""
    first_seen_us: int = 0
    last_seen_us: int = 0
    heat: float = 0.0
    sources: dict[str, int] = field(default_factory=dict)
    terms: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, members: Iterable[Member]) -> Summary:
        """Return the summary of all ``members`` of a cluster."""
        summary = cls()
        groups: set[str] = set()
        for member in members:
            group = member.duplicate_group_id
            summary.add(member, is_independent=group is None or group not in groups)
            if group is not None:
                groups.add(group)
        return summary

    def add(self, member: Member, *, is_independent: bool) -> None:
        """Count one article more; it is independent unless another member carries its text."""
        own_heat = heat(member.received_us)
        if self.size == 0:
            self.first_seen_us = self.last_seen_us = member.seen_us
            self.heat = own_heat
        else:
            self.first_seen_us = min(self.first_seen_us, member.seen_us)
            self.last_seen_us = max(self.last_seen_us, member.seen_us)
            self.heat = combined(self.heat, own_heat)
        if self.size == 0 or member.rank < self.representative_rank:
            self._represent(member)
        self.size += 1
        self.independent_count += is_independent
        if member.source is not None:
            self.sources[member.source] = self.sources.get(member.source, 0) + 1
        for term in member.top_terms:
            self.terms[term] = self.terms.get(term, 0) + 1

    def _represent(self, member: Member) -> None:
        self.representative_id = member.article_id
        self.representative_rank = member.rank
        self.headline = member.headline
        self.language = member.language

    def row(self, cluster_id: str, updated_at: datetime, updated_seq: int, merged_into: str | None) -> ClusterRow:
        """Return the row; a cluster without articles was seen when it lost the last one."""
        is_empty = self.size == 0
        return ClusterRow(
            cluster_id=cluster_id,
            headline=self.headline,
            representative_id=self.representative_id,
            language=self.language,
            size=self.size,
            source_count=len(self.sources),
            independent_count=self.independent_count,
            first_seen=updated_at if is_empty else moment(self.first_seen_us),
            last_seen=updated_at if is_empty else moment(self.last_seen_us),
            updated_at=updated_at,
            updated_seq=updated_seq,
            heat=self.heat,
            sources=most_frequent(self.sources, SHOWN_SOURCES),
            top_terms=most_frequent(self.terms, SHOWN_TERMS),
            merged_into=merged_into,
        )


def most_frequent(counts: Mapping[str, int], limit: int) -> tuple[str, ...]:
    """Return up to ``limit`` keys, most counted first, equal counts in alphabetical order.

    >>> most_frequent({"b": 1, "a": 1, "c": 2}, 2)
    ('c', 'a')
    """
    return tuple(sorted(counts, key=lambda key: (-counts[key], key))[:limit])
