"""What editors decided and what it forbids from then on: one constraint for each decision.

A constraint is about articles, so that it outlives the clusters of today and can be put to a new
clustering of the archive. Taken-down articles bind nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import product
from types import MappingProxyType
from typing import Any, Final, Protocol

from dedupe.events import Event, EventKind

GONE: Final = -1
"""The cluster of an article that was taken down."""
NOTHING: Final[Mapping[int, int]] = MappingProxyType({})


class Rule(StrEnum):
    """What a decision demands of the articles it binds.

    ``pin``: they stay in the cluster. ``must_link``, ``merge``: they share the cluster of the others.
    ``cannot_link``: they never do. ``split``: they keep out of the cluster that they left. ``move``:
    that, and they stay where they were put.
    """

    PIN = "pin"
    MUST_LINK = "must_link"
    CANNOT_LINK = "cannot_link"
    MOVE = "move"
    SPLIT = "split"
    MERGE = "merge"


LINKS: Final = frozenset({Rule.MUST_LINK, Rule.MERGE})
PINS: Final = frozenset({Rule.PIN, Rule.MOVE})
PARTINGS: Final = frozenset({Rule.MOVE, Rule.SPLIT})
BOTH_SIDES: Final = LINKS | {Rule.CANNOT_LINK}
"""Rules that bind the others as well; for the rest, the others only tell who stayed behind."""


class Whereabouts(Protocol):
    """Tells where articles are: what constraints are held against."""

    def whereabouts(self, article_id: str) -> int:
        """Return the number of an article's cluster, `GONE` when it was taken down."""
        ...

    def cluster_number(self, cluster_id: str) -> int:
        """Return the number of a cluster; merges are followed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """An editor's decision, as the event that recorded it; ``undone_by`` is the event that ended its force."""

    event: Event
    undone_by: int | None = None

    @property
    def seq(self) -> int:
        """Return the number by which it is named: that of its event."""
        return self.event.seq

    @property
    def rule(self) -> Rule:
        """Return what it demands."""
        return Rule(self.event.detail["rule"])

    @property
    def articles(self) -> tuple[str, ...]:
        """Return the articles it binds."""
        return tuple(self.event.detail["bound"])

    @property
    def others(self) -> tuple[str, ...]:
        """Return the articles it binds them to or keeps them from."""
        return tuple(self.event.detail["others"])

    @property
    def actor(self) -> str:
        """Return who decided."""
        return str(self.event.detail["actor"])

    @property
    def note(self) -> str | None:
        """Return why, in the editor's words."""
        note: str | None = self.event.detail["note"]
        return note

    @property
    def at(self) -> datetime:
        """Return when it was decided."""
        return self.event.at

    @property
    def parted_from(self) -> str | None:
        """Return the cluster that its articles keep out of, None where nobody was left there."""
        return None if self.rule not in PARTINGS or self.event.unites else self.event.from_cluster_id

    @property
    def named(self) -> frozenset[str]:
        """Return the articles that may not go wherever they like."""
        return frozenset(self.articles + (self.others if self.rule in BOTH_SIDES else ()))

    def told(self) -> dict[str, Any]:
        """Return what a refusal says of it."""
        return {
            "seq": self.seq,
            "rule": self.rule.value,
            "actor": self.actor,
            "note": self.note,
            "at": self.at,
            "article_ids": list(self.articles),
        }

    def parted(self, where: Whereabouts) -> Iterator[tuple[int, int]]:
        """Yield pairs of clusters that it keeps from becoming one."""
        here = _clusters(self.articles, where)
        there: Collection[int] = ()
        if self.rule is Rule.CANNOT_LINK:
            there = _clusters(self.others, where)
        elif self.parted_from is not None:
            there = {where.cluster_number(self.parted_from)}
        yield from product(sorted(here), sorted(there))

    def is_broken(self, where: Whereabouts) -> bool:
        """Return whether articles are where it forbids them to be."""
        if any(left == right for left, right in self.parted(where)):
            return True
        here = _clusters(self.articles, where)
        if self.rule in LINKS:
            there = _clusters(self.others, where)
            return bool(here and there) and len(here | there) > 1
        return self.rule in PINS and bool(here - {where.cluster_number(self.event.cluster_id)})


def _clusters(article_ids: Collection[str], where: Whereabouts) -> set[int]:
    return {where.whereabouts(article_id) for article_id in article_ids} - {GONE}


class Constraints:
    """All constraints there ever were, by number, and what those in force forbid."""

    def __init__(self) -> None:
        self._all: dict[int, Constraint] = {}
        self._naming: dict[str, set[int]] = {}
        self._parted: dict[int, dict[int, int]] | None = None

    def __bool__(self) -> bool:
        """Return whether any is in force."""
        return bool(self._naming)

    def get(self, seq: int) -> Constraint | None:
        """Return one, in force or not."""
        return self._all.get(seq)

    def is_in_force(self, seq: int) -> bool:
        """Return whether there is one of this number that was not undone."""
        return seq in self._all and self._all[seq].undone_by is None

    def all(self) -> list[Constraint]:
        """Return all, oldest first."""
        return list(self._all.values())

    def naming(self, article_ids: Collection[str]) -> list[Constraint]:
        """Return those in force that bind any of some articles, oldest first."""
        found = {seq for article_id in article_ids for seq in self._naming.get(article_id, ())}
        return [self._all[seq] for seq in sorted(found)]

    def in_force(self) -> list[Constraint]:
        """Return those in force, oldest first."""
        return [constraint for constraint in self._all.values() if constraint.undone_by is None]

    def record(self, event: Event) -> None:
        """Take in an event; only an editor's decision adds or ends one."""
        if event.is_editorial:
            for seq in event.detail.get("lifts", ()):
                self._lift(self._all[seq], event.seq)
            if "rule" in event.detail:
                self._add(Constraint(event=event))
        elif event.article_id in self._naming and event.kind is not EventKind.MERGED:
            self._parted = None
        if event.is_editorial:
            self._parted = None

    def restore(self, constraints: Iterable[Constraint]) -> None:
        """Go on from constraints as they were, in force or not, oldest first."""
        for constraint in constraints:
            self._all[constraint.seq] = constraint
            for article_id in () if constraint.undone_by else constraint.named:
                self._naming.setdefault(article_id, set()).add(constraint.seq)

    def gather_anew(self) -> None:
        """Look up again, in another clustering, what is kept apart."""
        self._parted = None

    def unite(self, absorbed: int, survivor: int) -> None:
        """Have what is kept from one cluster kept from the one that absorbed it."""
        if self._parted is None:
            return
        for other, seq in self._parted.pop(absorbed, {}).items():
            del self._parted[other][absorbed]
            self._parted[other][survivor] = seq
            self._parted.setdefault(survivor, {})[other] = seq

    def parted_from(self, cluster: int, where: Whereabouts) -> Mapping[int, int]:
        """Return the clusters that must not become one with a cluster, and which constraint says so."""
        if not self._naming:
            return NOTHING
        if self._parted is None:
            self._parted = {}
            for constraint in self.in_force():
                for left, right in constraint.parted(where):
                    if left == right:  # in a generation that is still being built
                        continue
                    self._parted.setdefault(left, {})[right] = constraint.seq
                    self._parted.setdefault(right, {})[left] = constraint.seq
        return self._parted.get(cluster, NOTHING)

    def checksum(self) -> bytes:
        """Return a digest of those in force."""
        seqs = ",".join(str(constraint.seq) for constraint in self.in_force())
        return hashlib.sha256(seqs.encode()).digest()

    def _add(self, constraint: Constraint) -> None:
        self._all[constraint.seq] = constraint
        for article_id in constraint.named:
            self._naming.setdefault(article_id, set()).add(constraint.seq)

    def _lift(self, constraint: Constraint, by: int) -> None:
        self._all[constraint.seq] = replace(constraint, undone_by=by)
        for article_id in constraint.named:
            self._naming[article_id].discard(constraint.seq)
            if not self._naming[article_id]:
                del self._naming[article_id]
