"""What readers get, apart from the articles themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from dedupe.store.records import StoredArticle

Row = TypeVar("Row", covariant=True)


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
class Hour:
    """How many articles of a cluster were first seen within an hour, and how many of those are copies."""

    at: datetime
    articles: int
    copies: int


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
