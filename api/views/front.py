"""Clusters, turned into the rows of the front page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from api.views.sparkline import Sparkline, sparkline
from api.views.wording import pace
from dedupe.store.answers import ClusterRow, Hour
from dedupe.store.queries import ClusterSort
from dedupe.store.velocity import velocity

SHOWN_OUTLETS: Final = 4
SHOWN_TERMS: Final = 6
SORTS: Final[Mapping[ClusterSort, str]] = {
    ClusterSort.UPDATED: "Latest change",
    ClusterSort.FIRST_SEEN: "First seen",
    ClusterSort.SIZE: "Articles",
    ClusterSort.SOURCES: "Outlets",
    ClusterSort.VELOCITY: "Pace",
}
FILTERS: Final[Mapping[str, str]] = {
    "q": "Words",
    "source": "Outlet",
    "language": "Language",
    "min_size": "Articles, at least",
    "min_sources": "Outlets, at least",
    "from": "Seen since",
    "to": "First seen before",
    "updated_since": "Changed since",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A cluster as the front page shows it."""

    cluster: ClusterRow
    outlets: tuple[str, ...]
    more_outlets: int
    copies: int
    terms: tuple[str, ...]
    pace: str
    spark: Sparkline
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something to choose, the address that does so, and whether it is chosen."""

    name: str
    href: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """The front page's address: what is asked for, as written there."""

    asked: Mapping[str, str]

    def with_(self, **changes: str | None) -> str:
        """Return the address with some changes, from the first page on.

        >>> Address({"q": "ferry", "cursor": "x"}).with_(sort="size")
        '/?q=ferry&sort=size'
        """
        kept = {name: value for name, value in self.asked.items() if name != "cursor"} | changes
        query = urlencode({name: value for name, value in kept.items() if value})
        return f"/?{query}" if query else "/"

    def sorts(self, chosen: ClusterSort) -> list[Choice]:
        """Return the orders to choose from."""
        return [
            Choice(
                name=name, href=self.with_(sort=None if sort is ClusterSort.UPDATED else sort), is_chosen=sort is chosen
            )
            for sort, name in SORTS.items()
        ]

    def filters(self) -> list[Choice]:
        """Return the filters in force, each with the address without it."""
        return [
            Choice(name=_told(name, self.asked[name]), href=self.with_(**{name: None}), is_chosen=True)
            for name in FILTERS
            if name in self.asked
        ]


def _told(name: str, value: str) -> str:
    if name in ("source", "language") and value.startswith("!"):
        return f"{FILTERS[name]}: not {value[1:]}"
    return f"{FILTERS[name]}: {value}"


def row_of(cluster: ClusterRow, hours: Iterable[Hour], now: datetime, looked: int) -> Row:
    """Return a cluster as the front page shows it; ``looked`` is the last event that the reader has seen."""
    outlets = cluster.sources[:SHOWN_OUTLETS]
    return Row(
        cluster=cluster,
        outlets=outlets,
        more_outlets=cluster.source_count - len(outlets),
        copies=cluster.size - cluster.independent_count,
        terms=cluster.top_terms[:SHOWN_TERMS],
        pace=pace(velocity(cluster.heat, now)),
        spark=sparkline(hours, cluster.last_seen),
        is_new=cluster.updated_seq > looked,
    )
