"""Which public ids the clusters of a generation get, and where the ids lead that none of them gets.

An id follows the largest part of its articles, the cluster opened first among equal ones. Where several ids
come together, the one that brings most articles names the cluster, the older one among equals, and the
others lead to it. What the generation knew before (the state that a rollback brings back) keeps its ids.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from dedupe import ids
from dedupe.index import Index
from dedupe.reindexing.clustering import Clustering, Overlap, Side, aligned, ids_of, survivors_of
from dedupe.store.records import Name

Heirs = dict[int, int]
"""The cluster of the generation that holds most of each present cluster's articles, by number."""


def overlap_of(present: Clustering, built: Clustering) -> Overlap:
    """Return how many articles of each present cluster are in each cluster that was built."""
    ours, theirs = aligned(present, built)
    return Overlap.between(present.clusters[ours], built.clusters[theirs])


def heirs_of(present: Index, built: Index, overlap: Overlap) -> Heirs:
    """Return where the articles of each present cluster are, or what the generation knows under its id."""
    known = built.numbered(ids_of(present)).tolist()
    return {
        cluster: built.clusters.survivor(known[cluster]) if known[cluster] >= 0 else largest
        for cluster, (largest, _) in overlap.largest().items()
    }


class Naming:
    """The names of the clusters of a generation; see the module.

    ``heirs`` are final, ``overruled`` ids lead to a cluster of the generation whatever it knew them for. Clusters
    from number ``first`` on were built, those before have their names already.
    """

    def __init__(self, present: Index, built: Index, heirs: Mapping[int, int], overruled: Mapping[str, int]) -> None:
        self._present = present
        self._built = built
        self._heirs = heirs
        self._overruled = overruled
        self._ids = [ids.encode("clu", bits) for bits in ids_of(present).tolist()]
        self._known = built.numbered(ids_of(present)).tolist()

    def names(self, overlap: Overlap, first: int, born: datetime) -> list[Name]:
        """Return the names of clusters that get others, then the ids that lead elsewhere."""
        carried = [*self._vacated(born), *self._carried(overlap, first)]
        number = {name.built_id: self._built.cluster_number(name.built_id) for name in carried if name.built_id}
        final = {number[name.built_id]: name.public_id for name in carried if name.built_id}
        given = {name.public_id for name in carried}
        return [*carried, *self._leading(final, given)]

    def _vacated(self, born: datetime) -> Iterator[Name]:
        """Yield new names for clusters whose ids are needed elsewhere."""
        for cluster_id, target in sorted(self._overruled.items()):
            number = self._built.cluster_number(cluster_id)
            if number not in (-1, target) and self._built.cluster_id(number) == cluster_id:
                bits = ids.derive_dated("clu", ids.decode("clu", cluster_id), self._built.seq, born)
                yield Name(ids.encode("clu", bits), cluster_id)

    def _carried(self, overlap: Overlap, first: int) -> Iterator[Name]:
        shared = {(left, right): count for left, right, count in zip(*(a.tolist() for a in overlap), strict=True)}
        claims: dict[int, tuple[int, int]] = {}
        for cluster, heir in sorted(self._heirs.items()):
            if heir < first or self._known[cluster] >= 0 or self._ids[cluster] in self._overruled:
                continue
            claim = (-shared.get((cluster, heir), 0), cluster)
            claims[heir] = min(claims.get(heir, claim), claim)
        for heir, (_, cluster) in sorted(claims.items()):
            yield Name(self._ids[cluster], self._built.cluster_id(heir))

    def _leading(self, final: Mapping[int, str], given: Collection[str]) -> list[Name]:
        """Return the ids that name no cluster of the generation, first those of clusters that have no articles."""
        leading: list[Name] = []
        empty: list[Name] = []
        for cluster, survivor in enumerate(survivors_of(self._present).tolist()):
            public_id = self._ids[cluster]
            heir = self._overruled.get(public_id, -1)
            if public_id in given or (heir < 0 and self._known[cluster] >= 0):
                continue
            heir = heir if heir >= 0 else self._heirs.get(survivor, self._known[survivor])
            if heir >= 0:
                heir = self._built.clusters.survivor(heir)
                leading.append(Name(public_id, None, final.get(heir) or self._built.cluster_id(heir)))
            elif survivor == cluster:
                empty.append(Name(public_id))
            else:
                leading.append(Name(public_id, None, self._ids[survivor]))
        return [*empty, *leading]


def group_names(present: Side, built: Side) -> list[Name]:
    """Return the names of duplicate groups: a group keeps its id where each holds most of the other."""
    ours, theirs = aligned(present.clustering, built.clustering)
    overlap = Overlap.between(present.clustering.groups[ours], built.clustering.groups[theirs])
    back = overlap.largest(of_right=True)
    names = []
    for group, (heir, _) in sorted(overlap.largest().items()):
        old, new = present.index.groups.bits(group), built.index.groups.bits(heir)
        if back[heir][0] == group and old != new and built.index.groups.find(old) < 0:
            names.append(Name(ids.encode("dup", old), ids.encode("dup", new)))
    return names
