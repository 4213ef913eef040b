"""What editors decided, put to another clustering of the archive: who belongs together, who apart, who where.

The present clustering obeys all decisions in force, so it shows that they can be obeyed together: articles
bound to each other are in one cluster of it, articles kept apart are in two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dedupe.constraints import GONE, LINKS, PINS, Constraint, Rule
from dedupe.events import Event, EventKind
from dedupe.index import Index

NEWEST = 16
"""How many of the newest members stand for a cluster when merges are watched, besides those written down."""


@dataclass
class Bonds:
    """The bound articles, by id.

    ``mates`` are sets of articles that share a cluster, ``home`` the ids of the clusters that an article stays
    in, ``away`` of those that it keeps out of, ``apart`` the articles that it never shares one with. Of
    ``unions`` an editor merged the clusters. ``present`` is the number of the cluster that each bound article
    is in at present.
    """

    mates: list[set[str]] = field(default_factory=list)
    home: dict[str, set[str]] = field(default_factory=dict)
    away: dict[str, set[str]] = field(default_factory=dict)
    apart: dict[str, set[str]] = field(default_factory=dict)
    unions: list[tuple[str, str]] = field(default_factory=list)
    present: dict[str, int] = field(default_factory=dict)
    guards: list[Event] = field(default_factory=list)

    @classmethod
    def of(cls, index: Index) -> Bonds:
        """Return what is in force in an index."""
        bonds = cls()
        for constraint in index.constraints.in_force():
            bonds._add(constraint, index)
        return bonds

    def roots(self) -> list[set[str]]:
        """Return the sets of articles that share a cluster, joined where they share an article or a home."""
        found: list[set[str]] = []
        at_home: dict[str, set[str]] = {}
        for article_id, homes in self.home.items():
            for cluster_id in homes:
                at_home.setdefault(cluster_id, set()).add(article_id)
        for mates in (*self.mates, *at_home.values()):
            touching = [root for root in found if root & mates]
            found = [root for root in found if not root & mates]
            found.append(mates.union(*touching))
        return found

    def _add(self, constraint: Constraint, index: Index) -> None:
        bound, others = self._live(constraint.articles, index), self._live(constraint.others, index)
        if constraint.rule in LINKS and bound and others:
            self.mates.append({*bound, *others})
            if constraint.rule is Rule.MERGE:
                self.unions.append((bound[0], others[0]))
        if constraint.rule in PINS:
            for article_id in bound:
                self.home.setdefault(article_id, set()).add(constraint.event.cluster_id)
        if constraint.rule is Rule.CANNOT_LINK:
            self._keep_apart(constraint, bound, others)
        elif constraint.parted_from is not None:
            self._keep_out(constraint, bound, index)

    def _keep_apart(self, constraint: Constraint, bound: list[str], others: list[str]) -> None:
        for article_id in bound:
            self.apart.setdefault(article_id, set()).update(others)
        for article_id in others:
            self.apart.setdefault(article_id, set()).update(bound)
        self._guard(constraint, bound, others)

    def _keep_out(self, constraint: Constraint, bound: list[str], index: Index) -> None:
        left_id = constraint.parted_from or ""
        left = index.cluster_number(left_id)
        for article_id in bound:
            self.away.setdefault(article_id, set()).add(left_id)
        if left < 0:
            return
        stayed = (article_id for article_id in constraint.others if index.whereabouts(article_id) == left)
        newest = (index.article_id(slot) for slot in index.clusters.newest_members(left, NEWEST))
        self._guard(constraint, bound, dict.fromkeys([*stayed, *newest]))

    def _live(self, article_ids: Iterable[str], index: Index) -> list[str]:
        live = []
        for article_id in article_ids:
            where = index.whereabouts(article_id)
            if where != GONE:
                self.present[article_id] = where
                live.append(article_id)
        return live

    def _guard(self, constraint: Constraint, bound: Iterable[str], others: Iterable[str]) -> None:
        """Have the engine never merge what the decision keeps apart, as long as the generation is being built."""
        detail = {
            "actor": constraint.actor,
            "note": constraint.note,
            "rule": Rule.CANNOT_LINK.value,
            "bound": list(bound),
            "others": list(others),
        }
        guard = Event(
            seq=constraint.seq,
            at=constraint.at,
            kind=EventKind.CONSTRAINED,
            article_id=None,
            cluster_id=constraint.event.cluster_id,
            detail=detail,
        )
        self.guards.append(guard)


def by_cluster(article_ids: Iterable[str], index: Index) -> Iterator[tuple[int, list[str]]]:
    """Yield the clusters that articles are in, lowest number first, each with those in it."""
    found: dict[int, list[str]] = {}
    for article_id in sorted(article_ids, key=index.slot_of):
        found.setdefault(index.whereabouts(article_id), []).append(article_id)
    yield from sorted(found.items())
