"""A clustering put right where it is against what editors decided: first together, then apart.

Whoever is bound to another goes where most of them are, and whoever is pinned goes where his cluster's articles
are. Then, in each cluster, bound articles that must not be together are parted as they are at present.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from dedupe import ids
from dedupe.events import Event, EventKind
from dedupe.index import Index
from dedupe.reindexing.bonds import Bonds, by_cluster
from dedupe.reindexing.follower import Follower
from dedupe.reindexing.naming import Heirs
from dedupe.reindexing.undoing import ACTOR


class Mending:
    """Moves articles of a generation until all decisions hold.

    ``heirs`` follows where clusters go; ``overruled`` are ids that the generation knew, with the cluster
    that they must lead to now, because an editor bound articles to them.
    """

    def __init__(self, present: Index, built: Follower, bonds: Bonds, heirs: Heirs, at: datetime) -> None:
        self._present = present
        self._built = built
        self._bonds = bonds
        self._at = at
        self.heirs = heirs
        self.overruled: dict[str, int] = {}

    def mend(self) -> None:
        """Carry it out."""
        self._unite()
        for root in self._bonds.roots():
            self._gather(root)
        for cluster, bound in list(by_cluster(self._placed(), self._index)):
            self._part(cluster, bound)

    @property
    def _index(self) -> Index:
        return self._built.index

    def _placed(self) -> list[str]:
        return [article_id for article_id in self._bonds.present if self._index.whereabouts(article_id) >= 0]

    def _led(self, cluster_id: str) -> int:
        """Return where an id of the present leads in the generation, -1 for nowhere."""
        if cluster_id in self.overruled:
            return self._index.clusters.survivor(self.overruled[cluster_id])
        known = self._index.cluster_number(cluster_id)
        return known if known >= 0 else self.heirs.get(self._present.cluster_number(cluster_id), -1)

    def _unite(self) -> None:
        """Merge the clusters of which an editor merged the like, unless what is in them is kept apart."""
        for one, other in self._bonds.unions:
            self._merge(self._index.whereabouts(one), self._index.whereabouts(other))

    def _merge(self, one: int, other: int) -> None:
        survivor, absorbed = sorted((one, other))
        if survivor < 0 or survivor == absorbed:
            return
        if absorbed in self._index.constraints.parted_from(survivor, self._index):
            return
        names = [self._index.article_id(slot) for slot in self._index.clusters.members(absorbed)]
        self._built.record(
            Event(
                seq=self._index.seq + 1,
                at=self._at,
                kind=EventKind.MERGED,
                article_id=None,
                cluster_id=self._index.cluster_id(survivor),
                from_cluster_id=self._index.cluster_id(absorbed),
                detail={"articles": names},
            )
        )
        self.heirs |= {cluster: survivor for cluster, heir in self.heirs.items() if heir == absorbed}

    def _gather(self, root: set[str]) -> None:
        """Bring articles into one cluster that are bound to each other."""
        placed = [article_id for article_id in root if self._index.whereabouts(article_id) >= 0]
        clusters = list(by_cluster(placed, self._index))
        if not clusters:
            return
        target = min(clusters, key=lambda pair: (-len(pair[1]), pair[0]))[0]
        homes = sorted({home for article_id in placed for home in self._bonds.home.get(article_id, ())})
        led = [self._led(home) for home in homes]
        target = next((cluster for cluster in led if cluster >= 0), target)
        self._overrule(homes, target)
        for cluster, bound in clusters:
            if cluster != target:
                self._move(bound, cluster, target)

    def _overrule(self, homes: Sequence[str], target: int) -> None:
        """Have ids lead to a cluster, though the generation knew them for another."""
        self.overruled |= {home: target for home in homes if self._led(home) != target and self._index.knows(home)}

    def _part(self, cluster: int, bound: Sequence[str]) -> None:
        """Take out of a cluster whoever must not be with those that stay, as they are grouped at present."""
        sides: dict[int, list[str]] = {}
        for article_id in bound:
            sides.setdefault(self._bonds.present[article_id], []).append(article_id)
        staying: list[str] = []
        for present, side in sorted(sides.items(), key=lambda pair: self._foreignness(pair[0], pair[1], cluster)):
            if self._may_be(side, cluster, staying):
                staying += side
            else:
                self._leave(present, side, cluster)

    def _foreignness(self, present: int, side: Sequence[str], cluster: int) -> int:
        """Return how little a cluster is that of some articles: 0 where they are pinned to it by an id that it has."""
        homes = {home for article_id in side for home in self._bonds.home.get(article_id, ())}
        if any(self._index.knows(home) and self._led(home) == cluster for home in homes):
            return 0
        return 1 if self.heirs.get(present) == cluster else 2

    def _leave(self, present: int, side: Sequence[str], cluster: int) -> None:
        target = self.heirs.get(present, -1)
        is_elsewhere = target >= 0 and target != cluster
        others = [i for i in self._placed() if self._index.whereabouts(i) == target] if is_elsewhere else []
        homes = sorted({home for article_id in side for home in self._bonds.home.get(article_id, ())})
        if is_elsewhere and self._may_be(side, target, others):
            self._move(side, cluster, target)
            self._overrule(homes, target)
            return
        founded = self._move(side, cluster, None)
        if homes:
            self.heirs[present] = founded
            self._overrule(homes, founded)

    def _may_be(self, side: Sequence[str], cluster: int, others: Sequence[str]) -> bool:
        """Return whether articles may be in a cluster, and with some others in it."""
        there = set(others)
        for article_id in side:
            if self._bonds.apart.get(article_id, set()) & there:
                return False
            if any(self._led(left) == cluster for left in self._bonds.away.get(article_id, ())):
                return False
        return True

    def _move(self, article_ids: Sequence[str], source: int, target: int | None) -> int:
        """Move articles with their copies, but for copies that are bound to go elsewhere; return where to."""
        index = self._index
        slots = self._with_copies([index.slot_of(article_id) for article_id in article_ids])
        names = [index.article_id(slot) for slot in slots]
        seq = index.seq + 1
        cluster_id = self._founded(slots[0], seq) if target is None else index.cluster_id(target)
        self._built.record(
            Event(
                seq=seq,
                at=self._at,
                kind=EventKind.MOVED,
                article_id=article_ids[0],
                cluster_id=cluster_id,
                from_cluster_id=index.cluster_id(source),
                detail={"actor": ACTOR, "note": None, "articles": names, "unlinked": self._unlinked(slots)},
            )
        )
        return index.cluster_number(cluster_id)

    def _founded(self, slot: int, seq: int) -> str:
        return self._built.placer.founded(ids.decode("art", self._index.article_id(slot)), seq)

    def _with_copies(self, slots: Sequence[int]) -> list[int]:
        copies = set(self._index.with_copies(slots)).difference(slots)
        free = [slot for slot in copies if self._index.article_id(slot) not in self._bonds.present]
        return sorted({*slots, *free})

    def _unlinked(self, slots: Sequence[int]) -> list[str]:
        """Return those of the articles that leave others of their duplicate group behind."""
        of = self._index.clusters.articles.group[: self._index.clusters.slots]
        groups = sorted({int(of[slot]) for slot in slots} - {-1})
        staying = set(np.flatnonzero(np.isin(of, groups)).tolist()) - set(slots) if groups else set()
        left = {int(of[slot]) for slot in staying}
        return [self._index.article_id(slot) for slot in slots if int(of[slot]) in left]
