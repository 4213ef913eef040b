"""Which clusters a list shows and in which order: the definition that SQL queries are held against."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from types import MappingProxyType
from typing import Final, TypeVar

from dedupe.store.answers import ClusterRow, Hour, Page, Titled
from dedupe.store.cursor import read_cursor, write_cursor
from dedupe.store.queries import ClusterFilter, ClusterSort, TitleQuery
from dedupe.store.records import StoredArticle
from dedupe.store.summary import Member
from dedupe.store.times import HOUR_US, microseconds, moment
from dedupe.store.titles import matches, title_words

Row = TypeVar("Row")
Keyed = tuple[float, int, Row]

EXCLUDED: Final = "!"

SORT_KEYS: Final[Mapping[ClusterSort, Callable[[ClusterRow], float]]] = MappingProxyType(
    {
        ClusterSort.UPDATED: lambda row: row.updated_seq,
        ClusterSort.FIRST_SEEN: lambda row: microseconds(row.first_seen),
        ClusterSort.SIZE: lambda row: row.size,
        ClusterSort.SOURCES: lambda row: row.source_count,
        ClusterSort.VELOCITY: lambda row: row.heat,
    }
)


def passes(row: ClusterRow, members: Sequence[Member], which: ClusterFilter) -> bool:
    """Tell whether a cluster with these members is listed; an article in [from, to) of its life is enough."""
    return (
        row.size >= max(which.min_size, 1)
        and row.source_count >= which.min_sources
        and (which.updated_since is None or row.updated_at >= which.updated_since)
        and (which.seen_from is None or row.last_seen >= which.seen_from)
        and (which.seen_to is None or row.first_seen < which.seen_to)
        and _agrees(which.source, {member.source for member in members})
        and _agrees(which.language, {row.language})
        and _is_found(which.q, members)
    )


def _agrees(wanted: str | None, present: set[str | None]) -> bool:
    if wanted is None:
        return True
    return (wanted.removeprefix(EXCLUDED) in present) != wanted.startswith(EXCLUDED)


def _is_found(query: str | None, members: Sequence[Member]) -> bool:
    if query is None:
        return True
    words = title_words(query)
    return bool(words) and any(matches(words, member.headline) for member in members)


def by_the_hour(members: Iterable[Member]) -> list[Keyed[Hour]]:
    """Return the hours in which a cluster's articles were first seen."""
    hours: dict[int, list[Member]] = {}
    for member in members:
        hours.setdefault(member.seen_us // HOUR_US, []).append(member)
    return [
        (number, 0, Hour(at=moment(number * HOUR_US), articles=len(seen), copies=sum(map(_is_copy, seen))))
        for number, seen in hours.items()
    ]


def titled(
    articles: Iterable[StoredArticle], numbers: Mapping[str, int], which: TitleQuery, before: int | None
) -> list[tuple[int, StoredArticle]]:
    """Return the newest articles whose headlines have every word of a phrase, by number."""
    found = []
    for stored in articles:
        number = numbers[stored.article_id]
        words = set(title_words(stored.headline))
        if (before is None or number < before) and any(words.issuperset(phrase) for phrase in which.phrases):
            found.append((number, stored))
    return sorted(found, key=itemgetter(0), reverse=True)[: which.look]


def representing(
    found: Iterable[tuple[int, StoredArticle]], rows: Iterable[ClusterRow], which: TitleQuery
) -> list[tuple[int, StoredArticle]]:
    """Return those articles which represent a cluster that was first seen early enough."""
    early = {row.representative_id for row in rows if not which.seen_before or row.first_seen < which.seen_before}
    return [(number, stored) for number, stored in found if stored.article_id in early]


def found_titles(rows: Sequence[tuple[int, StoredArticle]], looked_at: Sequence[int], which: TitleQuery) -> Titled:
    """Return what was found among the numbers looked at, ``rows`` being one more than wanted where there are more."""
    if len(rows) > which.most:
        return Titled(rows=rows[: which.most], before=rows[which.most - 1][0])
    return Titled(rows=rows, before=looked_at[-1] if len(looked_at) == which.look else None)


def _is_copy(member: Member) -> bool:
    return member.duplicate_of is not None


def page(scope: Sequence[object], rows: Sequence[Keyed[Row]], limit: int) -> Page[Row]:
    """Return the first ``limit`` of the rows left to show, and the cursor behind them if any are left over."""
    shown = rows[:limit]
    cursor = write_cursor(scope, shown[-1][:2]) if shown and len(rows) > limit else None
    return Page(rows=[row for _, _, row in shown], next_cursor=cursor)


def after_cursor(
    scope: Sequence[object], rows: Sequence[Keyed[Row]], cursor: str | None, *, is_descending: bool
) -> list[Keyed[Row]]:
    """Return the rows behind a cursor in their order; raise `InvalidQuery` when it belongs to another list."""
    ordered = sorted(rows, key=lambda keyed: keyed[:2], reverse=is_descending)
    key = read_cursor(scope, cursor)
    if key is None:
        return ordered
    return [keyed for keyed in ordered if (keyed[:2] < key if is_descending else keyed[:2] > key)]
